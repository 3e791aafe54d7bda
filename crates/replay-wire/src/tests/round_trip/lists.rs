//! Past jobs, outages, the overview, the queries of their pages, and the limit of a rate.

use super::*;
use replay_core::Region;

proptest! {
    #[test]
    fn a_written_history_is_read_back(
        jobs in proptest::collection::vec(records(), 0..4), next_cursor in cursors(),
    ) {
        let page = HistoryPage { jobs, next_cursor };
        prop_assert_eq!(read_history(&parse(&print(&write_history(&page)))), Ok(page.clone()));
        for record in page.jobs {
            prop_assert_eq!(read_record(&parse(&print(&write_record(&record)))), Ok(record));
        }
    }

    #[test]
    fn a_written_page_of_outages_is_read_back(
        outages in proptest::collection::vec(outages(), 0..4), next_cursor in cursors(),
    ) {
        let page = OutagesPage { outages, next_cursor };
        prop_assert_eq!(read_outages(&parse(&print(&write_outages(&page)))), Ok(page));
    }

    #[test]
    fn a_written_overview_is_read_back(
        role in "[a-z-]{1,12}", job in job_reports(),
        outages in proptest::collection::vec(outages(), 0..3),
        progress in proptest::option::of(progresses()),
        last_completed_end_at in timestamps_or_unset(), outage_count in counts(),
    ) {
        let region = RegionOverview {
            region: Region::named("us").unwrap(),
            job,
            webhook: WebhookReport::UNCONFIGURED,
            health: read_health(&parse("{}")).unwrap(),
            outages: OutagesPage { outages, next_cursor: None },
            outage_count,
            progress,
            last_completed_end_at,
        };
        let overview = Overview { role, regions: Vec::from([region]) };
        prop_assert_eq!(read_overview(&parse(&print(&write_overview(&overview)))), Ok(overview));
    }

    #[test]
    fn a_written_page_query_is_read_back(
        cursor in proptest::option::of("[!-~]{1,20}"), limit in 1..=PageQuery::MAX_LIMIT,
    ) {
        let page = PageQuery { cursor, limit };
        prop_assert_eq!(read_page_query(Some(&write_page_query(&page))), Ok(page));
    }

    #[test]
    fn an_arbitrary_page_query_is_read_without_a_panic(query in "(cursor|limit|.{0,3}|[=&+% ]|[0-9+-]{0,20}){0,9}") {
        let _ = read_page_query(Some(&query));
    }

    #[test]
    fn a_written_rate_is_read_back(
        job_id in "[0-9a-f]{32}", lines_per_second in proptest::option::of(counts()),
    ) {
        let request = RateRequest { lines_per_second };
        prop_assert_eq!(read_rate(&parse(&print(&write_rate(&request)))), Ok(request));
        let report = RateReport { job_id, lines_per_second };
        prop_assert_eq!(read_rate_report(&parse(&print(&write_rate_report(&report)))), Ok(report));
    }

    #[test]
    fn arbitrary_json_is_read_without_a_panic(text in r#"[\[\]{}":,0-9a-z.\-]{0,60}"#) {
        if let Ok(body) = serde_json::from_str::<Json>(&text) {
            let _ = (read_history(&body), read_record(&body), read_outages(&body));
            let _ = (read_rate(&body), read_rate_report(&body));
        }
    }
}

fn records() -> impl Strategy<Value = JobRecord> {
    let requested_by = ("[0-9a-f]{32}", ".{0,10}", proptest::option::of("[0-9.:]{2,15}"))
        .prop_map(|(token_id, role, address)| RequestedBy { token_id, role, address });
    (
        (["[0-9a-f]{32}", "[0-9a-f]{32}"], statuses(), kinds()),
        [timestamps(), timestamps(), timestamps(), timestamps()],
        (timestamps_or_unset(), proptest::option::of(0..1_000_000_i64)),
        (texts_or_none(), texts_or_none(), proptest::option::of(requested_by)),
        [counts(), counts(), counts(), counts()],
        [proptest::option::of(counts()), proptest::option::of(counts())],
        [ids_or_none(), ids_or_none()],
    )
        .prop_map(
            |(
                ([id, delivery_id], status, kinds),
                [start_at, end_at, created_at, updated_at],
                (started_at, duration),
                (reason, endpoint, requested_by),
                [delivered_lines, delivered_bytes, retries, lost_lines],
                [total_lines, total_bytes],
                [resumed_from, heals],
            )| JobRecord {
                id,
                status,
                start_at,
                end_at,
                kinds,
                created_at,
                started_at,
                updated_at,
                reason,
                requested_by,
                delivery_id,
                delivered_lines,
                delivered_bytes,
                total_lines,
                total_bytes,
                retries,
                duration: duration.map(TimeDelta::seconds),
                endpoint,
                resumed_from,
                heals,
                lost_lines,
            },
        )
}

fn outages() -> impl Strategy<Value = OutageReport> {
    let known = (0..OutageReason::ALL.len()).prop_map(|index| OutageReason::ALL[index]);
    let unknown = "[A-Z]{0,8}".prop_map(Reported::Unknown);
    (
        ("[0-9a-f]{1,32}", timestamps()),
        prop_oneof![known.prop_map(Reported::Known), unknown],
        texts_or_none(),
        [counts(), counts(), counts()],
        [
            timestamps_or_unset(),
            timestamps_or_unset(),
            timestamps_or_unset(),
            timestamps_or_unset(),
        ],
        [ids_or_none(), ids_or_none()],
        texts_or_none(),
    )
        .prop_map(
            |(
                (id, began_at),
                reason,
                detail,
                [undelivered_lines, undelivered_bytes, lost_lines],
                [ended_at, first_at, last_at, healed_at],
                [healing_job, healed_by],
                hold,
            )| OutageReport {
                id,
                began_at,
                ended_at,
                reason,
                detail,
                undelivered_lines,
                undelivered_bytes,
                lost_lines,
                first_at,
                last_at,
                healing_job,
                healed_at,
                healed_by,
                hold,
            },
        )
}

fn cursors() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(".{0,20}")
}

fn texts_or_none() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(".{0,20}")
}
