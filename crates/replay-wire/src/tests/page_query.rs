//! The query of a request for one page of a list.

use super::*;

#[test]
fn a_query_without_parameters_asks_for_the_first_100_items() {
    for query in [None, Some(""), Some("&&")] {
        assert_eq!(read_page_query(query), Ok(PageQuery { cursor: None, limit: 100 }), "{query:?}");
    }
    assert_eq!(write_page_query(&PageQuery::default()), "limit=100");
}

#[test]
fn a_cursor_may_be_any_text_that_is_not_blank() {
    let page = PageQuery { cursor: Some("a b+c&d=é/%".to_owned()), limit: 500 };
    let query = write_page_query(&page);
    assert_eq!(query, "cursor=a+b%2Bc%26d%3D%C3%A9%2F%25&limit=500");
    assert_eq!(read_page_query(Some(&query)), Ok(page));
}

#[test]
fn a_limit_is_a_whole_number_from_1_to_500() {
    for limit in [1, 99, 500] {
        let page = read_page_query(Some(&alloc::format!("limit={limit}"))).unwrap();
        assert_eq!(page.limit, limit);
    }
    for limit in ["", "0", "501", "-1", "+5", "%2B5", "1e2", "1.0", "65537", "99999999999", "all"] {
        let faults = read_page_query(Some(&alloc::format!("limit={limit}"))).unwrap_err();
        assert_eq!(named(&faults), [("limit", Rule::Invalid)], "{limit}");
        assert_eq!(faults[0].reason, "must be a whole number from 1 to 500");
    }
}

#[test]
fn every_fault_of_a_page_query_is_reported_by_parameter() {
    for (query, expected) in [
        ("cursor=", &[("cursor", Rule::Required)][..]),
        ("cursor=+&limit=0", &[("cursor", Rule::Required), ("limit", Rule::Invalid)]),
        ("limit=5&limit=5", &[("limit", Rule::Invalid)]),
        ("cursor=1&cursor=1&limit=5", &[("cursor", Rule::Invalid)]),
        (
            "Limit=5&offset=9&offset",
            &[("Limit", Rule::UnknownProperty), ("offset", Rule::UnknownProperty)],
        ),
    ] {
        assert_eq!(named(&read_page_query(Some(query)).unwrap_err()), expected, "{query}");
    }
}
