//! The page in a browser: carries out effects, reports browser events and draws the view. What the
//! page shows and does is decided by `replay-page`.

mod browser;
mod draw;
mod fetch;
mod focus;
mod json;
mod listen;
mod notification;
mod perform;
mod second_part;
mod shell;

use core::time::Duration;

use replay_page::{Tab, view::labels};
use second_part::SecondPart;
use shell::Shell;
use yew::{
    Renderer,
    platform::{spawn_local, time::sleep},
};

fn main() {
    let address = browser::address();
    if address.range.is_some_and(|range| !range.is_first()) || address.tab == Tab::Setup {
        // It needs the second part at once.
        spawn_local(async {
            while !SecondPart::default().load().await {
                if let Some(waiting) = browser::element("waiting") {
                    waiting.set_text_content(Some(labels::NOT_LOADED));
                }
                sleep(RETRY_AFTER).await;
            }
            render();
        });
    } else {
        render();
    }
}

const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Replaces the static content of the document.
fn render() {
    if let Some(root) = browser::element("page") {
        Renderer::<Shell>::with_root(root).render();
    }
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
