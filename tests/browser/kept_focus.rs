//! The keyboard focus stays at the job when the button that had it is gone.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use fantoccini::key::Key;
use replay_tests::receiver::{Gate, Receiver, Reply};

use crate::{browser::journey, job_control::many_lines};

#[tokio::test]
async fn after_a_job_is_resumed_or_cancelled_by_keyboard_the_focus_is_before_its_other_buttons() {
    journey(async |browser, host| {
        let (is_well, gate) = (Arc::new(AtomicBool::new(false)), Gate::closed());
        let receiver = failing_then_holding(&is_well, &gate).await;
        host.api().ingest(&many_lines()).await;
        host.api().point_at(&receiver.url()).await;
        browser.open(&host.link_at("from=now-1h")).await;
        browser.press("Send Replay").await;
        browser.wait_for_status("Failed").await;
        is_well.store(true, Ordering::Relaxed);
        browser.tab_to("Resume from where it stopped").await;
        browser.key(Key::Enter).await;
        browser.wait_for_focus("Actions of the replay").await;
        browser.wait_for_status("Running").await;
        browser.wait_for_focus("Actions of the replay").await;
        browser.tab_to("Cancel").await;
        browser.key(Key::Enter).await;
        gate.open();
        browser.wait_for_status("Failed").await;
        browser.wait_for_focus("Actions of the replay").await;
        browser.key(Key::Enter).await;
        browser.wait_for_status("Failed").await;
    })
    .await;
}

/// A receiver that accepts the first request and refuses others until it is well; then it holds them
/// until the gate is open.
async fn failing_then_holding(is_well: &Arc<AtomicBool>, gate: &Gate) -> Receiver {
    let (is_well, gate) = (Arc::clone(is_well), gate.clone());
    Receiver::replying(move |request| {
        if is_well.load(Ordering::Relaxed) {
            gate.hold(Reply::Status(200))
        } else {
            Reply::Status(if request.number == 0 { 200 } else { 401 })
        }
    })
    .await
}
