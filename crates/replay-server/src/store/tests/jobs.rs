//! Jobs by their ids: what a step changes, and what is kept.

use super::*;

on_each_database! {
    a_replaced_job_is_kept_by_its_id_as_failed,
    the_jobs_of_a_put_to_global_have_their_own_ids_and_the_id_of_the_put,
    an_unreadable_status_is_an_error_and_never_a_reason_to_delete_lines,
    a_step_of_a_replaced_or_unknown_job_changes_nothing,
    lines_that_cannot_be_read_are_an_error_but_no_damage,
}

async fn a_replaced_job_is_kept_by_its_id_as_failed() {
    let store = store_with_lines(1).await;
    submit(&store, at(0), at(1)).await;
    submit_as(&store, JobId(2), at(0), at(1)).await;
    let replaced = store.job_by_id(&us(), JobId(1)).await.unwrap().unwrap();
    assert_eq!(replaced.status, JobStatus::Failed);
    assert_eq!(replaced.reason.as_deref(), Some("it was replaced by a later request"));
    assert_eq!(store.job(&us()).await.unwrap().configured().unwrap().id, JobId(2));
}

async fn the_jobs_of_a_put_to_global_have_their_own_ids_and_the_id_of_the_put() {
    let store = store_with_lines(1).await;
    store.patch_webhook(&eu(), enabled_webhook(), OutageId(0), at(0)).await.unwrap();
    let timeframe = Timeframe::new(at(0), at(1)).unwrap();
    let jobs = vec![NewJob { region: us(), id: JobId(1) }, NewJob { region: eu(), id: JobId(2) }];
    let submission = Submission::to_global(PutId(9), jobs, timeframe);
    store.submit(submission, at(9)).await.unwrap();
    let current = store.jobs(vec![us(), eu()]).await.unwrap();
    assert_eq!(current.last_global, Some(PutId(9)));
    for ((_, job), id) in current.jobs.iter().zip([JobId(1), JobId(2)]) {
        let job = job.configured().unwrap();
        assert_eq!((job.id, job.put_id), (id, PutId(9)));
    }
}

async fn an_unreadable_status_is_an_error_and_never_a_reason_to_delete_lines() {
    let store = store_with_lines(1).await;
    submit(&store, at(0), at(1)).await;
    let damaged = store.database.write(|tx| execute(tx, "UPDATE job SET status = 'unknown'"));
    damaged.await.unwrap();
    assert!(matches!(store.trim(&us(), at(9)).await, Err(StoreError::Corrupt("status"))));
    assert!(matches!(store.job(&us()).await, Err(StoreError::Corrupt("status"))));
    assert!(matches!(store.due(&us()).await, Err(StoreError::Corrupt("status"))));
}

async fn a_step_of_a_replaced_or_unknown_job_changes_nothing() {
    let store = store_with_lines(1).await;
    submit(&store, at(0), at(1)).await;
    submit_as(&store, JobId(2), at(0), at(1)).await;
    let replaced = store.job_by_id(&us(), JobId(1)).await.unwrap();
    for id in [JobId(1), JobId(7)] {
        store.advance(&us(), id, Step::Schedule, at(9)).await.unwrap();
        store.start(&us(), id, LIMITS, at(-99), at(9)).await.unwrap();
    }
    assert_eq!(store.job(&us()).await.unwrap().status(), JobStatus::Accepted);
    assert_eq!(store.job_by_id(&us(), JobId(1)).await.unwrap(), replaced);
}

async fn lines_that_cannot_be_read_are_an_error_but_no_damage() {
    let store = store_with_lines(1).await;
    replayed(&store).await;
    let change = |sql: &'static str| store.database.write(move |tx| execute(tx, sql));
    let Claimed { receiver, slices } = store.claim(&us(), JobId(1), "test").await.unwrap();
    change("ALTER TABLE part_data RENAME TO gone").await.unwrap();
    let error = store.next_batches(&us(), JobId(1), slices[0], receiver).await.unwrap_err();
    assert!(!error.is_damage(), "{error}");
    let causes = ["SQL logic error", "PostgreSQL answered with the error 42P01"];
    assert!(causes.contains(&error.summary().as_str()), "{error}");
    let due = Due::Deliver { job: JobId(1), lines_per_second: None };
    assert_eq!(store.due(&us()).await.unwrap(), due);
    change("ALTER TABLE job RENAME TO gone_too").await.unwrap();
    assert!(matches!(store.due(&us()).await, Err(StoreError::Database(_))));
}
