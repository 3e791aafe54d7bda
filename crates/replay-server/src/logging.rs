//! The log on stderr: its format, and its filter from `RUST_LOG`. What is logged is up to the parts of
//! the program.

use std::io::{Write, stderr};

use clap::ValueEnum;
use serde_json::json;
use time_range::write_timestamp;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};

use crate::clock::Clock;

/// The format of the lines on stderr.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object on each line
    Json,
}

/// Makes every event of the process a line on stderr, unless the filter of `RUST_LOG` drops it; the
/// default filter is `info`.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let log = tracing_subscriber::fmt()
        .with_writer(stderr)
        .with_ansi(false)
        .with_env_filter(filter.from_env_lossy())
        // A closed stderr must not end the program.
        .log_internal_errors(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(false).with_span_list(false).init();
            std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a thread panicked")));
        }
    }
}

/// Writes the error that ends the program, whatever the filter is.
pub fn write_fatal(format: LogFormat, error: &dyn core::error::Error) {
    let _ = match format {
        LogFormat::Text => writeln!(stderr(), "error: {error}"),
        LogFormat::Json => {
            let timestamp = write_timestamp(Clock::system().now());
            let message = error.to_string();
            let line = json!({ "timestamp": timestamp, "level": "ERROR", "message": message });
            writeln!(stderr(), "{line}")
        }
    };
}
