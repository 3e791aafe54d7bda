use super::*;
use std::fs;

use axum::{body::Body, extract::Request};
use tempfile::tempdir;

const KIB: usize = 1024;

#[tokio::test]
async fn a_body_is_read_as_it_was_sent_and_again_after_a_rewind() {
    let folder = tempdir().unwrap();
    let spool = Spool::new(folder.path().to_owned(), 1_000 * KIB);
    for length in [0, 1, 64 * KIB, 64 * KIB + 1, 500 * KIB] {
        let sent: Vec<_> = (0..=250).cycle().take(length).collect();
        let mut body = keep(&spool, sent.clone()).await.unwrap();
        assert_eq!(body.length(), length);
        for _ in 0..2 {
            let mut read = Vec::new();
            body.read_to_end(&mut read).unwrap();
            assert!(read == sent, "{length}");
            body.rewind().unwrap();
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a file has a name");
    }
}

#[tokio::test]
async fn a_small_body_uses_neither_the_disk_nor_the_quota() {
    let spool = Spool::new("/nowhere".into(), 0);
    let kept = keep(&spool, vec![b'x'; 64 * KIB]).await.unwrap();
    assert_eq!(kept.length(), 64 * KIB);
    let spool = Spool::new("/nowhere".into(), 1_000 * KIB);
    let large = keep(&spool, vec![b'x'; 64 * KIB + 1]).await;
    assert!(matches!(large, Err(ApiError::Io(_))), "{large:?}");
}

#[tokio::test]
async fn a_body_above_the_quota_is_refused_until_another_is_dropped() {
    let folder = tempdir().unwrap();
    let spool = Spool::new(folder.path().to_owned(), 200 * KIB);
    let kept = keep(&spool, vec![b'x'; 100 * KIB]).await.unwrap();
    for _ in 0..3 {
        let refused = keep(&spool, vec![b'x'; 100 * KIB + 1]).await;
        let overloaded = Refusal::Overloaded { retry_after_seconds: 5 };
        assert!(matches!(refused, Err(ApiError::Refused(refusal)) if refusal == overloaded));
    }
    keep(&spool, vec![b'x'; 100 * KIB]).await.unwrap();
    drop(kept);
    keep(&spool, vec![b'x'; 200 * KIB]).await.unwrap();
}

async fn keep(spool: &Spool, sent: Vec<u8>) -> Result<SpooledBody, ApiError> {
    let request = Request::new(Body::from(sent));
    spool.keep(BodyReader::new(request, 1_000 * KIB).unwrap()).await
}
