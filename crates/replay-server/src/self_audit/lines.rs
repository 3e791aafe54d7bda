//! Builds the audit lines of the server itself: their format, and the region whose archive they belong
//! to. It does not decide which lines are written.

use audit_log::{Access, Format, Kind};
use replay_core::{Region, Scope, webhook::LogFormat};

use crate::{
    app_state::AppState,
    store::{NewLine, StoreError},
};

/// The line of `access` for the archive of `region`, in the log format of the region's webhook.
///
/// # Errors
/// The webhook cannot be read.
pub(super) async fn line(
    app: &AppState,
    region: &Region,
    access: &Access<'_>,
) -> Result<(Region, NewLine), StoreError> {
    let (webhook, _) = app.store.webhook(region).await?;
    let text = access.write(format(webhook.log_format)).into();
    Ok((region.clone(), NewLine { event_at: access.at, kind: Kind::Access, text }))
}

/// The region in whose archive a refusal is recorded; for `global` it is the default region.
pub(super) fn refusal_region<'a>(app: &'a AppState, scope: &'a Scope) -> &'a Region {
    match scope {
        Scope::One(region) => region,
        Scope::Global => &app.default_region,
    }
}

/// The line format of a webhook's log format.
pub(crate) fn format(log_format: LogFormat) -> Format {
    match log_format {
        LogFormat::Cef => Format::Cef,
        LogFormat::Json => Format::Json,
        LogFormat::Cps => Format::Cps,
    }
}
