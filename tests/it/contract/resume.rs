//! A failed job is resumed: what is sent again, what is lost, and when that is refused.

use replay_core::{JobId, job::Step};
use replay_server::auth::Role;
use serde_json::{Value, json};

use super::{
    request::{CANCEL, INGEST, JOB, PROGRESS, RESUME, WEBHOOK, get, line, patch, post, put},
    server::{Api, at, region},
    stepped_job::SteppedJob,
};

#[tokio::test]
async fn a_resumed_job_sends_exactly_the_batches_that_were_left_under_their_ids() {
    let mut whole = SteppedJob::of_twelve_lines(&[]).await;
    whole.until_settled().await;
    let expected: Vec<_> = whole.take_sent().into_iter().map(|batch| batch.text).collect();

    let mut job = SteppedJob::of_twelve_lines(&[202, 202, 202, 401]).await;
    job.until_settled().await;
    let first = job_of(&job).await;
    let sent = job.take_sent();
    assert_eq!((&first["status"], &first["delivered_lines"]), (&json!("failed"), &json!(6)));
    // The resumed job has the lines of the first one's snapshot.
    job.api.send(post(INGEST).body(line(13))).await.expect(202);

    let resumed = job.api.send(post(RESUME)).await.expect(202).json();
    assert_eq!((&resumed["status"], &resumed["resumed_from"]), (&json!("accepted"), &first["id"]));
    for field in ["start_at", "end_at"] {
        assert_eq!(resumed[field], first[field], "{field}");
    }
    job.until_settled().await;
    let resumed = job_of(&job).await;
    assert_eq!((&resumed["status"], &resumed["delivered_lines"]), (&json!("completed"), &json!(6)));
    assert!(resumed.get("lost_lines").is_none(), "{resumed}");
    assert_eq!(progress(&job).await["total_lines"], 6);

    let again = job.take_sent();
    let prefix = format!("{}-", first["id"].as_str().unwrap());
    assert!(again.iter().all(|batch| batch.webhook_id.starts_with(&prefix)), "{again:?}");
    let refused = sent.iter().filter(|batch| again.contains(batch)).count();
    assert_eq!((sent.len(), refused, again.len()), (4, 1, 3), "only the refused one is sent twice");
    let mut all: Vec<_> = sent.into_iter().chain(again).collect();
    all.sort();
    all.dedup();
    assert!(all.into_iter().map(|batch| batch.text).eq(expected));
}

#[tokio::test]
async fn a_job_that_was_resumed_can_be_resumed_again_and_keeps_the_first_delivery_id() {
    let mut job = SteppedJob::of_twelve_lines(&[202, 202, 401]).await;
    job.until_settled().await;
    let first = job_of(&job).await["id"].clone();
    // It is cancelled before it starts, so that the first one is resumed again.
    job.api.send(post(RESUME)).await.expect(202);
    job.api.send(post(CANCEL)).await.expect(202);
    assert_eq!(job.api.send(post(RESUME)).await.expect(202).json()["resumed_from"], first);
    job.answer(&[202, 413, 202, 404]);
    job.until_settled().await;
    let second = job_of(&job).await["id"].clone();
    job.take_sent();
    assert_eq!(job.api.send(post(RESUME)).await.expect(202).json()["resumed_from"], second);
    job.until_settled().await;
    assert_eq!(job_of(&job).await["status"], "completed");
    let prefix = format!("{}-", first.as_str().unwrap());
    assert!(job.take_sent().iter().all(|batch| batch.webhook_id.starts_with(&prefix)));
}

#[tokio::test]
async fn a_job_that_has_not_started_is_resumed_with_the_lines_of_now() {
    let mut job = SteppedJob::over(Api::new(), &[]);
    job.api.enable("us").await;
    job.api.submit("us").await;
    job.api.send(post(CANCEL)).await.expect(202);
    let refused = job.api.send(post(RESUME)).await.expect(409);
    let detail = "No replay job has failed with lines left to deliver";
    assert_eq!(refused.text("detail"), detail);
    job.api.send(post(INGEST).body(line(1))).await.expect(202);
    job.api.send(post(RESUME)).await.expect(202);
    job.api.send(post(INGEST).body(line(2))).await.expect(202);
    job.until_settled().await;
    assert_eq!(job_of(&job).await["delivered_lines"], 2);
}

