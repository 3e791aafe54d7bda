//! Distinct audit log lines in every format, and the body that a replay of them must deliver. That
//! body is computed from the lines alone, without code of the product.

use std::env;

use chrono::{SecondsFormat, TimeDelta};
use replay_server::clock::Clock;
use serde_json::json;
use time_range::Timestamp;

/// A line and its event time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// The event time.
    pub at: Timestamp,
    /// The line without its line feed.
    pub text: String,
}

/// A timeframe; both ends are inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The first instant.
    pub start: Timestamp,
    /// The last instant.
    pub end: Timestamp,
}

/// Random numbers that a seed reproduces.
#[derive(Debug)]
pub struct SeededRandom(u64);

impl Line {
    /// A short CEF line.
    pub fn plain(number: usize, at: Timestamp) -> Self {
        Self { at, text: cef(number, at, "curl/8") }
    }

    /// A line in one of the formats, with text that encoding errors would damage.
    pub fn random(number: usize, at: Timestamp, random: &mut SeededRandom) -> Self {
        let words = random.words();
        let text = match number % 5 {
            0 => cef(number, at, &words),
            1 => flat(number, at, &words).to_string(),
            2 => json!({ "event": flat(number, at, &words) }).to_string(),
            3 => format!("  {}\t\r", flat(number, at, &words)),
            _ => {
                let event_ts = at.to_rfc3339_opts(SecondsFormat::Nanos, true);
                json!({ "event_ts": event_ts, "trace_id": number, "user_agent": words }).to_string()
            }
        };
        Self { at, text }
    }

    /// `count` lines in order of arrival. Many event times are equal or lie within a millisecond of
    /// the window's ends; they are not sorted.
    pub fn random_around(count: usize, window: Window, random: &mut SeededRandom) -> Vec<Self> {
        let span = usize::try_from((window.end - window.start).num_milliseconds()).unwrap();
        let within = |at: usize| window.start + TimeDelta::milliseconds(i64::try_from(at).unwrap());
        let crowded = [span / 3, span / 2].map(within);
        let ms = TimeDelta::milliseconds(1);
        let edges = [
            [window.start - ms, window.start, window.start + ms],
            [window.end - ms, window.end, window.end + ms],
        ];
        let line = |number| {
            let at = match random.below(4) {
                0 => edges[random.below(2)][random.below(3)],
                1 => crowded[random.below(2)],
                _ => {
                    within(random.below(span * 3))
                        - TimeDelta::milliseconds(span.try_into().unwrap())
                }
            };
            Self::random(number, at, random)
        };
        (0..count).map(line).collect()
    }
}

impl Window {
    /// The body that a replay of the window must deliver: of `lines`, given in order of arrival,
    /// those in the window by (event time, arrival), each with one line feed.
    pub fn replayed(self, lines: &[Line]) -> String {
        self.lines(lines).into_iter().flat_map(|line| [line.text, "\n".to_owned()]).collect()
    }

    /// The lines in the window, in the order in which they are replayed.
    pub fn lines(self, lines: &[Line]) -> Vec<Line> {
        let holds = |line: &&Line| self.start <= line.at && line.at <= self.end;
        let mut lines: Vec<_> = lines.iter().filter(holds).cloned().collect();
        lines.sort_by_key(|line| line.at);
        lines
    }

    /// The last minute of the hour before `now`.
    pub fn before(now: Timestamp) -> Self {
        let end = now - TimeDelta::hours(1);
        Self { start: end - TimeDelta::minutes(1), end }
    }

    /// `count` plain lines in the window, one millisecond apart.
    pub fn filled(self, count: usize) -> Vec<Line> {
        let at = |number| self.start + TimeDelta::milliseconds(i64::try_from(number).unwrap());
        (0..count).map(|number| Line::plain(number, at(number))).collect()
    }
}

impl SeededRandom {
    /// Starts with this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Starts with the seed in `FAULTS_SEED`, else with a new one, and prints it.
    pub fn from_environment() -> Self {
        let fresh = || Clock::system().now().timestamp_millis().cast_unsigned();
        let given = env::var("FAULTS_SEED").ok();
        let seed = given.map_or_else(fresh, |seed| seed.parse().unwrap());
        println!("FAULTS_SEED={seed}");
        Self(seed)
    }

    /// A number below `bound`, from the generator `SplitMix64`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }

    fn words(&mut self) -> String {
        const WORDS: [&str; 16] = [
            "Mozilla/5.0",
            " ",
            "  ",
            "=",
            "|",
            "rt=1",
            "\"",
            "\\",
            "\r",
            "\t",
            "é",
            "日志",
            "🦀",
            "{}",
            "%0A",
            "sig=",
        ];
        let length = if self.below(40) == 0 { 900 } else { self.below(30) };
        (0..length).map(|_| WORDS[self.below(WORDS.len())]).collect()
    }
}

fn cef(number: usize, at: Timestamp, user_agent: &str) -> String {
    let event_ts = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let rt = at.timestamp_millis();
    format!(
        "{event_ts} konghq.com CEF:0|KongInc|Konnect|1.0|konnect|Authz.portals|1|rt={rt} \
         src=127.0.0.6 action=list granted=true trace_id={number} user_agent={user_agent}"
    )
}

fn flat(number: usize, at: Timestamp, user_agent: &str) -> serde_json::Value {
    json!({
        "event_product": "Konnect",
        "name": "Authz.portals",
        "rt": at.timestamp_millis(),
        "trace_id": number,
        "user_agent": user_agent,
    })
}
