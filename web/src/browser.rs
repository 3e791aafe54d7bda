//! What is read from the browser and written to it, without waiting: its clock and zone, its
//! address and history, its session storage, its focus.

use chrono::{DateTime, FixedOffset, TimeDelta};
use js_sys::{Array, Date, Intl::DateTimeFormat, Object, Reflect};
use replay_core::{Policy, webhook::Secret};
use replay_page::{Address, Clocks, Flags, effect::HistoryEntry, flags::KeptToken};
use replay_wire::{Mode, Word};
use time_range::{Timestamp, Zone};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement, Storage, UrlSearchParams, Window, window};

/// What the page is opened with; a token in the address is taken out of it.
pub(crate) fn flags() -> Flags {
    let link_token = take_link_token();
    Flags {
        address: address(),
        host: host(),
        zone: zone(Policy::DEFAULT.forgotten_before(now())),
        clocks: clocks(),
        kept: Mode::ALL.iter().filter_map(|mode| kept(*mode)).collect(),
        link_token,
    }
}

/// What the browser's clock says.
pub(crate) fn now() -> Timestamp {
    moment(Date::now()).unwrap_or_default()
}

/// The moment that a `Date` header says.
pub(crate) fn read_date(header: &str) -> Option<Timestamp> {
    moment(Date::parse(header))
}

/// The zone of the browser's clocks since then.
pub(crate) fn zone(since: Timestamp) -> Zone {
    const AROUND: TimeDelta = TimeDelta::days(2);
    let format = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let name = Reflect::get(&format, &"timeZone".into()).ok().and_then(|name| name.as_string());
    let name = name.unwrap_or_else(|| "local time".to_owned());
    Zone::sampled(&name, since - AROUND, now() + AROUND, offset)
}

/// Where the browser is.
pub(crate) fn address() -> Address {
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let parameters = UrlSearchParams::new_with_str(&search).ok();
    Address::read(|name| parameters.as_ref()?.get(name))
}

/// Shows an address.
pub(crate) fn visit(address: &str, entry: HistoryEntry) {
    let Some(history) = window().and_then(|window| window.history().ok()) else { return };
    // A browser that has had too many says no; the page is then where it is nonetheless.
    let _ = match entry {
        HistoryEntry::New => history.push_state_with_url(&JsValue::NULL, "", Some(address)),
        HistoryEntry::Same => history.replace_state_with_url(&JsValue::NULL, "", Some(address)),
    };
}

/// Keeps a token for such a server for as long as the browser's tab is open, or none.
pub(crate) fn keep(mode: Mode, token: Option<&Secret>) {
    let Some(storage) = storage() else { return };
    // Where nothing can be kept, the token is asked for again.
    let _ = match token {
        Some(token) => storage.set_item(&name(mode), token.expose()),
        None => storage.remove_item(&name(mode)),
    };
}

/// Stores the choice of clocks for later sessions.
pub(crate) fn keep_clocks(clocks: Clocks) {
    if let Some(storage) = local_storage() {
        // A browser may refuse to store anything: the choice then lasts as long as the page.
        let _ = storage.set_item(CLOCKS, clocks.as_str());
    }
}

/// Moves the keyboard's focus.
pub(crate) fn focus(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// The element that has the keyboard's focus.
pub(crate) fn focused() -> Option<Element> {
    document()?.active_element()
}

/// Whether the focus is nowhere, since what had it is gone or cannot be used: nothing else was
/// given it meanwhile.
pub(crate) fn is_lost(element: &Element) -> bool {
    let unfit = !element.is_connected() || element.matches(":disabled").unwrap_or_default();
    unfit && focused().is_none_or(|now| now == *element || now.tag_name() == "BODY")
}

/// The element of that id.
pub(crate) fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Names the document.
pub(crate) fn set_title(title: &str) {
    if let Some(document) = document().filter(|document| document.title() != title) {
        document.set_title(title);
    }
}

/// Whether nobody can see the page.
pub(crate) fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

fn kept(mode: Mode) -> Option<KeptToken> {
    let token = secret(storage()?.get_item(&name(mode)).ok()??)?;
    Some(KeptToken { mode, token })
}

fn clocks() -> Clocks {
    let stored = local_storage().and_then(|storage| storage.get_item(CLOCKS).ok()?);
    let known = |clocks: &Clocks| stored.as_deref() == Some(clocks.as_str());
    Clocks::ALL.into_iter().find(known).unwrap_or_default()
}

/// The name under which the choice of clocks is stored.
const CLOCKS: &str = "clocks";

/// The name under which a token for such a server is kept.
fn name(mode: Mode) -> String {
    format!("token-{}", mode.spelt())
}

/// Takes `#token=…` out of the address, so that neither a link nor the history has it.
fn take_link_token() -> Option<Secret> {
    let location = window()?.location();
    let hash = location.hash().ok()?;
    let token = hash.strip_prefix("#token=")?.to_owned();
    let (path, search) = (location.pathname().ok()?, location.search().ok()?);
    visit(&format!("{path}{search}"), HistoryEntry::Same);
    secret(token)
}

fn host() -> String {
    window().and_then(|window| window.location().hostname().ok()).unwrap_or_default()
}

fn secret(text: String) -> Option<Secret> {
    Secret::new(text).ok()
}

fn offset(at: Timestamp) -> FixedOffset {
    #[expect(clippy::cast_precision_loss, reason = "a Date is a float")]
    let date = Date::new(&JsValue::from_f64(at.timestamp_millis() as f64));
    #[expect(clippy::cast_possible_truncation, reason = "an offset is at most a day")]
    let seconds = (date.get_timezone_offset() * -60.0) as i32;
    FixedOffset::east_opt(seconds).unwrap_or_else(|| chrono::Offset::fix(&chrono::Utc))
}

fn moment(milliseconds: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "a Date is whole milliseconds")]
    let whole = milliseconds as i64;
    milliseconds.is_finite().then(|| DateTime::from_timestamp_millis(whole))?
}

fn storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

fn local_storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

fn document() -> Option<Document> {
    window().as_ref().and_then(Window::document)
}

#[cfg(test)]
mod tests;
