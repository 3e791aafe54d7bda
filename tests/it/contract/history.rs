//! The pages of the history: their order, their cursors, and who may read them.

use replay_core::{JobId, Timeframe, decisions::Submission};
use replay_server::auth::Role;
use serde_json::{Value, json};
use time_range::Timestamp;

use super::{
    request::{GLOBAL, HISTORY, JOB, get, last_hour, post, put},
    server::{Api, NOW, at, region},
};

#[tokio::test]
async fn a_region_without_a_job_has_an_empty_page() {
    let page = Api::new().send(get(HISTORY)).await.expect(200).json();
    assert_eq!(page, json!({"jobs": [], "next_cursor": null}));
}

#[tokio::test]
async fn pages_have_every_job_once_and_the_newest_first_while_jobs_arrive() {
    let api = enabled().await;
    let mut expected = Vec::new();
    for second in 0..7 {
        api.turn_clock_to(&format!("2026-11-23T12:00:0{second}Z"));
        expected.insert(0, submit(&api, "us").await);
    }
    let (mut read, mut cursor, mut sizes) = (Vec::new(), None, Vec::new());
    loop {
        let page = page(&api, 3, cursor.as_deref()).await;
        sizes.push(ids(&page).len());
        read.extend(ids(&page));
        // A job at the same moment as the newest one, and one that is newer.
        submit(&api, "us").await;
        api.turn_clock(api.now() + chrono::TimeDelta::milliseconds(1));
        submit(&api, "us").await;
        submit(&api, "eu").await;
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((read, sizes), (expected, vec![3, 3, 1]));
    assert_eq!(ids(&page(&api, 500, None).await).len(), 13);
}

#[tokio::test]
async fn jobs_of_the_same_moment_and_of_moments_with_other_decimals_are_in_order() {
    let api = enabled().await;
    let moments = ["12:00:00Z", "12:00:00.25Z", "12:00:00.3Z", "12:00:00.301Z", "12:00:01Z"];
    let mut expected = Vec::new();
    for moment in moments {
        api.turn_clock_to(&format!("2026-11-23T{moment}"));
        let mut same = vec![submit(&api, "us").await, submit(&api, "us").await];
        same.sort_unstable_by(|one, other| other.cmp(one));
        same.extend(core::mem::take(&mut expected));
        expected = same;
    }
    for limit in [1, 2, 3, 9, 10, 11] {
        assert_eq!(all(&api, limit).await, expected, "{limit}");
    }
}

#[tokio::test]
async fn a_page_has_at_most_100_jobs_unless_the_query_asks_for_more() {
    let api = enabled().await;
    for number in 0..103 {
        store(&api, JobId(number), at(NOW)).await;
    }
    let page = api.send(get(HISTORY)).await.expect(200).json();
    assert_eq!(ids(&page).len(), 100);
    assert!(page["next_cursor"].is_string());
    let page = api.send(get(&format!("{HISTORY}?limit=103"))).await.expect(200).json();
    assert_eq!((ids(&page).len(), &page["next_cursor"]), (103, &Value::Null));
}

#[tokio::test]
async fn each_fault_of_the_parameters_is_named() {
    let api = enabled().await;
    submit(&api, "us").await;
    submit(&api, "us").await;
    let cursor = page(&api, 1, None).await["next_cursor"].as_str().unwrap().to_owned();
    let (_, id) = cursor.split_once('_').unwrap();
    for other in [
        "x",
        "1",
        "_",
        id,
        &format!("_{id}"),
        &cursor[..cursor.len() - 1],
        &format!("{cursor}0"),
        &cursor.to_uppercase().replace('0', "O"),
        &format!("2026-11-23T12:00:00.000Z_{id}"),
        &format!("2026-11-23T13:00:00%2B01:00_{id}"),
    ] {
        let refused = api.send(get(&format!("{HISTORY}?cursor={other}"))).await;
        refused.assert_faults(&[("cursor", "invalid")]);
    }
    for (query, fault) in [
        ("limit=0", ("limit", "invalid")),
        ("limit=501", ("limit", "invalid")),
        ("limit=ten", ("limit", "invalid")),
        ("cursor=", ("cursor", "required")),
        ("page=2", ("page", "unknown_property")),
        ("limit=1&limit=2", ("limit", "invalid")),
    ] {
        api.send(get(&format!("{HISTORY}?{query}"))).await.assert_faults(&[fault]);
    }
    api.send(get(&format!("{HISTORY}?limit=500&cursor={cursor}"))).await.expect(200);
}

#[tokio::test]
async fn a_region_neither_lists_nor_reports_the_jobs_of_another() {
    let api = enabled().await;
    let us = submit(&api, "us").await;
    let in_eu = |path: &str| path.replace("/us/", "/eu/");
    assert_eq!(api.send(get(&in_eu(HISTORY))).await.expect(200).json()["jobs"], json!([]));
    api.send(get(&job_path(&us))).await.expect(200);
    api.send(get(&in_eu(&job_path(&us)))).await.expect(404);
    api.send(put(GLOBAL).json(&last_hour())).await.expect(202);
    for path in [HISTORY.to_owned(), in_eu(HISTORY)] {
        let page = api.send(get(&path)).await.expect(200).json();
        assert_eq!(page["jobs"][0]["requested_by"]["token_id"], "environment", "{path}");
    }
}

#[tokio::test]
async fn an_unknown_job_is_404() {
    let api = enabled().await;
    let known = submit(&api, "us").await;
    for id in ["0", "x", "%20", &"0".repeat(32), &known.to_uppercase(), &known[1..]] {
        if id != known {
            api.send(get(&job_path(id))).await.expect(404);
        }
    }
    api.send(get("/api/us/x/replay/jobs")).await.expect(404);
    api.send(get("/api/us/x/replay/jobs/")).await.expect(404);
}

#[tokio::test]
async fn a_job_leaves_the_history_when_it_is_trimmed() {
    let api = enabled().await;
    let old = submit(&api, "us").await;
    let current = submit(&api, "us").await;
    api.store.trim_jobs(&region("us"), at("2026-11-23T12:00:01Z")).await.unwrap();
    assert_eq!(all(&api, 1).await, [current]);
    api.send(get(&job_path(&old))).await.expect(404);
}

#[tokio::test]
async fn a_history_is_refused_for_its_first_fault() {
    let api = enabled().await;
    let id = submit(&api, "us").await;
    let only_eu = api.token(Role::ReadOnly, &["eu"]).await;
    let ingester = api.token(Role::Ingest, &[]).await;
    let reader = api.token(Role::ReadOnly, &["us"]).await;
    let hopeless = format!("{HISTORY}?limit=x");
    for (path, refused) in [(hopeless, 400), (job_path("x"), 404)] {
        for elsewhere in ["/xx/", "/global/"] {
            let elsewhere = path.replace("/us/", elsewhere);
            api.send(get(&elsewhere).without_token()).await.expect(401);
            api.send(get(&elsewhere).with_token(&only_eu)).await.expect(404);
        }
        api.send(get(&path).with_token(&only_eu)).await.expect(403);
        api.send(get(&path).with_token(&ingester)).await.expect(403);
        api.send(get(&path).with_token(&reader)).await.expect(refused);
    }
    for path in [HISTORY, &job_path(&id)] {
        api.send(get(path).with_token(&reader)).await.expect(200);
        assert_eq!(api.send(post(path)).await.expect(405).header("allow"), "GET,HEAD");
    }
}

/// A server with an enabled webhook in `us` and `eu`.
async fn enabled() -> Api {
    let api = Api::new();
    api.enable("us").await;
    api.enable("eu").await;
    api
}

/// Submits a job of the region and returns its id.
async fn submit(api: &Api, label: &str) -> String {
    let path = JOB.replace("/us/", &format!("/{label}/"));
    api.send(put(&path).json(&last_hour())).await.expect(202).text("id")
}

/// Submits a job with this id.
async fn store(api: &Api, id: JobId, now: Timestamp) {
    let submission = Submission::to_region(region("us"), id, Timeframe::new(now, now).unwrap());
    api.store.submit(submission, now).await.unwrap();
}

async fn page(api: &Api, limit: usize, cursor: Option<&str>) -> Value {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    api.send(get(&format!("{HISTORY}?limit={limit}{cursor}"))).await.expect(200).json()
}

/// The ids of every job, read in pages.
async fn all(api: &Api, limit: usize) -> Vec<String> {
    let (mut read, mut cursor) = (Vec::new(), None);
    loop {
        let page = page(api, limit, cursor.as_deref()).await;
        read.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return read,
        }
    }
}

fn ids(page: &Value) -> Vec<String> {
    let jobs = page["jobs"].as_array().unwrap().iter();
    jobs.map(|job| job["id"].as_str().unwrap().to_owned()).collect()
}

fn job_path(id: &str) -> String {
    format!("/api/us/x/replay/jobs/{id}")
}
