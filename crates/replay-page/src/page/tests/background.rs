//! A page in the background: its title, and notifications if the user wants them.

use super::*;

#[test]
fn a_notification_is_shown_once_if_the_user_has_asked_for_it_and_the_page_is_hidden() {
    let mut harness = Harness::running();
    let notify = harness.replay().notify.unwrap();
    assert_eq!(
        (notify.value, notify.field.label),
        (false, "Notify me when it has ended, if this page is in the background then")
    );
    harness.intent(Intent::Notify(true));
    assert_eq!(harness.other_effects.pop(), Some(Effect::AllowNotifications));
    harness.send(Msg::NotificationsAllowed(true));
    assert!(harness.replay().notify.unwrap().value);
    harness.send(Msg::Hidden);
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(notifications(&harness), ["United States: Completed"]);
    assert_eq!(harness.replay().notify, None, "no job is under way");
}

#[test]
fn no_notification_is_shown_unasked_or_while_the_page_is_visible_or_against_the_browser() {
    for (asked, allowed, hidden) in [(false, true, true), (true, false, true), (true, true, false)]
    {
        let mut harness = Harness::running();
        harness.intent(Intent::Notify(asked));
        harness.send(Msg::NotificationsAllowed(allowed));
        if hidden {
            harness.send(Msg::Hidden);
        }
        harness.job = COMPLETED;
        harness.end_wait("us");
        harness.answer_reads();
        assert_eq!(notifications(&harness), Vec::<String>::new());
    }
}

#[test]
fn a_browser_that_shows_no_notifications_is_reported() {
    let mut harness = Harness::running();
    harness.intent(Intent::Notify(true));
    harness.send(Msg::NotificationsAllowed(false));
    let notify = harness.replay().notify.unwrap();
    let fault = "The browser does not allow this page to show notifications.";
    assert_eq!((notify.value, notify.field.fault.as_deref()), (false, Some(fault)));
}

#[test]
fn the_title_follows_the_status_with_a_sign() {
    let mut harness = Harness::running();
    assert_eq!(harness.view().title, "… Running – United States – Audit Logs Setup");
    harness.send(Msg::Hidden);
    harness.job = FAILED;
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(harness.view().title, "✕ Failed – United States – Audit Logs Setup");
}

#[test]
fn a_token_that_is_accepted_while_the_page_is_hidden_starts_no_read_of_all_regions() {
    let mut harness = Harness::at_server_with(r#""overview""#);
    harness.send(Msg::Hidden);
    let overview = format!(
        r#"{{"role": "org-admin", "regions": [
            {{"region": "us", "job": {RUNNING}, "webhook": {WEBHOOK}, "health": {HEALTH}}}]}}"#
    );
    harness.respond_with("x/overview", 200, &overview);
    harness.job = RUNNING;
    harness.answer_reads();
    assert!(harness.waits.iter().all(|(id, _)| id.owner == RequestOwner::Job(region("us"))));
    harness.intent(Intent::Notify(true));
    harness.send(Msg::NotificationsAllowed(true));
    harness.job = COMPLETED;
    harness.end_wait("us");
    harness.answer_reads();
    assert_eq!(notifications(&harness), ["United States: Completed"]);
}

fn notifications(harness: &Harness) -> Vec<String> {
    let text = |effect: &Effect| {
        if let Effect::ShowNotification(text) = effect { Some(text.clone()) } else { None }
    };
    harness.other_effects.iter().filter_map(text).collect()
}
