//! Carries out the page's effects.

use core::time::Duration;

use replay_client::ClientEffect;
use replay_page::{Effect, Msg};
use yew::platform::time::sleep;

use crate::{browser, fetch::Fetches, notification};

/// Carries out an effect; returns the message that answers it.
pub(crate) async fn perform(effect: Effect, fetches: Fetches) -> Msg {
    match effect {
        Effect::Client(ClientEffect::Fetch(request_id, request)) => {
            let response = fetches.fetch(&request_id, &request).await;
            Msg::ResponseReceived(request_id, response)
        }
        Effect::Client(ClientEffect::Abort(request_id)) => {
            fetches.abort(&request_id);
            Msg::Done
        }
        Effect::Client(ClientEffect::Wait(request_id, time)) => {
            sleep(time.to_std().unwrap_or_default()).await;
            Msg::Elapsed(request_id)
        }
        Effect::ReadZone(since) => Msg::ZoneRead(browser::zone(since)),
        Effect::Visit(address, entry) => {
            browser::visit(&address.to_string(), entry);
            Msg::Done
        }
        Effect::Keep(mode, token) => {
            browser::keep(mode, token.as_ref());
            Msg::Done
        }
        Effect::KeepClocks(clocks) => {
            browser::keep_clocks(clocks);
            Msg::Done
        }
        Effect::AllowNotifications => Msg::NotificationsAllowed(notification::are_allowed().await),
        Effect::ShowNotification(text) => {
            notification::show(&text);
            Msg::Done
        }
        Effect::KeepRanges(ranges) => {
            browser::keep_ranges(&ranges);
            Msg::Done
        }
        Effect::Copy(text) => Msg::Copied(browser::copy(&text).await),
        Effect::Retype(id, _, part) => {
            // The text may not be drawn yet.
            sleep(Duration::ZERO).await;
            browser::select(id, &part);
            Msg::Done
        }
        Effect::Focus(id) => {
            // The element may not be drawn yet.
            sleep(Duration::ZERO).await;
            browser::focus(&id);
            Msg::Done
        }
    }
}
