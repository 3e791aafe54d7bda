use super::*;
use std::io::{Cursor, repeat};

const LINE: &str = r#"{"rt":1795431600000}"#;

#[test]
fn a_step_has_at_most_5_000_lines() {
    let mut reader = reader(format!("{LINE}\n").repeat(12_000));
    let lengths = [5_000, 5_000, 2_000];
    for length in lengths {
        assert_eq!(reader.next_step().unwrap().lines.len(), length);
    }
}

#[test]
fn a_step_has_at_most_2_mib_and_loses_no_line() {
    let line = format!(r#"{{"rt":1795431600000,"x":"{}"}}"#, "x".repeat(200_000));
    let mut reader = reader(format!("{line}\n").repeat(50));
    let mut total = 0;
    loop {
        let step = reader.next_step().unwrap();
        let bytes: usize = step.lines.iter().map(|line| line.text.len()).sum();
        assert!(bytes <= 2 * 1024 * 1024, "{bytes}");
        total += step.lines.len();
        if step.is_last {
            break;
        }
    }
    assert_eq!(total, 50);
}

#[test]
fn an_endless_line_is_rejected_in_bounded_memory() {
    let endless = repeat(b'x').take(64 * 1024 * 1024);
    let text = Cursor::new(format!("{LINE}\n")).chain(endless).chain(Cursor::new("\n[]\n"));
    let mut reader = LineReader::new(Box::new(text), Policy::DEFAULT, now());
    let step = reader.next_step().unwrap();
    assert_eq!((step.lines.len(), step.is_last), (1, true));
    assert!(reader.line.capacity() <= 1024 * 1024, "{}", reader.line.capacity());
    let rejected = reader.into_rejected();
    let numbers: Vec<_> = rejected.named.iter().map(|line| line.line_number).collect();
    assert_eq!((rejected.count, numbers), (2, vec![2, 3]));
    assert_eq!(rejected.named[0].reason, "is longer than the limit of 262144 bytes");
}

#[test]
fn a_line_of_the_maximum_size_may_end_with_a_line_feed() {
    let front = r#"{"rt":1795431600000,"x":""#;
    let longest = format!("{front}{}\"}}", "x".repeat(LINE_LIMIT_BYTES - front.len() - 2));
    for text in [longest.clone(), format!("{longest}\n"), format!("{longest}\n{LINE}")] {
        let lines = text.lines().count();
        let mut reader = reader(text);
        assert_eq!(reader.next_step().unwrap().lines.len(), lines);
        assert_eq!(reader.into_rejected().count, 0);
    }
}

fn reader(text: String) -> LineReader {
    LineReader::new(Box::new(Cursor::new(text)), Policy::DEFAULT, now())
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}
