//! Secrets are deleted once they are not needed.

use super::*;

#[tokio::test]
async fn a_replaced_secret_is_deleted_when_the_job_that_uses_it_settles() {
    let store = store_with_lines(1).await;
    let holds = async |secret: &str| {
        let image = store.image().await.unwrap();
        image.windows(secret.len()).any(|bytes| bytes == secret.as_bytes())
    };
    set_secret(&store, "Bearer first").await;
    submit(&store, at(0), at(9)).await;
    started(&store).await;
    set_secret(&store, "Bearer second").await;
    assert!(holds("Bearer first").await && holds("Bearer second").await);
    store.advance(&us(), JobId(1), Step::Complete, at(9)).await.unwrap();
    assert!(!holds("Bearer first").await && holds("Bearer second").await);
}

#[tokio::test]
async fn a_replaced_secret_is_neither_in_the_database_file_nor_in_its_log() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("replay.db")).unwrap();
    enable(&store).await;
    set_secret(&store, "Bearer first").await;
    assert!(on_disk(dir.path(), "Bearer first"));
    set_secret(&store, "Bearer second").await;
    assert!(!on_disk(dir.path(), "Bearer first"));
    assert!(on_disk(dir.path(), "Bearer second"));
}

#[tokio::test]
async fn a_replaced_secret_leaves_the_log_once_a_reader_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    let store = Store::open(&path).unwrap();
    enable(&store).await;
    set_secret(&store, "Bearer first").await;
    let reader = rusqlite::Connection::open(&path).unwrap();
    let reading = reader.unchecked_transaction().unwrap();
    let webhooks: i64 =
        reading.query_row("SELECT count(*) FROM webhook", [], |row| row.get(0)).unwrap();
    assert_eq!(webhooks, 1);
    set_secret(&store, "Bearer second").await;
    assert!(on_disk(dir.path(), "Bearer first"));
    drop(reading);
    let left = async {
        while on_disk(dir.path(), "Bearer first") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), left).await.unwrap();
}

#[test]
fn a_secret_that_was_left_in_the_log_is_gone_after_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("replay.db");
    // A reader prevents that the log is emptied, and that it is deleted with the last connection.
    let reader = rusqlite::Connection::open(&path).unwrap();
    let process = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reading = process().block_on(async {
        let store = Store::open(&path).unwrap();
        enable(&store).await;
        set_secret(&store, "Bearer first").await;
        let reading = reader.unchecked_transaction().unwrap();
        reading.query_row("SELECT count(*) FROM webhook", [], |_| Ok(())).unwrap();
        set_secret(&store, "Bearer second").await;
        reading
    });
    drop(reading);
    assert!(on_disk(dir.path(), "Bearer first"));
    process().block_on(async { Store::open(&path).unwrap().empty_log().await });
    assert!(!on_disk(dir.path(), "Bearer first"));
}

async fn set_secret(store: &Store, secret: &str) {
    let secret = Secret::new(secret.to_owned()).unwrap();
    let authorization = Some(AuthorizationChange::Set(secret));
    let patch = Patch { authorization, ..Patch::default() };
    store.patch_webhook(&us(), patch, OutageId(0), at(0)).await.unwrap();
}

/// Whether a file of the database holds the text.
fn on_disk(dir: &Path, text: &str) -> bool {
    ["replay.db", "replay.db-wal"].into_iter().any(|name| {
        let bytes = std::fs::read(dir.join(name)).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}
