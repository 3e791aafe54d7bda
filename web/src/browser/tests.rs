use super::*;
use time_range::read_timestamp;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn the_browsers_zone_has_the_browsers_offsets() {
    let now = now();
    let zone = zone(now - TimeDelta::days(9));
    for hours in -216..48 {
        let at = now + TimeDelta::hours(hours);
        assert_eq!(zone.offset(at), offset(at), "{at:?}");
    }
    assert!(!zone.name().is_empty());
}

#[wasm_bindgen_test]
fn a_date_header_is_read_to_the_second() {
    let date = read_date("Mon, 23 Nov 2026 10:00:07 GMT");
    assert_eq!(date, read_timestamp("2026-11-23T10:00:07Z").ok());
    assert_eq!(read_date("soon"), None);
}

#[wasm_bindgen_test]
fn a_token_is_removed_from_the_address() {
    visit("?region=us#token=kpat_1", HistoryEntry::Same);
    assert_eq!(take_link_token().unwrap().expose(), "kpat_1");
    assert_eq!(window().unwrap().location().hash().unwrap(), "");
    assert_eq!(address().region.unwrap(), "us");
    assert!(take_link_token().is_none());
}

#[wasm_bindgen_test]
fn a_stored_token_is_read_until_it_is_removed() {
    keep(Mode::Gateway, Secret::new("kpat_2".to_owned()).ok().as_ref());
    let kept = flags().kept;
    assert_eq!((kept.len(), kept[0].mode, kept[0].token.expose()), (1, Mode::Gateway, "kpat_2"));
    keep(Mode::Gateway, None);
    assert!(flags().kept.is_empty());
}

#[wasm_bindgen_test]
fn the_choice_of_clocks_is_read_at_the_next_opening() {
    assert_eq!(flags().clocks, Clocks::Local);
    keep_clocks(Clocks::Utc);
    assert_eq!(flags().clocks, Clocks::Utc);
    keep_clocks(Clocks::Local);
    assert_eq!(flags().clocks, Clocks::Local);
}
