//! Compressed ingests, and their limits as sent and inflated.

use std::io::{self, Write};

use axum::body::Body;
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt, Full};

use super::{
    request::{ApiRequest, INGEST, line, post},
    server::Api,
};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn gzip_is_declared_by_content_encoding_or_content_type() {
    let api = Api::new();
    for (second, (header, value)) in (0..).zip([
        ("content-encoding", "gzip"),
        ("content-encoding", "GZip"),
        ("content-encoding", "x-gzip"),
        ("content-encoding", "application/gzip"),
        ("content-type", "application/gzip"),
        ("content-type", "Application/GZIP; x=y"),
    ]) {
        let request = post(INGEST).with(header, value).body(gzip(line(second).as_bytes()));
        let answer = api.send(request).await.expect(202);
        assert_eq!(answer.json()["accepted"], 1, "{header}: {value}");
    }
    let both = post(INGEST)
        .with("content-encoding", "gzip")
        .with("content-type", "application/gzip")
        .body(gzip(line(6).as_bytes()));
    api.send(both).await.expect(202);
    let lines: Vec<_> = (0..7).map(|second| line(second).into_bytes()).collect();
    assert_eq!(api.archived("us").await, lines);
}

#[tokio::test]
async fn gzip_with_several_members_is_read_completely() {
    let api = Api::new();
    let (front, back) = (format!("{}\n{}", line(1), &line(2)[..40]), &line(2)[40..]);
    let members = [gzip(front.as_bytes()), gzip(b""), gzip(back.as_bytes())].concat();
    api.send(gzipped(members)).await.expect(202);
    assert_eq!(api.archived("us").await, [line(1), line(2)].map(String::into_bytes));
}

#[tokio::test]
async fn the_encoding_identity_is_accepted() {
    let api = Api::new();
    let request = post(INGEST).with("content-encoding", "identity").body(line(1));
    api.send(request).await.expect(202);
}

#[tokio::test]
async fn any_other_encoding_is_415_and_archives_nothing() {
    let api = Api::new();
    for encoding in ["br", "deflate", "zstd", "gzip, gzip", "gzip, br", "\u{fc}"] {
        let request = post(INGEST).with("content-encoding", encoding).body(line(1));
        let answer = api.send(request).await.expect(415);
        assert!(answer.text("detail").contains("gzip"), "{encoding}");
    }
    assert!(api.archived("us").await.is_empty());
}

#[tokio::test]
async fn truncated_or_corrupt_gzip_is_400_and_archives_nothing() {
    let api = Api::new();
    let whole = gzip((0..1_000).map(line).collect::<Vec<_>>().join("\n").as_bytes());
    let mut wrong_checksum = whole.clone();
    let length = whole.len();
    wrong_checksum[length - 8] ^= 1;
    for (what, broken) in [
        ("empty", vec![]),
        ("a header only", whole[..10].to_vec()),
        ("half of it", whole[..length / 2].to_vec()),
        ("no trailer", whole[..length - 8].to_vec()),
        ("all but a byte", whole[..length - 1].to_vec()),
        ("a second member cut off", [&whole[..], &whole[..20]].concat()),
        ("something else behind it", [&whole[..], line(1).as_bytes()].concat()),
        ("a wrong checksum", wrong_checksum),
        ("no gzip at all", line(1).into_bytes()),
    ] {
        let answer = api.send(gzipped(broken)).await;
        assert_eq!(answer.status, 400, "{what}");
        answer.assert_faults(&[("body", "invalid")]);
        assert!(api.archived("us").await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn a_long_gzip_truncated_at_its_end_archives_nothing() {
    let api = Api::new();
    let lines: Vec<_> = (0..3_000).map(|second| line(second) + &"~".repeat(2_000)).collect();
    let mut sent = gzip(lines.join("\n").as_bytes());
    api.send(gzipped(sent[..sent.len() - 1].to_vec())).await.expect(400);
    let checksum = sent.len() - 8;
    sent[checksum] ^= 1;
    api.send(gzipped(sent.clone())).await.expect(400);
    assert!(api.archived("us").await.is_empty());
    sent[checksum] ^= 1;
    let answer = api.send(gzipped(sent)).await.expect(202);
    assert_eq!(answer.json()["accepted"], 3_000);
    assert_eq!(
        api.archived("us").await,
        lines.into_iter().map(String::into_bytes).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn more_than_64_mib_inflated_is_413_and_archives_nothing() {
    let api = Api::new();
    let mut bomb = format!("{}\n", line(1)).into_bytes();
    bomb.resize(64 * MIB + 1, b' ');
    let members = [gzip(&bomb[..32 * MIB]), gzip(&bomb[32 * MIB..])].concat();
    for sent in [gzip(&bomb), members] {
        let answer = api.send(gzipped(sent)).await.expect(413);
        assert!(answer.text("detail").contains("[67108864]"));
        assert!(api.archived("us").await.is_empty());
    }
    bomb.pop();
    api.send(gzipped(gzip(&bomb))).await.expect(202);
    assert_eq!(api.archived("us").await, [line(1).into_bytes()]);
}

#[tokio::test]
async fn more_than_16_mib_as_sent_is_413_and_archives_nothing() {
    let api = Api::new();
    let mut body = format!("{}\n", line(1)).into_bytes();
    body.resize(16 * MIB + 1, b' ');
    let answer = api.send(post(INGEST).body(body.clone())).await.expect(413);
    assert!(answer.text("detail").contains("[16777216]"));
    let announced = post(INGEST).with("content-length", "16777217").body(line(1));
    api.send(announced).await.expect(413);
    assert!(api.archived("us").await.is_empty());
    body.pop();
    api.send(post(INGEST).body(body)).await.expect(202);
    assert_eq!(api.archived("us").await, [line(1).into_bytes()]);
}

#[tokio::test]
async fn an_incomplete_ingest_archives_nothing() {
    let api = Api::new();
    let broken = Full::from(format!("{}\n{}", line(1), line(2)))
        .map_err(|never| match never {})
        .with_trailers(async { Some(Err(io::Error::from(io::ErrorKind::ConnectionReset))) });
    let answer = api.send(post(INGEST).body(Body::new(broken))).await;
    answer.assert_faults(&[("body", "invalid")]);
    assert!(api.archived("us").await.is_empty());
}

fn gzipped(body: Vec<u8>) -> ApiRequest {
    post(INGEST).with("content-encoding", "gzip").body(body)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
