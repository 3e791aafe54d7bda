//! Jobs that are restricted to kinds of events.

use super::*;
use crate::archive::SealLimits;
use replay_core::request::{JobRequest, Kinds};

on_each_database! {
    a_block_is_never_sent_as_it_is_stored_by_a_job_of_some_kinds,
}

const BLOCKS: SealLimits = blocks_of(3);

async fn a_block_is_never_sent_as_it_is_stored_by_a_job_of_some_kinds() {
    // The first block has lines of one kind, the second of two, the third of the other one.
    let kinds = "aaaaxaxxx";
    for (admitted, expected) in [
        (None, kinds),
        (Some("access"), "aaaaa"),
        (Some("other"), "xxxx"),
        (Some("authentication"), ""),
    ] {
        let store = store_with_lines(0).await;
        store.append(&us(), of_kinds(kinds)).await.unwrap();
        while store.seal(&us(), BLOCKS).await.unwrap() {}
        let kinds = admitted.and_then(|kind| Kinds::of([kind]));
        let timeframe = Timeframe::new(at(0), at(9)).unwrap();
        let request = JobRequest { kinds, ..timeframe.into() };
        store.submit(Submission::to_region(us(), JobId(1), request), at(9)).await.unwrap();
        let mut sent = String::new();
        let mut batch = start(&store).await;
        while let Some(this) = batch {
            let is_stored = matches!(this.body, Body::Gzip(_));
            assert_eq!(is_stored, admitted.is_none(), "{admitted:?}: {this:?}");
            let letters = texts(&this).into_iter();
            sent.extend(letters.map(|text| if text.contains("Ingress") { 'a' } else { 'x' }));
            record(&store, &this, acknowledged(&this), 202).await;
            batch = next(&store).await;
        }
        assert_eq!(sent, expected, "{admitted:?}");
        let job = store.job(&us()).await.unwrap();
        assert_eq!(job.configured().unwrap().request.kinds, admitted.and_then(|k| Kinds::of([k])));
    }
}

/// A line of each minute: of an access for `a`, of another event for any other letter.
fn of_kinds(letters: &str) -> Vec<NewLine> {
    let lines = (0..).zip(letters.chars());
    let line = |(minute, letter)| {
        let (name, kind) =
            if letter == 'a' { ("Ingress", Kind::Access) } else { ("x", Kind::Other) };
        let event_at = at(minute);
        let text = format!(r#"{{"event_ts":"{}","name":"{name}"}}"#, event_at.to_rfc3339());
        NewLine { event_at, kind, text: text.into() }
    };
    lines.map(line).collect()
}
