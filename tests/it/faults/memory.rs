//! The memory of a server under load.

use std::{fs, io::Write};

use flate2::{Compression, write::GzEncoder};
use replay_tests::{
    lines::SeededRandom,
    process::{ServerDir, window},
};
use tokio::task::JoinSet;

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn eight_large_ingests_take_less_than_128_mb_together() {
    let (data_dir, body) = (ServerDir::new(), large_body());
    assert!((4 * MIB..16 * MIB).contains(&body.len()), "{} bytes", body.len());
    let server = data_dir.serve(&[]).await;
    let mut ingests = JoinSet::new();
    for region in ["us", "eu", "au", "me", "us", "eu", "au", "me"] {
        let (api, body) = (server.api.in_region(region), body.clone());
        ingests.spawn(async move { api.ingest_gzip(body).await });
    }
    let mut accepted = 0;
    for response in ingests.join_all().await {
        assert_eq!(response.code, 202, "{response:?}");
        accepted += response.json()["accepted"].as_u64().unwrap();
    }
    assert_eq!(accepted, 4 * LINES as u64);
    let peak = peak_kib(server.process.child.id().unwrap());
    assert!(peak < 128_000_000 / 1024, "{peak} KiB");
}

/// The number of lines of a large body.
const LINES: usize = 240;

/// 58 MiB of long lines, some MiB of which cannot be compressed.
fn large_body() -> Vec<u8> {
    let mut random = SeededRandom::new(1);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    for line in window().filled(LINES) {
        let random: String =
            (0..40_000).map(|_| char::from(b'0' + random_digit(&mut random))).collect();
        let filler = "~".repeat(58 * MIB / LINES - random.len() - line.text.len() - 1);
        writeln!(gzip, "{}{random}{filler}", line.text).unwrap();
    }
    gzip.finish().unwrap()
}

fn random_digit(random: &mut SeededRandom) -> u8 {
    u8::try_from(random.below(64)).unwrap()
}

/// The peak resident memory of a process, in KiB.
fn peak_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}
