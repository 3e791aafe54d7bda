//! A job is stopped before it ends: by a cancel, or by disabling its webhook.

use replay_core::job::Step;
use serde_json::json;

use super::{
    request::{CANCEL, JOB, WEBHOOK, get, last_hour, patch, post, put},
    response::ApiResponse,
    server::{Api, NOW},
};

#[tokio::test]
async fn a_cancelled_job_that_has_not_started_fails_at_once_with_a_reason() {
    for steps in [&[][..], &[Step::Schedule]] {
        let api = waiting(steps).await;
        api.turn_clock_to("2026-11-23T12:01:00Z");
        let cancelled = api.send(post(CANCEL)).await.expect(202);
        assert_eq!(outcome(&cancelled), ("failed".into(), Some("it was cancelled".into())));
        assert_eq!(cancelled.text("created_at"), NOW);
        assert_eq!(cancelled.text("updated_at"), "2026-11-23T12:01:00Z");
        assert_eq!(api.send(get(JOB)).await.json(), cancelled.json());
    }
}

#[tokio::test]
async fn a_cancelled_running_job_stays_running_until_its_requests_have_ended() {
    let api = waiting(&[Step::Schedule, Step::Start]).await;
    let cancelled = api.send(post(CANCEL)).await.expect(202);
    assert_eq!(outcome(&cancelled), ("running".into(), None));
    api.send(put(JOB).json(&last_hour())).await.expect(409);
    api.send(post(CANCEL)).await.expect(202);
    assert_eq!(api.status("us").await, "running");
}

#[tokio::test]
async fn a_settled_or_unconfigured_job_cannot_be_cancelled() {
    let api = Api::new();
    let refused = api.send(post(CANCEL)).await.expect(409);
    assert_eq!(refused.text("title"), "Resource Conflict");
    for last in [Step::Complete, Step::Fail("the webhook answered 401".to_owned())] {
        let api = waiting(&[Step::Schedule, Step::Start, last]).await;
        let before = api.send(get(JOB)).await.json();
        api.send(post(CANCEL)).await.expect(409);
        assert_eq!(api.send(get(JOB)).await.json(), before);
    }
}

#[tokio::test]
async fn a_new_job_can_follow_a_cancelled_one() {
    let api = waiting(&[]).await;
    api.send(post(CANCEL)).await.expect(202);
    api.send(post(CANCEL)).await.expect(409);
    let next = api.send(put(JOB).json(&last_hour())).await.expect(202);
    assert_eq!(outcome(&next), ("accepted".into(), None));
}

#[tokio::test]
async fn a_cancel_ignores_its_body() {
    for body in ["", "{}", "not json", "[1, 2]"] {
        let api = waiting(&[]).await;
        api.send(post(CANCEL).body(body)).await.expect(202);
    }
}

#[tokio::test]
async fn disabling_the_webhook_fails_a_job_that_has_not_started() {
    for steps in [&[][..], &[Step::Schedule]] {
        let api = waiting(steps).await;
        api.send(patch(WEBHOOK).json(&json!({"enabled": false}))).await.expect(200);
        let job = api.send(get(JOB)).await;
        assert_eq!(outcome(&job), ("failed".into(), Some("the webhook was disabled".into())));
        api.enable("us").await;
        assert_eq!(api.status("us").await, "failed");
    }
}

#[tokio::test]
async fn disabling_the_webhook_fails_a_running_job_after_its_requests() {
    let api = waiting(&[Step::Schedule, Step::Start]).await;
    api.send(patch(WEBHOOK).json(&json!({"enabled": false}))).await.expect(200);
    assert_eq!(outcome(&api.send(get(JOB)).await), ("running".into(), None));
}

#[tokio::test]
async fn other_changes_of_the_webhook_do_not_affect_the_job() {
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
            api.send(patch(WEBHOOK).json(&change)).await.expect(200);
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

fn outcome(job: &ApiResponse) -> (String, Option<String>) {
    (job.text("status"), job.json()["reason"].as_str().map(str::to_owned))
}
