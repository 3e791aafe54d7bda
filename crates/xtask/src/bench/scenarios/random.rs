//! Ingest of new lines in random order over seven days: the last tenth shows whether it slows down as the
//! archive grows.

use std::fs;

use crate::{
    Failure,
    bench::{
        context::Context,
        number::ratio,
        spread::Order,
        table::{Bar, print_row},
    },
};

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let archive = context.fill("random", context.many(), Order::Random)?;
    let on_disk = ratio(archive.disk_bytes, archive.bodies.raw_bytes);
    let (all, last) = (archive.rates.all, archive.rates.last_tenth);
    let what = format!("random: {} million lines in random order", context.many() / 1_000_000);
    print_row(&what, all, "lines/s", Bar::AtLeast(100_000.0))?;
    print_row("random: the last tenth of them", last, "lines/s", Bar::AtLeast(100_000.0))?;
    print_row("random: bytes on disk per raw byte", on_disk, "", Bar::None)?;
    fs::remove_dir_all(context.path("random"))?;
    Ok(())
}
