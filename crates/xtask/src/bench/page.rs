//! `cargo xtask bench page`: how soon the signed-in page is painted and usable in Chromium, and the same
//! for a comparator page. Both are loaded in turns without a cache; the figures are medians.

mod chromium;
mod load;
mod options;
mod static_files;
mod static_server;

use std::io::{Write, stdout};

use chromium::Chromium;
use load::{Load, Network};
use options::Options;
use static_server::StaticServer;

use super::table::{Bar, print_head, print_row};
use crate::{Failure, browser::need_browser, sample_server::SampleServer};

/// Measures what these words name.
///
/// # Errors
/// A word is not known, something cannot be built or started, or a page does not become usable.
pub(crate) fn page(words: &[&str]) -> Result<(), Failure> {
    if words.contains(&"--help") {
        return Ok(writeln!(stdout(), "{}", options::USAGE)?);
    }
    let options = Options::read(words)?;
    let driver = need_browser()?;
    let server = SampleServer::start()?;
    let folder = options.folder().map(|folder| StaticServer::start(&folder, server.url()));
    let folder = folder.transpose()?;
    let ours = Load {
        url: format!("{}/{}", server.url(), server.fragment()),
        usable: load::SEND_BUTTON.to_owned(),
    };
    let theirs = options.comparator.as_ref().map(|comparator| {
        let url = folder.as_ref().map_or(comparator.clone(), |folder| folder.url.clone());
        let usable = options.usable.as_deref().map_or(load::SEND_BUTTON.to_owned(), load::selector);
        Load { url: format!("{url}/{}", server.fragment()), usable }
    });

    let mut chromium = Chromium::start(&driver)?;
    print_head()?;
    for network in Network::ALL {
        let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
        for _ in 0..options.runs {
            our_times.push(ours.measure(&mut chromium, network)?);
            if let Some(theirs) = &theirs {
                their_times.push(theirs.measure(&mut chromium, network)?);
            }
        }
        let name = network.name();
        let ours = load::median(&our_times);
        print_row(&format!("page, {name}: first paint"), ours.painted, "ms", Bar::None)?;
        print_row(&format!("page, {name}: usable"), ours.usable, "ms", Bar::None)?;
        if theirs.is_some() {
            let theirs = load::median(&their_times);
            print_row(
                &format!("comparator, {name}: first paint"),
                theirs.painted,
                "ms",
                Bar::None,
            )?;
            print_row(&format!("comparator, {name}: usable"), theirs.usable, "ms", Bar::None)?;
            let (painted, usable) = (ours.painted / theirs.painted, ours.usable / theirs.usable);
            let bar = Bar::AtMost(0.4);
            print_row(&format!("page to comparator, {name}: first paint"), painted, "×", bar)?;
            let bar = Bar::AtMost(network.usable_bar());
            print_row(&format!("page to comparator, {name}: usable"), usable, "×", bar)?;
        }
    }
    Ok(())
}
