//! Every written body is read back as the same value.

mod lists;

use super::*;
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use replay_core::{
    JobStatus, Policy, Timeframe,
    webhook::{Attempt, AuthorizationChange, LogFormat, Typed, WebhookStatus},
};

proptest! {
    #[test]
    fn a_written_job_is_read_back(report in job_reports()) {
        prop_assert_eq!(read_job(&parse(&print(&write_job(&report)))), Ok(report));
    }

    #[test]
    fn a_written_webhook_is_read_back(
        endpoint in proptest::option::of("https://[a-z]{1,8}\\.example/[a-z]{0,8}"),
        enabled: bool, skip_ssl_verification: bool, updated_at in timestamps_or_unset(), format in 0..3_usize,
    ) {
        let log_format = Reported::Known(LogFormat::ALL[format]);
        let report = WebhookReport { endpoint, enabled, log_format, skip_ssl_verification, updated_at };
        prop_assert_eq!(read_webhook(&parse(&print(&write_webhook(&report)))), Ok(report));
    }

    #[test]
    fn a_written_patch_is_read_back(
        url in proptest::option::of("https://[a-z]{1,8}\\.example/[a-z]{0,8}"),
        authorization in authorization_changes(),
        enabled: Option<bool>, skip_ssl_verification: Option<bool>, format in 0..4_usize,
    ) {
        let log_format = LogFormat::ALL.get(format).copied();
        let change = WebhookChange { endpoint: url.clone(), authorization: authorization.clone(), enabled, log_format, skip_ssl_verification };
        let patch = read_patch(&parse(&print(&write_patch(&change))), endpoint).unwrap();
        prop_assert_eq!(patch.endpoint.map(|endpoint| endpoint.url), url);
        let typed = patch.authorization.map(|change| match change {
            AuthorizationChange::Set(secret) => AuthorizationChange::Set(Typed(secret.expose().to_owned())),
            AuthorizationChange::Remove => AuthorizationChange::Remove,
        });
        prop_assert_eq!(typed, authorization);
        prop_assert_eq!((patch.enabled, patch.skip_ssl_verification), (enabled, skip_ssl_verification));
        prop_assert_eq!(patch.log_format, log_format);
    }

    #[test]
    fn a_written_health_is_read_back(
        status in 0..3_usize, enabled: bool, at in timestamps_or_unset(),
        code in proptest::option::of(100..600_u16), message in proptest::option::of(".{0,20}"),
        inactive_since in timestamps_or_unset(),
    ) {
        let last = at.map(|at| Attempt { at, code, message });
        let report = HealthReport { status: Reported::Known(WebhookStatus::ALL[status]), enabled, last, inactive_since };
        prop_assert_eq!(read_health(&parse(&print(&write_health(&report)))), Ok(report));
    }

    #[test]
    fn a_written_test_result_is_read_back(
        at in timestamps_or_unset(), code in proptest::option::of(100..600_u16),
        message in proptest::option::of(".{0,20}"),
    ) {
        let attempt = Attempt { at: at.unwrap_or(now()), code, message };
        prop_assert_eq!(read_test(&parse(&print(&write_test(&attempt)))), Ok(attempt));
    }

    #[test]
    fn a_written_submission_is_read_back(
        start in 0..500_000_i64, length in 0..100_000_i64,
        kinds in proptest::option::of(proptest::sample::subsequence(KINDS.to_vec(), 1..=KINDS.len())),
    ) {
        let start = now() - TimeDelta::seconds(start);
        let timeframe = Timeframe::new(start, now().min(start + TimeDelta::seconds(length))).unwrap();
        let kinds = kinds.map(|kinds| kinds.into_iter().map(ToOwned::to_owned).collect());
        let request = SubmissionRequest { timeframe, kinds };
        let body = parse(&print(&write_submission(&request)));
        prop_assert_eq!(read_submission(&body, &Policy::DEFAULT, now(), &KINDS), Ok(request.clone()));
        let query = write_submission_query(&request);
        let read = read_submission_query(Some(&query), &Policy::DEFAULT, now(), &KINDS);
        prop_assert_eq!(read, Ok(request));
    }

    #[test]
    fn an_arbitrary_query_is_read_without_a_panic(query in "(start_at|end_at|kinds|.{0,3}|[=&+% ]|[0-9TZ:+-]{0,20}){0,9}") {
        let _ = read_submission_query(Some(&query), &Policy::DEFAULT, now(), &KINDS);
    }

    #[test]
    fn a_written_preview_is_read_back(preview in previews()) {
        prop_assert_eq!(read_preview(&parse(&print(&write_preview(&preview)))), Ok(preview));
    }

    #[test]
    fn a_written_progress_is_read_back(progress in progresses()) {
        prop_assert_eq!(read_progress(&parse(&print(&write_progress(&progress)))), Ok(progress));
    }

    #[test]
    fn arbitrary_json_is_read_without_a_panic(text in r#"[\[\]{}":,0-9a-z.\-]{0,60}"#) {
        if let Ok(body) = serde_json::from_str::<Json>(&text) {
            let _ = (read_job(&body), read_webhook(&body), read_health(&body), read_problem(&body));
            let _ = (read_test(&body), read_preview(&body), read_progress(&body));
            let _ = (read_submission(&body, &Policy::DEFAULT, now(), &KINDS), has_kinds(&body));
            let _ = read_patch(&body, endpoint);
        }
    }
}

