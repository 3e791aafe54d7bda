use super::*;
use std::{io::Read, time::SystemTime};

use brotli::Decompressor;
use flate2::read::GzDecoder;
use tempfile::tempdir;

#[test]
fn a_file_lies_beside_its_compressed_forms() {
    let (built, dist) = (tempdir().unwrap(), tempdir().unwrap());
    let text = "start();".repeat(100);
    fs::create_dir(built.path().join("snippets")).unwrap();
    fs::write(built.path().join("snippets/a.js"), &text).unwrap();
    publish(built.path(), dist.path()).unwrap();

    let read = |name: &str| fs::read(dist.path().join(name)).unwrap();
    let (br, gz) = (read("snippets/a.js.br"), read("snippets/a.js.gz"));
    let mut plain = [String::new(), String::new()];
    Decompressor::new(&br[..], 4096).read_to_string(&mut plain[0]).unwrap();
    GzDecoder::new(&gz[..]).read_to_string(&mut plain[1]).unwrap();
    assert_eq!(read("snippets/a.js"), text.as_bytes());
    assert_eq!(plain, [text.clone(), text]);
}

#[test]
fn what_is_the_same_keeps_its_date_and_what_is_old_goes() {
    let (built, dist) = (tempdir().unwrap(), tempdir().unwrap());
    fs::write(built.path().join("index.html"), "one").unwrap();
    fs::write(built.path().join("page-1.js"), "same").unwrap();
    publish(built.path(), dist.path()).unwrap();
    let old = SystemTime::UNIX_EPOCH;
    for name in files(dist.path()).unwrap() {
        let file = fs::File::options().write(true).open(dist.path().join(name)).unwrap();
        file.set_modified(old).unwrap();
    }

    fs::write(built.path().join("index.html"), "two").unwrap();
    fs::write(built.path().join("page-2.js"), "new").unwrap();
    publish(built.path(), dist.path()).unwrap();
    fs::remove_file(built.path().join("page-2.js")).unwrap();
    publish(built.path(), dist.path()).unwrap();

    let date = |name: &str| fs::metadata(dist.path().join(name)).unwrap().modified().unwrap();
    let names = ["index.html", "index.html.br", "index.html.gz"];
    assert!(names.iter().all(|name| date(name) > old));
    let same = ["page-1.js", "page-1.js.br", "page-1.js.gz"];
    assert!(same.iter().all(|name| date(name) == old));
    assert_eq!(
        files(dist.path()).unwrap(),
        [names, same].as_flattened().iter().map(PathBuf::from).collect::<Vec<_>>()
    );
}
