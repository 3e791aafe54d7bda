//! Ctrl-C ends a benchmark with an error from the step that it is in, so that every child process ends
//! and every temporary file is deleted.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::Failure;

static PRESSED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C from here on.
///
/// # Errors
/// It cannot be listened for.
pub(super) fn listen() -> Result<(), Failure> {
    Ok(ctrlc::set_handler(|| PRESSED.store(true, Ordering::Relaxed))?)
}

/// Goes on unless Ctrl-C was pressed.
///
/// # Errors
/// It was.
pub(super) fn check() -> Result<(), Failure> {
    if is_pressed() { Err("ended by Ctrl-C".into()) } else { Ok(()) }
}

/// Whether Ctrl-C was pressed.
pub(super) fn is_pressed() -> bool {
    PRESSED.load(Ordering::Relaxed)
}
