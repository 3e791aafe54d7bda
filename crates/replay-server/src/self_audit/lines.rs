//! Audit lines of the server itself: in which archive they are and in which format. Which lines are
//! written is decided elsewhere.

use audit_log::{Access, Format};
use replay_core::{Region, Scope, webhook::LogFormat};

use crate::{
    app_state::AppState,
    store::{NewLine, StoreError},
};

/// The line of `access` for the archive of `region`, in the format of its webhook.
///
/// # Errors
/// When the store fails.
pub(super) async fn line(
    app: &AppState,
    region: &Region,
    access: &Access<'_>,
) -> Result<(Region, NewLine), StoreError> {
    let (webhook, _) = app.store.webhook(region).await?;
    let text = access.write(format(webhook.log_format)).into_bytes();
    Ok((region.clone(), NewLine { event_at: access.at, text }))
}

/// The region in whose archive a refusal is recorded: the default region for one at `global`.
pub(super) fn refusal_region<'a>(app: &'a AppState, scope: &'a Scope) -> &'a Region {
    match scope {
        Scope::One(region) => region,
        Scope::Global => &app.default_region,
    }
}

/// The format of a line for a webhook with this setting.
pub(crate) fn format(wanted: LogFormat) -> Format {
    match wanted {
        LogFormat::Cef => Format::Cef,
        LogFormat::Json => Format::Json,
        LogFormat::Cps => Format::Cps,
    }
}
