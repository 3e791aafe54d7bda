//! Ending a job before it has ended by itself: by cancelling it, or by disabling its webhook.

use replay_core::job::Step;
use serde_json::json;

use super::{
    answer::Answer,
    api::{Api, NOW},
    ask::{CANCEL, JOB, WEBHOOK, get, last_hour, patch, post, put},
};

#[tokio::test]
async fn a_waiting_job_that_is_cancelled_has_failed_at_once_and_says_why() {
    for steps in [&[][..], &[Step::Schedule]] {
        let api = waiting(steps).await;
        api.turn_clock_to("2026-11-23T12:01:00Z");
        let cancelled = api.answer(post(CANCEL)).await.expect(202);
        assert_eq!(outcome(&cancelled), ("failed".into(), Some("it was cancelled".into())));
        assert_eq!(cancelled.text("created_at"), NOW);
        assert_eq!(cancelled.text("updated_at"), "2026-11-23T12:01:00Z");
        assert_eq!(api.answer(get(JOB)).await.json(), cancelled.json());
    }
}

#[tokio::test]
async fn a_running_job_that_is_cancelled_runs_until_its_requests_have_ended() {
    let api = waiting(&[Step::Schedule, Step::Start]).await;
    let cancelled = api.answer(post(CANCEL)).await.expect(202);
    assert_eq!(outcome(&cancelled), ("running".into(), None));
    api.answer(put(JOB).json(&last_hour())).await.expect(409);
    api.answer(post(CANCEL)).await.expect(202);
    assert_eq!(api.status("us").await, "running");
}

#[tokio::test]
async fn a_job_that_has_ended_or_never_was_cannot_be_cancelled() {
    let api = Api::new();
    let refused = api.answer(post(CANCEL)).await.expect(409);
    assert_eq!(refused.text("title"), "Resource Conflict");
    for last in [Step::Complete, Step::Fail("the webhook answered 401".to_owned())] {
        let api = waiting(&[Step::Schedule, Step::Start, last]).await;
        let before = api.answer(get(JOB)).await.json();
        api.answer(post(CANCEL)).await.expect(409);
        assert_eq!(api.answer(get(JOB)).await.json(), before);
    }
}

#[tokio::test]
async fn a_cancelled_job_can_be_followed_by_another() {
    let api = waiting(&[]).await;
    api.answer(post(CANCEL)).await.expect(202);
    api.answer(post(CANCEL)).await.expect(409);
    let next = api.answer(put(JOB).json(&last_hour())).await.expect(202);
    assert_eq!(outcome(&next), ("accepted".into(), None));
}

#[tokio::test]
async fn a_cancel_needs_no_body_and_minds_none() {
    for body in ["", "{}", "not json", "[1, 2]"] {
        let api = waiting(&[]).await;
        api.answer(post(CANCEL).body(body)).await.expect(202);
    }
}

#[tokio::test]
async fn disabling_the_webhook_fails_a_waiting_job_at_once() {
    for steps in [&[][..], &[Step::Schedule]] {
        let api = waiting(steps).await;
        api.answer(patch(WEBHOOK).json(&json!({"enabled": false}))).await.expect(200);
        let job = api.answer(get(JOB)).await;
        assert_eq!(outcome(&job), ("failed".into(), Some("the webhook was disabled".into())));
        api.enable("us").await;
        assert_eq!(api.status("us").await, "failed");
    }
}

#[tokio::test]
async fn disabling_the_webhook_lets_the_requests_of_a_running_job_end() {
    let api = waiting(&[Step::Schedule, Step::Start]).await;
    api.answer(patch(WEBHOOK).json(&json!({"enabled": false}))).await.expect(200);
    assert_eq!(outcome(&api.answer(get(JOB)).await), ("running".into(), None));
}

#[tokio::test]
async fn any_other_change_of_the_webhook_leaves_the_job_alone() {
    for change in [
        json!({}),
        json!({"enabled": true}),
        json!({"endpoint": "https://other.example.com", "authorization": "other"}),
        json!({"log_format": "json", "skip_ssl_verification": true}),
    ] {
        for (steps, status) in
            [(&[][..], "accepted"), (&[Step::Schedule, Step::Start][..], "running")]
        {
            let api = waiting(steps).await;
            api.answer(patch(WEBHOOK).json(&change)).await.expect(200);
            assert_eq!(api.status("us").await, status, "{change}");
        }
    }
}

/// A server with a job in `us` that has taken these steps.
async fn waiting(steps: &[Step]) -> Api {
    let api = Api::new();
    api.enable("us").await;
    api.submit("us").await;
    for step in steps {
        api.advance("us", step.clone()).await;
    }
    api
}

fn outcome(job: &Answer) -> (String, Option<String>) {
    (job.text("status"), job.json()["reason"].as_str().map(str::to_owned))
}
