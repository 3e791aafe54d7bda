//! Whoever sends lines to the archive and does not get to the end: nothing of that is archived.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    inside::{Inside, Settings, window},
    receiver::Receiver,
};

#[tokio::test]
async fn lines_that_broke_off_on_their_way_are_not_archived() {
    let (server, receiver) = (Inside::start(Settings::default()).await, Receiver::taking().await);
    let lines = window().filled(2);
    let text = lines[0].text.as_str();
    for (header, body) in [
        ("content-length: 10000", format!("{text}\n{text}")),
        ("transfer-encoding: chunked", format!("{:x}\r\n{text}\r\n", text.len())),
    ] {
        let mut sender = server.api.begin_ingest(header).await;
        sender.write_all(body.as_bytes()).await.unwrap();
        sender.shutdown().await.unwrap();
        let mut answer = String::new();
        sender.read_to_string(&mut answer).await.unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    server.api.ingest(&lines[1..]).await;
    server.api.replay_to(&receiver, window()).await;
    assert_eq!(receiver.taken(), window().replayed(&lines[1..]));
}
