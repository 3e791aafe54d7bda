//! Ingest of the same lines again: all of them are archived already.

use crate::{
    Failure,
    bench::{
        archive::REGION,
        context::Context,
        ingest::{Expected, ingest},
        table::{Bar, print_row},
    },
};

pub(super) fn run(context: &mut Context) -> Result<(), Failure> {
    let archive = context.archive()?;
    let server = context.program.start(&archive.data, &[])?;
    let rates = ingest(&server.api, REGION, &archive.bodies, Expected::Duplicates)?;
    server.stop()?;
    let what = "duplicates: the same million lines again";
    print_row(what, rates.all, "lines/s", Bar::AtLeast(100_000.0))
}
