//! The databases of the tests of copies: made from stores, copied, opened, and read as values.

use std::collections::BTreeMap;

use tokio::task::spawn_blocking;

use super::{databases::database_name, *};
use crate::store::sql::Row;

/// Chunks of few rows.
pub(super) const SMALL: ChunkLimits = ChunkLimits { rows: 2, bytes: 100 };

/// The rows of each table: the text of each value by its column.
pub(super) type Contents = BTreeMap<String, Vec<BTreeMap<String, String>>>;

/// The database of a store that is dropped; that of SQLite is written to `file`.
pub(super) async fn left_by(store: Store, file: &Path) -> CopyDatabase {
    match database_name(&store).await {
        None => {
            std::fs::write(file, store.image().await.unwrap()).unwrap();
            CopyDatabase::File(file.to_owned())
        }
        Some(name) => CopyDatabase::Postgres(Box::new(databases::database(&name).into())),
    }
}

/// The store of a database.
pub(super) async fn opened(database: &CopyDatabase) -> Result<Store, StoreError> {
    match database {
        CopyDatabase::File(path) => Store::open_current(path),
        CopyDatabase::Postgres(target) => Store::connect(PostgresTarget::clone(target)).await,
    }
}

/// Copies everything.
pub(super) async fn copy(
    source: &CopyDatabase,
    target: &CopyDatabase,
) -> Result<Vec<CopiedTable>, CopyError> {
    let (source, target) = (source.clone(), target.clone());
    let copy = move || {
        let mut copying = Copying::begin(&source, &target)?;
        while copying.step(SMALL)?.is_some() {}
        copying.finish(SMALL, drop)
    };
    spawn_blocking(copy).await.unwrap()
}

/// Begins a copy or goes on with it, and copies up to `chunks` chunks; returns whether any is left.
pub(super) async fn copy_some(
    source: &CopyDatabase,
    target: &CopyDatabase,
    chunks: usize,
) -> Result<bool, CopyError> {
    let (source, target) = (source.clone(), target.clone());
    let copy = move || {
        let mut copying = Copying::begin(&source, &target)?;
        for _ in 0..chunks {
            if copying.step(SMALL)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    };
    spawn_blocking(copy).await.unwrap()
}

/// Everything in a database.
pub(super) async fn contents(database: &CopyDatabase) -> Contents {
    let store = opened(database).await.unwrap();
    let is_file = matches!(database, CopyDatabase::File(_));
    store.database.read(move |db| read(db, is_file)).await.unwrap()
}

/// The tables of a database and their columns.
pub(super) fn columns(
    db: &Sql<'_>,
    is_file: bool,
) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let sql = if is_file {
        // Earlier versions have written `lease_expires_at`; nothing reads it.
        "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
           AND c.name <> 'lease_expires_at'"
    } else {
        "SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT)
         FROM pg_class t LEFT JOIN pg_attribute a
           ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE t.relnamespace = CAST('public' AS regnamespace) AND t.relkind IN ('r', 'p')
           AND NOT t.relispartition"
    };
    let mut tables = BTreeMap::<String, Vec<String>>::new();
    for (table, column) in db.all(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))? {
        let columns: &mut Vec<String> = tables.entry(table).or_default();
        columns.extend::<Option<String>>(column);
    }
    Ok(tables)
}

fn read(db: &Sql<'_>, is_file: bool) -> Result<Contents, StoreError> {
    let mut contents = Contents::new();
    for (table, columns) in columns(db, is_file)? {
        let names: Vec<_> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let sql = format!("SELECT {} FROM {table}", names.join(", "));
        let mut rows = db.all(&sql, &[], |row| {
            let values = (0..columns.len()).map(|column| text(row, column));
            Ok(columns.iter().cloned().zip(values).collect::<BTreeMap<_, _>>())
        })?;
        rows.sort_unstable();
        contents.insert(table, rows);
    }
    Ok(contents)
}

fn text(row: &Row<'_>, column: usize) -> String {
    if let Ok(number) = row.get::<Option<i64>>(column) {
        return format!("{number:?}");
    }
    match row.get::<String>(column) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("{:?}", row.get::<Vec<u8>>(column).unwrap()),
    }
}
