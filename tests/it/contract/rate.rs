//! The limit of a job's lines per second: what is accepted, and what it does to the job.

use core::time::Duration;

use replay_core::job::Step;
use replay_server::{auth::Role, engine::Next};
use serde_json::{Value, json};

use super::{
    request::{CANCEL, JOB, PROGRESS, RATE, get, last_hour, post, put},
    response::ApiResponse,
    server::{Api, region},
    stepped_job::SteppedJob,
};

#[tokio::test]
async fn the_rate_of_a_waiting_or_running_job_can_be_set_and_removed() {
    for steps in [&[][..], &[Step::Schedule], &[Step::Schedule, Step::Start]] {
        let api = Api::new();
        api.enable("us").await;
        api.submit("us").await;
        for step in steps {
            api.advance("us", step.clone()).await;
        }
        let job = api.store.job(&region("us")).await.unwrap();
        let id = job.configured().unwrap().id.to_string();
        for rate in [json!(7), json!(0), json!(u64::MAX >> 12), json!(null)] {
            let answer = set(&api, &rate).await.expect(202);
            assert_eq!(answer.json(), json!({"job_id": id, "lines_per_second": rate}));
            let progress = api.send(get(PROGRESS)).await.expect(200).json();
            assert_eq!(progress["lines_per_second_limit"], rate);
        }
    }
}

#[tokio::test]
async fn a_job_that_has_settled_has_no_rate_and_the_next_job_begins_without_one() {
    let api = Api::new();
    let refused = set(&api, &json!(1)).await.expect(409);
    assert_eq!(refused.text("detail"), "No replay job is waiting or running");
    api.enable("us").await;
    api.submit("us").await;
    set(&api, &json!(1)).await.expect(202);
    api.send(post(CANCEL)).await.expect(202);
    set(&api, &json!(1)).await.expect(409);
    api.submit("us").await;
    let progress = api.send(get(PROGRESS)).await.expect(200).json();
    assert_eq!(progress["lines_per_second_limit"], json!(null));
}

#[tokio::test]
async fn a_rate_is_refused_for_its_first_fault() {
    let api = Api::new();
    let reader = api.token(Role::ReadOnly, &[]).await;
    let rate = json!({"lines_per_second": 1});
    let global = "/api/global/x/replay/rate";
    api.send(put(global).json(&rate).without_token()).await.expect(401);
    api.send(put(global).json(&rate)).await.expect(404);
    api.send(put(RATE).json(&rate).with_token(&reader)).await.expect(403);
    api.send(put(RATE).json(&rate).with("content-type", "text/plain")).await.expect(415);
    for body in [
        json!({}),
        json!([]),
        json!({"lines_per_second": -1}),
        json!({"lines_per_second": 1.5}),
        json!({"lines_per_second": "1"}),
        json!({"lines_per_second": 1, "batches": 1}),
    ] {
        let faults = api.send(put(RATE).json(&body)).await.faults();
        assert_eq!(faults.len(), 1, "{body}");
    }
    api.send(put(RATE).json(&rate)).await.expect(409);
}

#[tokio::test(start_paused = true)]
async fn a_paused_job_stays_running_and_sends_nothing_until_its_rate_is_raised() {
    let mut job = SteppedJob::of_twelve_lines(&[]).await;
    job.make_requests(1).await;
    set(&job.api, &json!(0)).await.expect(202);
    for _ in 0..30 {
        assert_eq!(job.step().await, Next::Requests);
        tokio::time::advance(Duration::from_mins(1)).await;
    }
    assert_eq!(job.take_sent().len(), 1);
    assert_eq!(job.api.status("us").await, "running");
    job.api.send(put(JOB).json(&last_hour())).await.expect(409);
    // Half an hour has passed, in which no request was due.
    job.answer(&[503]);
    set(&job.api, &json!(1_000)).await.expect(202);
    job.until_settled().await;
    assert_eq!(job.api.status("us").await, "completed");
}

#[tokio::test(start_paused = true)]
async fn a_paused_job_can_be_cancelled() {
    let mut job = SteppedJob::of_twelve_lines(&[]).await;
    set(&job.api, &json!(0)).await.expect(202);
    assert_eq!(job.step().await, Next::Requests);
    job.api.send(post(CANCEL)).await.expect(202);
    job.until_settled().await;
    let reason = "it was cancelled after 0 of 12 lines were acknowledged";
    assert_eq!(job.api.send(get(JOB)).await.text("reason"), reason);
}

#[tokio::test(start_paused = true)]
async fn below_one_batch_per_second_the_requests_are_spaced_and_the_batches_are_the_same() {
    let mut unlimited = SteppedJob::of_twelve_lines(&[]).await;
    unlimited.until_settled().await;
    let batches = texts(&unlimited);

    let mut job = SteppedJob::of_twelve_lines(&[]).await;
    set(&job.api, &json!(1)).await.expect(202);
    let mut waits = Vec::new();
    loop {
        let next = job.step().await;
        if next == Next::Settled {
            break;
        }
        if let Next::In(wait) = next {
            waits.push(wait.as_millis());
            tokio::time::advance(wait).await;
        }
    }
    // Two lines, of which a tenth of a second's worth may be sent ahead.
    assert_eq!(waits, [1_900, 2_000, 2_000, 2_000, 2_000]);
    assert_eq!(texts(&job), batches);
}

fn texts(job: &SteppedJob) -> Vec<Vec<u8>> {
    job.take_sent().into_iter().map(|batch| batch.text).collect()
}

async fn set(api: &Api, rate: &Value) -> ApiResponse {
    api.send(put(RATE).json(&json!({"lines_per_second": rate}))).await
}
