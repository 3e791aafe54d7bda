//! Ingest of a million new lines in order, and what they take on disk once they are sealed.

use crate::{
    Failure,
    bench::{
        context::{Context, MILLION},
        number::{per_million, ratio},
        table::{Bar, print_row},
    },
};

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let archive = context.archive()?;
    let cpu = per_million(archive.cpu_seconds, MILLION);
    let on_disk = ratio(archive.disk_bytes, archive.bodies.raw_bytes);
    let sent = ratio(archive.bodies.bytes(), archive.bodies.raw_bytes);
    let each = ratio(archive.bodies.raw_bytes, archive.bodies.lines());
    let rate = archive.rates.all;
    print_row("ingest: a million new lines in order", rate, "lines/s", Bar::AtLeast(150_000.0))?;
    print_row("ingest: CPU of the server, per million lines", cpu, "s", Bar::None)?;
    print_row("ingest: a line, on average", each, "B", Bar::None)?;
    print_row("ingest: bytes sent per raw byte, gzip at level 6", sent, "", Bar::None)?;
    print_row("ingest: bytes on disk per raw byte, sealed", on_disk, "", Bar::AtMost(0.35))
}
