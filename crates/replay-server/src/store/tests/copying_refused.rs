//! Copies that are refused or fail, and what is refused because of a copy.

use tokio::task::spawn_blocking;

use super::{
    copies::{contents, copy, copy_some, left_by, opened},
    databases::{KINDS, empty, new_database},
    filled::{filled, token},
    *,
};

on_each_database! {
    a_target_with_rows_is_refused_and_not_changed,
    an_interrupted_copy_is_refused_as_a_source,
    a_copy_fails_if_the_source_was_changed_while_it_was_interrupted,
    a_damaged_part_is_not_copied,
}

async fn a_target_with_rows_is_refused_and_not_changed() {
    let directory = tempfile::tempdir().unwrap();
    let source = left_by(store_with_lines(1).await, &directory.path().join("source.db")).await;
    let store = new_store().await;
    store.add_token(token("one")).await.unwrap();
    let target = left_by(store, &directory.path().join("target.db")).await;
    let before = contents(&target).await;
    let refused = copy(&source, &target).await.unwrap_err();
    assert!(matches!(refused, CopyError::NotEmpty("token")), "{refused}");
    assert_eq!(contents(&target).await, before);
}

async fn an_interrupted_copy_is_refused_as_a_source() {
    let directory = tempfile::tempdir().unwrap();
    let source = left_by(filled().await, &directory.path().join("source.db")).await;
    for kind in KINDS {
        let [target, other] = ["1.db", "2.db"].map(|name| empty(kind, directory.path(), name));
        assert!(copy_some(&source, &target, 3).await.unwrap());
        let refused = copy(&target, &other).await.unwrap_err();
        assert!(matches!(refused, CopyError::Source(StoreError::UnfinishedCopy)), "{refused}");
    }
}

async fn a_copy_fails_if_the_source_was_changed_while_it_was_interrupted() {
    let directory = tempfile::tempdir().unwrap();
    let source = left_by(filled().await, &directory.path().join("source.db")).await;
    let targets = KINDS.map(|kind| empty(kind, directory.path(), "target.db"));
    for target in &targets {
        assert!(!copy_some(&source, target, usize::MAX).await.unwrap());
    }
    let store = opened(&source).await.unwrap();
    store.note_token_use("one", at(9)).await.unwrap();
    drop(store);
    for target in &targets {
        let failed = copy(&source, target).await.unwrap_err();
        assert!(matches!(failed, CopyError::Differs("token")), "{failed}");
        assert!(matches!(opened(target).await, Err(StoreError::UnfinishedCopy)));
    }
}

async fn a_damaged_part_is_not_copied() {
    let directory = tempfile::tempdir().unwrap();
    let store = store_with_lines(2).await;
    let damage = "UPDATE part SET text_checksum = text_checksum + 1";
    store.database.write(move |tx| execute(tx, damage)).await.unwrap();
    let source = left_by(store, &directory.path().join("source.db")).await;
    for kind in KINDS {
        let target = empty(kind, directory.path(), "target.db");
        let failed = copy(&source, &target).await.unwrap_err();
        assert!(matches!(failed, CopyError::Source(StoreError::DamagedPart(_))), "{failed}");
    }
}

#[tokio::test]
async fn a_database_without_an_archive_is_refused_as_a_source() {
    let directory = tempfile::tempdir().unwrap();
    let target = empty(KINDS[0], directory.path(), "target.db");
    let postgres = empty(KINDS[1], directory.path(), "source");
    let refused = copy(&postgres, &target).await.unwrap_err();
    assert!(matches!(refused, CopyError::Source(StoreError::NoArchive)), "{refused}");
    let path = directory.path().join("source.db");
    for (bytes, is_damage) in [(b"".as_slice(), false), (b"no database at all", true)] {
        std::fs::write(&path, bytes).unwrap();
        let refused = copy(&CopyDatabase::File(path.clone()), &target).await.unwrap_err();
        let CopyError::Source(error) = refused else { panic!("{refused}") };
        let is_expected = error.is_damage() == is_damage;
        assert!(is_expected && (is_damage || matches!(error, StoreError::NoArchive)), "{error}");
    }
}

#[tokio::test]
async fn a_database_that_is_in_use_is_neither_copied_nor_opened_during_a_copy() {
    let directory = tempfile::tempdir().unwrap();
    let (file, config) = (directory.path().join("source.db"), new_database());
    drop(Store::open(&file).unwrap());
    let file = CopyDatabase::File(file);
    let database = CopyDatabase::Postgres(Box::new(config.clone().into()));
    let store = Store::connect(config.clone()).await.unwrap();
    let refused = copy(&file, &database).await.unwrap_err();
    assert!(matches!(refused, CopyError::Target(StoreError::InUse)), "{refused}");
    let refused = copy(&database, &file).await.unwrap_err();
    assert!(matches!(refused, CopyError::Source(StoreError::InUse)), "{refused}");
    drop(store);
    let begin = move || Copying::begin(&file, &database).unwrap();
    let copying = spawn_blocking(begin).await.unwrap();
    let refused = Store::connect(config).await.unwrap_err();
    assert!(matches!(refused, StoreError::BeingCopied) && refused.is_unavailable(), "{refused}");
    spawn_blocking(move || drop(copying)).await.unwrap();
}

#[tokio::test]
async fn a_database_is_not_copied_to_itself() {
    let config = new_database();
    drop(Store::connect(config.clone()).await.unwrap());
    let database = CopyDatabase::Postgres(Box::new(config.into()));
    let refused = copy(&database, &database).await.unwrap_err();
    assert!(matches!(refused, CopyError::Same), "{refused}");
}

#[tokio::test]
async fn a_source_of_another_version_is_refused_and_not_changed() {
    let directory = tempfile::tempdir().unwrap();
    let target = empty(KINDS[1], directory.path(), "target");
    let path = directory.path().join("old.db");
    let old = include_bytes!("../schema/fixtures/4.db");
    std::fs::write(&path, old).unwrap();
    let refused = copy(&CopyDatabase::File(path.clone()), &target).await.unwrap_err();
    assert!(matches!(refused, CopyError::Source(StoreError::Older)), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), old);

    let config = new_database();
    let store = Store::connect(config.clone()).await.unwrap();
    let newer = "UPDATE schema_version SET version = version + 1";
    store.database.write(move |tx| execute(tx, newer)).await.unwrap();
    drop(store);
    let newer = CopyDatabase::Postgres(Box::new(config.into()));
    let refused = copy(&newer, &target).await.unwrap_err();
    assert!(matches!(refused, CopyError::Source(StoreError::Newer)), "{refused}");
}

#[tokio::test]
async fn a_nul_character_is_replaced_in_a_copy_on_postgres() {
    let directory = tempfile::tempdir().unwrap();
    let store = store_with_lines(0).await;
    store.append(&us(), vec![line(0, "a line\0with it")]).await.unwrap();
    let attempt = Attempt { at: at(9), code: Some(500), message: Some("a\0b".to_owned()) };
    let (webhook, _) = store.webhook(&us()).await.unwrap();
    store.note_test(&us(), webhook, attempt).await.unwrap();
    let source = left_by(store, &directory.path().join("source.db")).await;
    let target = empty(KINDS[1], directory.path(), "target");
    copy(&source, &target).await.unwrap();
    let target = opened(&target).await.unwrap();
    let (_, attempt) = target.webhook(&us()).await.unwrap();
    assert_eq!(attempt.unwrap().message.as_deref(), Some("a\u{FFFD}b"));
    assert_eq!(texts(&replayed(&target).await), ["a line\0with it"]);
}
