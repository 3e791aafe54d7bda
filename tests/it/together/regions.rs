//! Several regions: each result is shown in its own row, and each job is watched.

use replay_core::{Scope, job::Step};
use replay_page::{Intent, view::Row};

use super::browser::{Browser, PAGE};
use crate::contract::server::{ADMIN, Api, region};

#[tokio::test]
async fn a_replay_in_all_regions_shows_a_result_for_each_region() {
    let api = Api::new();
    api.enable("us").await;
    api.enable("au").await;
    api.run("au").await;
    let mut browser = Browser::signed_in(&api, &format!("{PAGE}?region=global"), ADMIN).await;
    assert_eq!(browser.opened().heading, "All regions");
    browser.press(browser.replay().send).await;
    let question = browser.view().question.unwrap();
    let text = "Send the replay of Last 15 minutes (today 12:45 – 13:00, Europe/Berlin) to 2 \
                regions: United States (0 entries), Australia (0 entries)?";
    assert_eq!(question.text, text);
    browser.press(question.send).await;

    let [us, eu, au] = rows(&browser);
    let accepted = "The replay was accepted in United States: today 12:45 – 13:00.";
    assert!(browser.mutation_notice().starts_with(accepted), "{}", browser.mutation_notice());
    assert_eq!((mutation_notice(&us), mutation_notice(&eu)), (String::new(), String::new()));
    assert_eq!(
        eu.meaning,
        "No replay was requested yet. Left out of sending to all: it has no enabled webhook."
    );
    assert_eq!(
        mutation_notice(&au),
        "The replay was not sent. Another one, of today 12:00 – 13:00, was running in Australia. \
         Send it again once that has ended."
    );
    let puts = browser.requests.iter().filter(|request| request.starts_with("PUT"));
    let expected = ["PUT /api/us/v2/audit-log-replay-job", "PUT /api/au/v2/audit-log-replay-job"];
    assert!(puts.eq(expected));

    for step in [Step::Schedule, Step::Start, Step::Complete] {
        api.advance("us", step).await;
    }
    api.advance("au", Step::Fail("the webhook answered 401".to_owned())).await;
    browser.advance_time(4).await;
    let words = rows(&browser).map(|row| row.status.unwrap().word);
    assert_eq!(words, ["Completed", "Unconfigured", "Failed"]);
    assert!(browser.is_at_rest());
}

#[tokio::test]
async fn the_list_shows_every_region_in_every_view() {
    let api = Api::new();
    api.enable("eu").await;
    api.run("eu").await;
    let browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    let regions = browser.opened().regions;
    let labels: Vec<_> = regions.iter().map(|region| region.link.label.as_str()).collect();
    assert_eq!(labels, ["United States", "Europe", "Australia", "All regions"]);
    let word = |badge: &Option<replay_page::view::Badge>| badge.clone().unwrap().word;
    assert!(regions[0].not_set_up.is_some() && regions[0].job.is_none());
    assert_eq!(word(&regions[1].webhook), "Active");
    assert_eq!(word(&regions[1].job), "Running");
}

#[tokio::test]
async fn the_page_reads_and_sends_to_the_selected_region() {
    let api = Api::new();
    api.enable("us").await;
    api.enable("eu").await;
    let mut browser = Browser::signed_in(&api, PAGE, ADMIN).await;
    browser.press(browser.replay().send).await;
    browser.intent(Intent::Show(Scope::One(region("eu")))).await;
    assert_eq!(browser.opened().heading, "Europe");
    assert_eq!(browser.address(), format!("{PAGE}?region=eu&tab=replay&from=now-15m&to=now"));
    assert_eq!(browser.mutation_notice(), "", "an answer of elsewhere is shown here");
    assert_eq!(browser.jobs(), ["Europe: Unconfigured"]);
    browser.press(browser.replay().send).await;
    assert_eq!((api.status("us").await, api.status("eu").await), both("accepted"));

    browser.intent(Intent::Show(Scope::One(region("us")))).await;
    assert!(browser.mutation_notice().starts_with("The replay was accepted"));
}

fn both(word: &str) -> (String, String) {
    (word.to_owned(), word.to_owned())
}

fn rows(browser: &Browser<'_>) -> [Row; 3] {
    browser.replay().rows.try_into().unwrap()
}

fn mutation_notice(row: &Row) -> String {
    row.mutation_notice.clone().map(|notice| notice.text).unwrap_or_default()
}
