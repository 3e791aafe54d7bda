//! The glue.
fn main() {}
