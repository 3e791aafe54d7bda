//! The table of expressions: each line's expression is answered as the line says.

mod answering;
mod sampling;

use core::fmt::Write;

use answering::answer;
use sampling::sampled;
use time_range::{Context, Timestamp, Zone};

const TABLE: &str = include_str!("expressions.txt");

#[test]
fn every_expression_of_the_table_is_answered_as_it_says() {
    let mut zone = Zone::utc();
    let mut now = Timestamp::UNIX_EPOCH;
    let (mut wrong, mut count) = (String::new(), 0);
    for (line, number) in TABLE.lines().zip(1..) {
        if let Some(context) = line.strip_prefix("# context ") {
            let (name, at) = context.split_once(' ').unwrap();
            zone = sampled(name.parse().unwrap());
            now = at.parse().unwrap();
            continue;
        }
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        let (expression, expected) = line.rsplit_once('\t').unwrap();
        let answer = answer(&text_of(expression), Context { zone: &zone, now });
        count += 1;
        // The example in a message is the same everywhere.
        let answer = answer.split("; write a range like ").next().unwrap();
        if answer != expected {
            writeln!(wrong, "{number}: {expression}\n  is      {answer}\n  wanted  {expected}")
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 300, "{count} expressions");
}

/// An expression of the table: `\u{…}` stands for a character that cannot be seen.
fn text_of(expression: &str) -> String {
    let mut text = String::new();
    let mut rest = expression;
    while let Some((before, after)) = rest.split_once("\\u{") {
        let (code, after) = after.split_once('}').unwrap_or((after, ""));
        let character = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
        text.push_str(before);
        text.push(character.unwrap_or('?'));
        rest = after;
    }
    text.push_str(rest);
    text
}
