//! A single server with a database of its own that ingests the same lines and replays them.

use chrono::TimeDelta;
use replay_tests::{
    lines::{Line, Window},
    process::ServerDir,
    receiver::Receiver,
};

/// The lines that a single server replays, sorted.
pub(super) async fn replayed(sources: &[Vec<Line>]) -> Vec<String> {
    let (dir, receiver) = (ServerDir::new(), Receiver::accepting().await);
    let server = dir.serve(&[]).await;
    for lines in sources {
        for some in lines.chunks(500) {
            server.api.ingest(some).await;
        }
    }
    let times = || sources.iter().flatten().map(|line| line.at);
    let (first, end) = (times().min().unwrap(), times().max().unwrap());
    // An event time has no fraction of a millisecond.
    let window = Window { start: first - TimeDelta::seconds(1), end };
    assert_eq!(server.api.replay_to(&receiver, window).await["status"], "completed");
    let text = receiver.acknowledged_text();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}
