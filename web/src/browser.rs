//! Synchronous access to the browser: clock, time zone, address, history, storage and focus.

use core::ops::Range;

use chrono::{DateTime, FixedOffset, TimeDelta};
use js_sys::{Array, Date, Intl::DateTimeFormat, Object, Reflect};
use replay_core::{Policy, webhook::Secret};
use replay_page::{Address, Clocks, Flags, effect::HistoryEntry, flags::KeptToken};
use replay_wire::{Mode, ServerInfo, read_server};
use time_range::{Abbreviation, Timestamp, Zone};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Document, Element, EventTarget, FocusOptions, HtmlDocument, HtmlElement, HtmlInputElement,
    Storage, UrlSearchParams, Window, window,
};

use crate::json;

/// Reads the page's start parameters, and removes a token from the address.
pub(crate) fn flags() -> Flags {
    let link_token = take_link_token();
    Flags {
        address: address(),
        host: host(),
        origin: window().and_then(|window| window.location().origin().ok()).unwrap_or_default(),
        ranges: ranges(),
        zone: zone(Policy::DEFAULT.expired_before(now())),
        clocks: clocks(),
        kept: Mode::ALL.iter().filter_map(|mode| kept(*mode)).collect(),
        link_token,
        server: server(),
    }
}

/// The time of the browser's clock.
pub(crate) fn now() -> Timestamp {
    moment(Date::now()).unwrap_or_default()
}

/// Reads a `Date` header.
pub(crate) fn read_date(header: &str) -> Option<Timestamp> {
    moment(Date::parse(header))
}

/// The browser's time zone, with its offsets since that time.
pub(crate) fn zone(since: Timestamp) -> Zone {
    const MARGIN: TimeDelta = TimeDelta::days(2);
    let format = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let name = Reflect::get(&format, &"timeZone".into()).ok().and_then(|name| name.as_string());
    let name = name.unwrap_or_else(|| "local time".to_owned());
    let (since, until) = (since - MARGIN, now() + MARGIN);
    let zone = Zone::sampled(&name, since, until, offset);
    zone.with_abbreviations([since, until].into_iter().filter_map(abbreviation))
}

/// The abbreviation of the browser's time zone at an instant. A browser knows those of a language's
/// own countries only.
fn abbreviation(at: Timestamp) -> Option<Abbreviation> {
    let options = Object::new();
    Reflect::set(&options, &"timeZoneName".into(), &"short".into()).ok()?;
    let names = ["en-GB", "en-US"].into_iter().filter_map(|language| {
        let text = String::from(date(at).to_locale_string(language, &options));
        text.rsplit(' ').next().map(str::to_owned)
    });
    let is_abbreviation = |name: &String| name.bytes().all(|byte| byte.is_ascii_uppercase());
    Some(Abbreviation { offset: offset(at), name: names.into_iter().find(is_abbreviation)? })
}

/// The address of the page.
pub(crate) fn address() -> Address {
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let parameters = UrlSearchParams::new_with_str(&search).ok();
    Address::read(|name| parameters.as_ref()?.get(name))
}

/// Shows an address.
pub(crate) fn visit(address: &str, entry: HistoryEntry) {
    let Some(history) = window().and_then(|window| window.history().ok()) else { return };
    // A browser limits the rate of history entries; the page works without this one.
    let _ = match entry {
        HistoryEntry::New => history.push_state_with_url(&JsValue::NULL, "", Some(address)),
        HistoryEntry::Same => history.replace_state_with_url(&JsValue::NULL, "", Some(address)),
    };
}

/// Opens an address in another tab, which gets a copy of this tab's session storage.
pub(crate) fn open_tab(address: &str) {
    if let Some(window) = window() {
        // A browser may block it.
        let _ = window.open_with_url_and_target(address, "_blank");
    }
}

/// Stores a token for servers of this mode until the browser's tab is closed, or removes it.
pub(crate) fn keep(mode: Mode, token: Option<&Secret>) {
    let Some(storage) = storage() else { return };
    // Without storage, the user enters the token again.
    let _ = match token {
        Some(token) => storage.set_item(&token_key(mode), token.expose()),
        None => storage.remove_item(&token_key(mode)),
    };
}

/// Stores the choice of clocks for later sessions.
pub(crate) fn keep_clocks(clocks: Clocks) {
    if let Some(storage) = local_storage() {
        // Without storage, the choice lasts until the page is closed.
        let _ = storage.set_item(CLOCKS_KEY, clocks.as_str());
    }
}

/// Stores the recent and saved ranges for later sessions.
pub(crate) fn keep_ranges(ranges: &str) {
    if let Some(storage) = local_storage() {
        // Without storage, they last until the page is closed.
        let _ = storage.set_item(RANGES_KEY, ranges);
    }
}

