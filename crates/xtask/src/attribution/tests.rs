use super::*;

#[test]
fn a_function_is_of_the_first_crate_that_is_not_the_standard_library() {
    for (name, krate) in [
        ("yew::html::component::Scope<COMP>::send::h2b3e660d0f133a3d", "yew"),
        ("<yew::suspense::Suspension as core::clone::Clone>::clone::h763685bc5e6238a8", "yew"),
        ("yew::html::feat_csr::<impl yew::html::NodeRef>::set::h150a7538c73e305e", "yew"),
        ("core::ptr::drop_in_place<alloc::vec::Vec<yew::scheduler::QueueEntry>>::hcb", "yew"),
        ("<alloc::boxed::Box<dyn gloo_net::Any+Output = ()> as core::X>::x::hcb", "gloo_net"),
        ("<[replay_core::Zone] as core::fmt::Debug>::fmt", "replay_core"),
        ("alloc::raw_vec::RawVec<T,A>::grow_one::h00", "std"),
        ("<core[c5930c85a12de822]::fmt::Formatter>::pad_integral", "std"),
        ("core[c5930c85a12de822]::panicking::assert_failed::<usize, usize>", "std"),
        ("web_sys::Node::last_child::__wbg_lastChild_d03af7c29f::hd8 externref shim", "web_sys"),
        ("__wbindgen_malloc", UNNAMED),
        ("", UNNAMED),
    ] {
        assert_eq!(origin(name), krate, "{name}");
    }
}

#[test]
fn every_byte_of_a_function_counts_for_the_crate_that_is_named_for_it() {
    // Two types, an import, two functions without a body to speak of, and their names.
    let module = [
        &b"\0asm\x01\0\0\0"[..],
        b"\x01\x04\x01\x60\0\0",
        b"\x02\x07\x01\x01a\x01b\0\0",
        b"\x03\x03\x02\0\0",
        b"\x05\x03\x01\0\x01",
        b"\x0a\x08\x02\x02\0\x0b\x03\0\x01\x0b",
        b"\x0b\x07\x01\0\x41\0\x0b\x01x",
        b"\0\x16\x04name\x01\x0f\x02\x01\x06yew::a\x02\x04b::c",
    ]
    .concat();
    let share = |name: &str, size| (name.to_owned(), size);
    assert_eq!(shares(&module).unwrap(), [share(DATA, 7), share("b", 3), share("yew", 2)]);
    assert!(shares(b"<html>").is_err());
}
