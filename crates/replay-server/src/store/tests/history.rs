//! The history: how it is read.

use super::*;

#[tokio::test]
async fn a_page_of_the_history_is_read_along_an_index_without_sorting() {
    let plan = plan(crate::store::history::IDS, 4).await;
    assert_eq!(plan, "SEARCH job USING COVERING INDEX job_created (region=? AND <expr><?)");
}
