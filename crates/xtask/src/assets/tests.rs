use super::*;

use tempfile::tempdir;

#[test]
fn files_without_a_module_are_served_as_they_are() {
    let built = tempdir().unwrap();
    fs::create_dir(built.path().join("snippets")).unwrap();
    fs::write(built.path().join("snippets/a.js"), "start();").unwrap();
    let assets = assets(built.path()).unwrap();
    let expected = (PathBuf::from("snippets/a.js"), b"start();".to_vec());
    assert_eq!(assets.into_iter().collect::<Vec<_>>(), [expected]);
}

#[test]
fn a_module_without_its_script_is_refused() {
    let built = tempdir().unwrap();
    fs::write(built.path().join("page-1_bg.wasm"), "").unwrap();
    assert_eq!(assets(built.path()).unwrap_err().to_string(), "Trunk built no page-1.js");
}

#[test]
fn names_and_references_change_with_the_content() {
    let named = |module: &str| {
        let assets =
            [("index.html", "/page-1.js"), ("page-1.js", "start();"), ("page-1.wasm", module)];
        let assets = assets.map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec()));
        let assets = renamed("page-1", assets.into()).unwrap();
        let index = assets[Path::new("index.html")].clone();
        let script = String::from_utf8(index).unwrap();
        assert!(assets.contains_key(Path::new(script.trim_start_matches('/'))), "{assets:?}");
        script
    };
    assert_ne!(named("one"), named("two"));
    assert_eq!(named("one"), named("one"));
}