#[tokio::test]
async fn only_a_failed_job_can_be_resumed_and_by_a_caller_who_may_change_it() {
    let api = Api::new();
    let reader = api.token(Role::ReadOnly, &[]).await;
    api.send(post("/api/global/x/replay/resume").without_token()).await.expect(401);
    api.send(post("/api/global/x/replay/resume")).await.expect(404);
    api.send(post(RESUME).with_token(&reader)).await.expect(403);
    api.send(post(RESUME)).await.expect(409);
    api.enable("us").await;
    api.send(post(INGEST).body(line(1))).await.expect(202);
    api.submit("us").await;
    for step in [Step::Schedule, Step::Start, Step::Complete] {
        api.send(post(RESUME)).await.expect(409);
        api.advance("us", step).await;
    }
    api.send(post(RESUME)).await.expect(409);
}

#[tokio::test]
async fn a_job_is_resumed_to_the_webhook_of_now_which_must_be_enabled() {
    let mut job = SteppedJob::of_twelve_lines(&[202, 401]).await;
    job.until_settled().await;
    job.take_sent();
    let elsewhere = json!({"enabled": false, "endpoint": "https://siem.example.com/other"});
    job.api.send(patch(WEBHOOK).json(&elsewhere)).await.expect(200);
    let refused = job.api.send(post(RESUME)).await.faults();
    assert_eq!(refused, [("audit_log_webhook".to_owned(), "missing_reference".to_owned())]);
    job.api.send(patch(WEBHOOK).json(&json!({"enabled": true}))).await.expect(200);
    job.api.send(post(RESUME)).await.expect(202);
    job.until_settled().await;
    let sent = job.take_sent();
    assert_eq!(sent.len(), 5);
    assert!(sent.iter().all(|batch| batch.url == "https://siem.example.com/other"), "{sent:?}");
}

#[tokio::test]
async fn lines_that_the_retention_has_removed_are_lost_and_counted() {
    let mut job = SteppedJob::of_twelve_lines(&[202, 401]).await;
    job.until_settled().await;
    // A week, the grace of five minutes and an hour after 11:00:05.
    job.api.turn_clock_to("2026-11-30T12:05:05Z");
    job.take_sent();
    job.api.send(post(RESUME)).await.expect(202);
    job.until_settled().await;
    let resumed = job_of(&job).await;
    assert_eq!(resumed["status"], "completed", "{resumed}");
    assert_eq!((&resumed["delivered_lines"], &resumed["lost_lines"]), (&json!(7), &json!(3)));
    let lines: usize = job.take_sent().iter().map(|batch| count_lines(&batch.text)).sum();
    assert_eq!(lines, 7);

    let mut job = SteppedJob::of_twelve_lines(&[202, 401]).await;
    job.until_settled().await;
    job.api.turn_clock_to("2026-12-30T00:00:00Z");
    let refused = job.api.send(post(RESUME)).await.expect(409);
    let detail = "No line is left to deliver: the retention has removed them";
    assert_eq!(refused.text("detail"), detail);
}

#[tokio::test]
async fn a_limit_of_a_failed_job_is_kept_unless_it_paused_the_job() {
    for (rate, kept) in [(json!(9), json!(9)), (json!(0), json!(null))] {
        let job = SteppedJob::over(Api::new(), &[]);
        job.api.enable("us").await;
        job.api.send(post(INGEST).body(line(1))).await.expect(202);
        job.api.submit("us").await;
        let body = json!({"lines_per_second": rate});
        job.api.send(put("/api/us/x/replay/rate").json(&body)).await.expect(202);
        job.api.send(post(CANCEL)).await.expect(202);
        job.api.send(post(RESUME)).await.expect(202);
        assert_eq!(progress(&job).await["lines_per_second_limit"], kept);
    }
}

#[tokio::test]
async fn a_job_is_kept_while_the_current_one_resumes_it() {
    let mut job = SteppedJob::of_twelve_lines(&[202, 401]).await;
    job.until_settled().await;
    let first = JobId::read(job_of(&job).await["id"].as_str().unwrap()).unwrap();
    job.api.send(post(RESUME)).await.expect(202);
    let (store, us) = (job.api.store.clone(), region("us"));
    let late = at("2027-11-23T12:00:00Z");
    assert_eq!(store.trim_jobs(&us, late).await.unwrap(), 0);
    job.until_settled().await;
    assert_eq!(job_of(&job).await["delivered_lines"], 10);
    job.api.submit("us").await;
    assert_eq!(store.trim_jobs(&us, late).await.unwrap(), 2);
    assert_eq!(store.job_by_id(&us, first).await.unwrap(), None);
}

async fn job_of(job: &SteppedJob) -> Value {
    job.api.send(get(JOB)).await.expect(200).json()
}

async fn progress(job: &SteppedJob) -> Value {
    job.api.send(get(PROGRESS)).await.expect(200).json()
}

fn count_lines(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').count() - 1
}
