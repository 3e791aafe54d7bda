//! Notifications of the browser. Whether the user wants them is decided by the page.

use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationPermission};

/// Asks the user whether the page may show notifications; returns the answer.
pub(crate) async fn are_allowed() -> bool {
    let Ok(asked) = Notification::request_permission() else { return false };
    // A dismissed question is not an error: the permission tells.
    let _ = JsFuture::from(asked).await;
    Notification::permission() == NotificationPermission::Granted
}

/// Shows a notification.
pub(crate) fn show(text: &str) {
    // A browser without notifications shows none.
    let _ = Notification::new(text);
}
