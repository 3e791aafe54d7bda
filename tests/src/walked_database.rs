//! The database of a walk, which is set to the rows of a world before each event: a new one in memory, or
//! one on PostgreSQL.

use std::sync::{Arc, Mutex};

use replay_server::store::Store;

use crate::{
    database_image::{DatabaseImage, ImagedDatabase},
    test_database::TestDatabase,
};

/// A database of a walk: a handle that is cheap to clone.
#[derive(Clone, Debug)]
pub enum WalkedDatabase {
    /// SQLite in memory.
    Sqlite,
    /// PostgreSQL.
    Postgres(Arc<Postgres>),
}

/// A database on PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    database: TestDatabase,
    rows: ImagedDatabase,
    store: Mutex<Store>,
}

/// All rows of a world.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WalkedImage {
    /// The bytes of a file.
    Sqlite(Vec<u8>),
    /// The rows.
    Postgres(DatabaseImage),
}

impl WalkedDatabase {
    /// A database on PostgreSQL.
    pub async fn postgres() -> Self {
        let database = TestDatabase::new();
        let store = Mutex::new(connect(&database).await);
        let rows = ImagedDatabase::new(&database);
        Self::Postgres(Arc::new(Postgres { database, rows, store }))
    }

    /// An empty store. On PostgreSQL, only the first one is empty.
    pub fn empty(&self) -> Store {
        match self {
            Self::Sqlite => Store::in_memory(None).unwrap(),
            Self::Postgres(postgres) => postgres.store.lock().unwrap().clone(),
        }
    }

    /// A store with these rows. On PostgreSQL, it is the only one.
    pub async fn load(&self, image: &WalkedImage) -> Store {
        match (self, image) {
            (Self::Sqlite, WalkedImage::Sqlite(bytes)) => Store::in_memory(Some(bytes)).unwrap(),
            (Self::Postgres(postgres), WalkedImage::Postgres(image)) => {
                if postgres.rows.load(image) {
                    // A store remembers parts.
                    let store = connect(&postgres.database).await;
                    *postgres.store.lock().unwrap() = store;
                }
                postgres.store.lock().unwrap().clone()
            }
            _ => panic!("the image is one of another database"),
        }
    }

    /// The rows of the store.
    pub async fn image(&self, store: &Store) -> WalkedImage {
        match self {
            Self::Sqlite => WalkedImage::Sqlite(store.image().await.unwrap()),
            Self::Postgres(postgres) => WalkedImage::Postgres(postgres.rows.read()),
        }
    }
}

async fn connect(database: &TestDatabase) -> Store {
    Store::connect(database.config().clone()).await.unwrap()
}
