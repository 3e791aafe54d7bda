//! The database of a walk, which is set to the rows of a world before each event: a new one in memory, or
//! one on PostgreSQL.

use std::sync::{Arc, Mutex};

use replay_server::store::Store;
use rusqlite::{Connection, Row, types::Value};

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

/// Reads the rows of an image by statements.
#[derive(Debug)]
pub enum WalkedReader {
    /// A connection to a copy.
    Sqlite(Connection),
    /// The database, which has these rows now.
    Postgres(Arc<Postgres>),
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
                    // The store before knows the parts before.
                    let store = connect(&postgres.database).await;
                    *postgres.store.lock().unwrap() = store;
                }
                postgres.store.lock().unwrap().clone()
            }
            _ => panic!("the image is one of another database"),
        }
    }

    /// A reader of the rows that were read last, or set last.
    pub fn reader(&self, image: &WalkedImage) -> WalkedReader {
        match (self, image) {
            (Self::Postgres(postgres), _) => WalkedReader::Postgres(Arc::clone(postgres)),
            (Self::Sqlite, WalkedImage::Sqlite(bytes)) => {
                let mut connection = Connection::open_in_memory().unwrap();
                let length = bytes.len();
                connection.deserialize_read_exact("main", &bytes[..], length, true).unwrap();
                WalkedReader::Sqlite(connection)
            }
            (Self::Sqlite, WalkedImage::Postgres(_)) => {
                panic!("the image is one of another database")
            }
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

impl WalkedReader {
    /// The rows of a statement, as text.
    pub fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        match self {
            Self::Sqlite(connection) => rows_of(connection, sql),
            Self::Postgres(postgres) => postgres.rows.rows(sql),
        }
    }
}

fn rows_of(connection: &Connection, sql: &str) -> Vec<Vec<Option<String>>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let text = |value| match value {
        Value::Null => None,
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) => Some(number.to_string()),
        Value::Text(text) => Some(text),
        Value::Blob(bytes) => Some(format!("{bytes:?}")),
    };
    let row = |row: &Row<'_>| (0..columns).map(|at| Ok(text(row.get(at)?))).collect();
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

async fn connect(database: &TestDatabase) -> Store {
    Store::connect(database.config().clone()).await.unwrap()
}