/// Copies a text to the clipboard; returns whether the browser permits it.
pub(crate) async fn copy(text: &str) -> bool {
    // Browsers leave the clipboard out on pages that are not secure.
    let Some(window) = window() else { return false };
    let has_clipboard =
        Reflect::get(&window.navigator(), &"clipboard".into()).is_ok_and(|it| it.is_truthy());
    has_clipboard && window.navigator().clipboard().write_text(text).await.is_ok()
}

/// Selects a part of the text in the field with this id, in UTF-16 code units.
pub(crate) fn select(id: &str, part: &Range<usize>) {
    let field = element(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    if let Some((field, (start, end))) =
        field.zip(u32::try_from(part.start).ok().zip(u32::try_from(part.end).ok()))
    {
        let _ = field.focus();
        let _ = field.set_selection_range(start, end);
    }
}

/// Replaces the text of the field with this id, which has the focus. It is the only way that the browser
/// can undo, although `execCommand` is no longer recommended; where it does nothing, the page sets the
/// text when it is drawn.
// Not inlined, so that it can be loaded later.
#[inline(never)]
pub(crate) fn retype(id: &str, text: &str) {
    let field = element(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    if let Some((field, document)) = field.zip(document()) {
        field.select();
        let document: HtmlDocument = document.unchecked_into();
        let _ = document.exec_command_with_show_ui_and_value("insertText", false, text);
    }
}

/// Moves the keyboard focus to the element with this id.
pub(crate) fn focus(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let is_focused = focused().as_ref() == Some(element.as_ref());
        let _ = element.focus();
        // What is typed or pasted replaces the text, as after the Tab key.
        if let Some(field) = element.dyn_ref::<HtmlInputElement>().filter(|_| !is_focused) {
            field.select();
        }
    }
}

/// Moves the keyboard focus to an element, and leaves the page where it is scrolled to: a press that is
/// in progress must end where it began.
pub(crate) fn focus_in_place(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// The element that has the keyboard focus.
pub(crate) fn focused() -> Option<Element> {
    document()?.active_element()
}

/// Whether the focus is lost: the element that had it was removed or disabled, and no other element
/// has it.
pub(crate) fn is_lost(element: &Element) -> bool {
    let is_unusable = !element.is_connected() || element.matches(":disabled").unwrap_or_default();
    is_unusable && focused().is_none_or(|now| now == *element || now.tag_name() == "BODY")
}

/// The element with this id.
pub(crate) fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// The first element of the document that this selector selects.
pub(crate) fn found(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok()?
}

/// Whether a target of an event is inside the element with this id.
pub(crate) fn is_inside(target: &EventTarget, id: &str) -> bool {
    element(id).is_some_and(|element| element.contains(target.dyn_ref()))
}

/// Sets the document's title.
pub(crate) fn set_title(title: &str) {
    if let Some(document) = document().filter(|document| document.title() != title) {
        document.set_title(title);
    }
}

/// Whether the browser reports the page as hidden.
pub(crate) fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// The server's description, which our server puts into the document.
fn server() -> Option<ServerInfo> {
    let text = element("server")?.text_content()?;
    read_server(&json::parse(&text)?).ok()
}

fn kept(mode: Mode) -> Option<KeptToken> {
    let token = secret(storage()?.get_item(&token_key(mode)).ok()??)?;
    Some(KeptToken { mode, token })
}

fn clocks() -> Clocks {
    let stored = local_storage().and_then(|storage| storage.get_item(CLOCKS_KEY).ok()?);
    let known = |clocks: &Clocks| stored.as_deref() == Some(clocks.as_str());
    Clocks::ALL.into_iter().find(known).unwrap_or_default()
}

fn ranges() -> String {
    let stored = local_storage().and_then(|storage| storage.get_item(RANGES_KEY).ok()?);
    stored.unwrap_or_default()
}

/// The storage key of the recent and saved ranges.
const RANGES_KEY: &str = "ranges";

/// The storage key of the choice of clocks.
const CLOCKS_KEY: &str = "clocks";

/// The storage key of the token for servers of this mode.
fn token_key(mode: Mode) -> String {
    format!("token-{}", mode.as_str())
}

/// Removes `#token=…` from the address, so that neither a copied link nor the history contains it.
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

fn date(at: Timestamp) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "a Date is a float")]
    Date::new(&JsValue::from_f64(at.timestamp_millis() as f64))
}

fn offset(at: Timestamp) -> FixedOffset {
    #[expect(clippy::cast_possible_truncation, reason = "an offset is at most a day")]
    let seconds = (date(at).get_timezone_offset() * -60.0) as i32;
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
