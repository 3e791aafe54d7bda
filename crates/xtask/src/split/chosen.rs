//! Which functions of the page are in its second part: those that no page needs before it is used.
//! A function that is inlined into another is where the other is.

/// Whether the function with this name is in the second part.
pub(crate) fn is_chosen(name: &str) -> bool {
    let name = without_hashes(name);
    let path = name.trim_start_matches('<');
    CHOSEN.iter().any(|chosen| path.starts_with(chosen))
}

/// How the names of these functions begin, methods without their `<`.
const CHOSEN: &[&str] = &[
    "replay_client::job_tracker::JobTracker>::start_mutation",
    "replay_page::page::Page>::moved",
    "replay_page::page::Page>::sign_out",
    "replay_page::page::Page>::submit_token",
    "replay_page::picker::Picker>::apply",
    "replay_page::picker::Picker>::days",
    "replay_page::picker::draft::RangeDraft>::read",
    "replay_page::picker::mends",
    "replay_page::view::mutation::outcome_notice",
    "replay_page::view::question",
    "replay_page::view::replay::past_jobs::past_job",
    "replay_page::view::replay::picker::options",
    "replay_page::view::replay::picker::popover",
    "replay_page::view::replay::picker::understood",
    "replay_page::view::replay::timeline::bars::said",
    "replay_page::view::replay::waiting::notice",
    "replay_page::view::setup",
    "replay_page::workspace::Workspace>::announce_window",
    "replay_page::workspace::Workspace>::apply",
    "replay_page::workspace::Workspace>::draft",
    "replay_page::workspace::Workspace>::intended",
    "replay_page::workspace::Workspace>::keep_ranges",
    "replay_page::workspace::Workspace>::suggestions",
    "replay_page::workspace::Workspace>::zoom",
    "replay_web::browser::retype",
    "replay_web::draw::calendar",
    "replay_web::draw::dialog::asked",
    "replay_web::draw::events::pasted",
    "replay_web::draw::events::stepped",
    "replay_web::draw::events::typed_ahead",
    "replay_web::draw::history::past_job",
    "replay_web::draw::picker::popover",
    "replay_web::draw::picker::understood",
    "replay_web::draw::setup::draw",
    "replay_web::draw::timeline::table",
    "replay_wire::json::Json as serde_core::ser::Serialize",
    "time_range::range_error::RangeError>::text",
    "time_range::read::",
    "time_range::step",
    "yew::virtual_dom::vportal",
    "yew::virtual_dom::vraw",
    "yew::virtual_dom::vsuspense",
];

/// `time_range[0123]::read` as `time_range::read`.
fn without_hashes(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for (number, piece) in name.split('[').enumerate() {
        let end = piece.find("]::").filter(|_| number > 0);
        plain.push_str(end.map_or(piece, |end| &piece[end + 1..]));
    }
    plain
}
