//! The store of one test: on SQLite in memory, or on PostgreSQL if the environment says so.

use core::fmt::Write as _;
use std::{env, sync::Arc, thread};

use replay_server::store::Store;

use crate::{
    database_image::{DatabaseImage, ImagedDatabase},
    test_database::TestDatabase,
};

/// A store, and its database.
#[derive(Clone, Debug)]
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// `None` for SQLite.
    database: Option<Arc<TestDatabase>>,
}

/// What a database has stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stored {
    /// The bytes of a file of SQLite.
    Sqlite(Vec<u8>),
    /// The rows on PostgreSQL.
    Postgres(DatabaseImage),
}

impl Default for TestStore {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Store> for TestStore {
    /// A store on SQLite.
    fn from(store: Store) -> Self {
        Self { store, database: None }
    }
}

impl TestStore {
    /// An empty store: on PostgreSQL if `REPLAY_TEST_DATABASE` is `postgres`.
    pub fn new() -> Self {
        if env::var("REPLAY_TEST_DATABASE").is_ok_and(|kind| kind == "postgres") {
            Self::on(TestDatabase::new())
        } else {
            Store::in_memory(None).unwrap().into()
        }
    }

    fn on(database: TestDatabase) -> Self {
        let config = database.config().clone();
        // The caller may be a thread of another runtime.
        let connected = move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(Store::connect(config)).unwrap()
        };
        let store = thread::spawn(connected).join().unwrap();
        Self { store, database: Some(Arc::new(database)) }
    }

    /// The store as another process finds it after this one has ended.
    pub async fn restarted(&self) -> Self {
        match &self.database {
            None => self.copied().await,
            Some(database) => {
                let store = Store::connect(database.config().clone()).await.unwrap();
                Self { store, database: self.database.clone() }
            }
        }
    }

    /// Another store with the same content.
    pub async fn copied(&self) -> Self {
        match &self.database {
            None => {
                let image = self.store.image().await.unwrap();
                Store::in_memory(Some(&image)).unwrap().into()
            }
            Some(database) => {
                let copy = Self::on(TestDatabase::new());
                let to = copy.database.as_deref().unwrap();
                ImagedDatabase::new(database).copy_to(&ImagedDatabase::new(to));
                copy
            }
        }
    }

    /// What is stored.
    pub async fn stored(&self) -> Stored {
        match &self.database {
            None => Stored::Sqlite(self.store.image().await.unwrap()),
            Some(database) => Stored::Postgres(ImagedDatabase::new(database).read()),
        }
    }
}

impl Stored {
    /// Whether these bytes are stored somewhere.
    pub fn contains(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Sqlite(stored) => stored.windows(bytes.len()).any(|window| window == bytes),
            Self::Postgres(image) => {
                let rows = image.text_but_for(&[]);
                let mut digits = String::new();
                for byte in bytes {
                    write!(digits, "{byte:02x}").unwrap();
                }
                rows.contains(&digits) || rows.contains(&*String::from_utf8_lossy(bytes))
            }
        }
    }
}