/// Sorted.
const KINDS: [&str; 3] = ["access", "authentication", "other"];

fn statuses() -> impl Strategy<Value = Reported<JobStatus>> {
    let known = (0..6_usize).prop_map(|index| Reported::Known(JobStatus::ALL[index]));
    let unknown = "[A-Z]{0,8}".prop_map(Reported::Unknown);
    prop_oneof![known, unknown]
}

fn job_reports() -> impl Strategy<Value = JobReport> {
    (
        statuses(),
        [
            timestamps_or_unset(),
            timestamps_or_unset(),
            timestamps_or_unset(),
            timestamps_or_unset(),
        ],
        proptest::option::of(".{0,20}"),
        proptest::option::of(".{0,20}"),
        (proptest::option::of(counts()), counts()),
        [ids_or_none(), ids_or_none(), ids_or_none()],
        kinds(),
    )
        .prop_map(
            |(
                status,
                [start_at, end_at, created_at, updated_at],
                reason,
                endpoint,
                (delivered_lines, lost_lines),
                [id, resumed_from, heals],
                kinds,
            )| JobReport {
                status,
                start_at,
                end_at,
                created_at,
                updated_at,
                reason,
                endpoint,
                delivered_lines,
                id,
                kinds,
                resumed_from,
                heals,
                lost_lines,
            },
        )
}

fn previews() -> impl Strategy<Value = Preview> {
    let buckets = (timestamps(), counts(), counts(), proptest::option::of(counts())).prop_map(
        |(at, lines, bytes, undelivered_lines)| Bucket { at, lines, bytes, undelivered_lines },
    );
    (
        ([timestamps(), timestamps()], [counts(), counts()]),
        [timestamps_or_unset(), timestamps_or_unset(), timestamps_or_unset()],
        (1..10_000_i64, proptest::collection::vec(buckets, 0..4)),
        any::<bool>(),
        proptest::option::of(0..1_000_000_i64),
    )
        .prop_map(
            |(
                ([start_at, end_at], [lines, bytes]),
                [first_at, last_at, archive_first_at],
                (minutes, buckets),
                webhook_ready,
                estimated,
            )| Preview {
                start_at,
                end_at,
                lines,
                bytes,
                first_at,
                last_at,
                archive_first_at,
                bucket: TimeDelta::minutes(minutes),
                buckets,
                webhook_ready,
                estimated: estimated.map(TimeDelta::seconds),
            },
        )
}

fn progresses() -> impl Strategy<Value = ReplayProgress> {
    let counts_or_unknown = || proptest::option::of(counts());
    let attempts =
        (timestamps(), proptest::option::of(0..=u16::MAX), proptest::option::of(".{0,20}"))
            .prop_map(|(at, code, message)| Attempt { at, code, message });
    (
        (proptest::option::of("[0-9a-f]{32}"), statuses()),
        [counts_or_unknown(), counts_or_unknown(), counts_or_unknown(), counts_or_unknown()],
        [counts(), counts(), counts(), counts(), counts()],
        (counts_or_unknown(), counts()),
        timestamps_or_unset(),
        proptest::option::of(attempts),
    )
        .prop_map(
            |(
                (job_id, status),
                [delivered_lines, total_lines, delivered_bytes, total_bytes],
                [total, completed, in_flight, lines_per_second, retries],
                (lines_per_second_limit, in_flight_limit),
                estimated_end_at,
                last_attempt,
            )| ReplayProgress {
                job_id,
                status,
                delivered_lines,
                total_lines,
                delivered_bytes,
                total_bytes,
                lines_per_second,
                lines_per_second_limit,
                in_flight_limit,
                estimated_end_at,
                slices: Slices { total, completed, in_flight },
                last_attempt,
                retries,
            },
        )
}

fn authorization_changes() -> impl Strategy<Value = Option<AuthorizationChange<Typed>>> {
    let set = "[!-~]{1,20}".prop_map(|text| AuthorizationChange::Set(Typed(text)));
    proptest::option::of(prop_oneof![set, Just(AuthorizationChange::Remove)])
}

fn timestamps_or_unset() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of(timestamps())
}

fn timestamps() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_000_i64, 0..1_000_000_000_u32)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

fn ids_or_none() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[0-9a-f]{32}")
}

fn kinds() -> impl Strategy<Value = Option<Vec<String>>> {
    proptest::option::of(proptest::collection::vec("[a-z]{0,12}", 0..4))
}

fn counts() -> impl Strategy<Value = u64> {
    0..u64::MAX / 2
}
