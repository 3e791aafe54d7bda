//! Synthetic audit-log lines for trials, with the product name `sample`. The line of an event time is
//! always the same, so that inserting samples again adds only lines that are newer. It draws nothing and
//! writes nothing.

use audit_log::Kind;
use chrono::{DateTime, TimeDelta, Utc};
use replay_core::Region;
use time_range::{Timestamp, write_timestamp};

use crate::store::NewLine;

/// `count` lines for `region` at equal intervals over the `span` up to `now`, oldest first.
pub fn lines(
    region: &Region,
    count: u32,
    span: TimeDelta,
    now: Timestamp,
) -> impl Iterator<Item = NewLine> + use<> {
    let (region, count) = (region.clone(), i64::from(count));
    let interval_ms = (span.num_milliseconds() / count.max(1)).max(1);
    let last = now.timestamp_millis() / interval_ms;
    (last + 1 - count..=last).map(move |index| {
        let event_at = DateTime::from_timestamp_millis(index * interval_ms).unwrap_or(now);
        let (kind, text) = line(&region, index, event_at);
        NewLine { event_at, kind, text: text.into() }
    })
}

/// The fields of a CEF line that depend on its kind.
struct Event {
    kind: Kind,
    class: &'static str,
    name: String,
    severity: u8,
    extension: String,
}

fn line(region: &Region, index: i64, at: Timestamp) -> (Kind, String) {
    let header_at = write_timestamp(at.with_timezone(&Utc));
    let rt = at.timestamp_millis();
    let src = format!("203.0.113.{}", index % 254 + 1);
    let trace = format!("{rt}{:04}", index % 10_000);
    let org = "00000000-5a3e-4000-8000-000000000001";
    let principal = format!("00000000-5a3e-4000-8000-{:012}", index % 17);
    let Event { kind, class, name, severity, extension } = match index % 10 {
        0 => {
            let (outcome, severity, success) =
                if index % 40 == 0 { ("INVALID_PASSWORD", 1, false) } else { ("SUCCESS", 0, true) };
            let name = format!("AUTHENTICATION_OUTCOME_{outcome}");
            let extension = format!(
                "request=/v2/authenticate success={success} org_id={org} principal_id={principal} trace_id={trace} user_agent=Mozilla/5.0 (X11; Linux x86_64)"
            );
            Event {
                kind: Kind::Authentication,
                class: "AUTHENTICATION_TYPE_BASIC",
                name,
                severity,
                extension,
            }
        }
        1..=3 => {
            let (severity, granted) = if index % 30 == 1 { (6, false) } else { (1, true) };
            let extension = format!(
                "action=list granted={granted} org_id={org} principal_id={principal} actor_id= trace_id={trace} user_agent=grpc-node-js/1.12.4"
            );
            Event {
                kind: Kind::Authorization,
                class: "konnect",
                name: "Authz.control-planes".to_owned(),
                severity,
                extension,
            }
        }
        _ => {
            let query = format!("{{\"page\":\"{}\",\"region\":\"{region}\"}}", index % 7);
            let extension = format!(
                "request=/v2/control-planes act=GET status=200 org_id={org} principal_id={principal} user_agent=kongctl/1.14 (linux) trace_id={trace} query={query}"
            );
            Event {
                kind: Kind::Access,
                class: "KongGateway",
                name: "Ingress".to_owned(),
                severity: 1,
                extension,
            }
        }
    };
    let text = format!(
        "{header_at} konghq.com CEF:0|KongInc|sample|1.0|{class}|{name}|{severity}|rt={rt} src={src} {extension}"
    );
    (kind, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use audit_log::{Entry, Format};
    use std::collections::HashSet;

    #[test]
    fn each_sample_is_a_distinct_valid_line_with_its_event_time() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let us = Region::named("us").unwrap();
        let lines: Vec<_> = lines(&us, 1_000, TimeDelta::days(7), now).collect();
        let mut kinds = HashSet::new();
        for line in &lines {
            let entry = Entry::read(&line.text, now).unwrap();
            assert_eq!(entry.event_at().timestamp_millis(), line.event_at.timestamp_millis());
            assert_eq!((entry.format(), entry.kind()), (Format::Cef, line.kind));
            assert_eq!(entry.field("event_product").as_deref(), Some("sample"));
            kinds.insert(format!("{:?}", entry.kind()));
        }
        let expected = [Kind::Authentication, Kind::Authorization, Kind::Access];
        assert_eq!(kinds, expected.iter().map(|kind| format!("{kind:?}")).collect());
        let distinct: HashSet<_> = lines.iter().map(|line| &line.text).collect();
        assert_eq!(distinct.len(), 1_000);
        assert!(lines[999].event_at <= now && lines[0].event_at > now - TimeDelta::days(8));
    }

    #[test]
    fn later_samples_repeat_the_earlier_ones_and_add_newer_ones() {
        let now: Timestamp = "2026-11-23T12:00:30Z".parse().unwrap();
        let us = Region::named("us").unwrap();
        let of = |now| lines(&us, 1_440, TimeDelta::days(1), now).collect::<Vec<_>>();
        let (before, later) = (of(now), of(now + TimeDelta::minutes(5)));
        assert_eq!(before[5..], later[..1_435]);
    }
}
