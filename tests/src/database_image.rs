//! The rows of a database on PostgreSQL as a value, which a walk reads and sets between its events. The
//! sequence of the ids of parts is not set.

use core::fmt::Write as _;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    thread,
};

use postgres::{Client, NoTls, SimpleQueryMessage, Statement};

use crate::test_database::TestDatabase;

/// A database whose rows are set.
#[derive(Clone)]
pub struct ImagedDatabase {
    state: Arc<Mutex<State>>,
}

/// All rows of a database.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DatabaseImage {
    tables: BTreeMap<String, Arc<Vec<String>>>,
    sequences: BTreeMap<String, String>,
}

struct State {
    /// `None` when it is closed.
    client: Option<Client>,
    /// Reads every row.
    read: Statement,
    loaded: DatabaseImage,
}

/// It is not set back: a store knows parts by their ids.
const PART_NUMBERS: &str = "part_id";

impl core::fmt::Debug for ImagedDatabase {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ImagedDatabase").finish_non_exhaustive()
    }
}

impl ImagedDatabase {
    /// A database that has its tables.
    ///
    /// # Panics
    /// If there is no connection.
    pub fn new(database: &TestDatabase) -> Self {
        let config = database.config().clone();
        let connected = move || {
            let mut client = config.connect(NoTls).unwrap();
            // Rows are set without the checks of foreign keys.
            client.batch_execute("SET session_replication_role = replica").unwrap();
            let read = reading(&mut client);
            let mut state = State { client: Some(client), read, loaded: DatabaseImage::default() };
            state.read();
            state
        };
        Self { state: Arc::new(Mutex::new(thread::spawn(connected).join().unwrap())) }
    }

    /// Reads all rows.
    ///
    /// # Panics
    /// If the database fails.
    pub fn read(&self) -> DatabaseImage {
        self.on_thread(State::read)
    }

    /// Sets all rows. Returns whether it has other parts now: a store that knows the ones before must not
    /// be used any more.
    ///
    /// # Panics
    /// If the database fails.
    pub fn load(&self, image: &DatabaseImage) -> bool {
        self.on_thread(|state| state.load(image))
    }

    /// Sets the rows of another database, which has the same tables, to those of this one.
    ///
    /// # Panics
    /// If a database fails.
    pub fn copy_to(&self, other: &Self) {
        // A partition is a table of its own.
        let partitions = "
            SELECT format('CREATE TABLE %I PARTITION OF %I %s', c.relname, p.relname,
                          pg_get_expr(c.relpartbound, c.oid))
            FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid JOIN pg_class p ON p.oid = inhparent
            WHERE c.relkind = 'r'";
        for row in self.rows(partitions) {
            other.execute(row[0].as_deref().unwrap());
        }
        other.load(&self.read());
        other.execute("SELECT setval('part_id', (SELECT 1 + coalesce(max(id), 0) FROM part_data))");
    }

    /// Executes statements.
    ///
    /// # Panics
    /// If they fail.
    pub fn execute(&self, sql: &str) {
        self.on_thread(|state| state.client().batch_execute(sql).unwrap());
    }

    /// The rows of a statement, as text.
    ///
    /// # Panics
    /// If it fails.
    pub fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let row = |message| {
            let SimpleQueryMessage::Row(row) = message else { return None };
            Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
        };
        let messages = self.on_thread(|state| state.client().simple_query(sql).unwrap());
        messages.into_iter().filter_map(row).collect()
    }

    /// The client blocks, which a thread of a runtime must not.
    fn on_thread<T: Send>(&self, run: impl FnOnce(&mut State) -> T + Send) -> T {
        let run = || run(&mut self.state.lock().unwrap());
        thread::scope(|scope| scope.spawn(run).join().unwrap())
    }
}

impl DatabaseImage {
    /// The rows of a table, as PostgreSQL writes rows, sorted.
    pub fn rows(&self, table: &str) -> &[String] {
        self.tables.get(table).map_or(&[], |rows| rows)
    }

    /// The rows of all tables but these, as text.
    pub fn text_but_for(&self, tables: &[&str]) -> String {
        let mut text = String::new();
        for (table, rows) in &self.tables {
            if !tables.contains(&table.as_str()) {
                writeln!(text, "{table}: {rows:?}").unwrap();
            }
        }
        text
    }
}

impl State {
    const fn client(&mut self) -> &mut Client {
        self.client.as_mut().unwrap()
    }

    fn read(&mut self) -> DatabaseImage {
        let mut image = DatabaseImage::default();
        let read = self.read.clone();
        for row in self.client().query(&read, &[]).unwrap() {
            let (kind, name, text): (&str, String, String) = (row.get(0), row.get(1), row.get(2));
            match kind {
                "sequence" => drop(image.sequences.insert(name, text)),
                "table" => drop(image.tables.insert(name, Arc::default())),
                _ => {
                    let rows = image.tables.entry(name).or_default();
                    Arc::get_mut(rows).unwrap().push(text);
                }
            }
        }
        self.loaded = image.clone();
        image
    }

    fn load(&mut self, image: &DatabaseImage) -> bool {
        let mut sql = String::new();
        let mut has_other_parts = false;
        for (table, rows) in &image.tables {
            if self.loaded.tables.get(table) == Some(rows) {
                continue;
            }
            has_other_parts |= table.starts_with("part");
            write!(sql, "DELETE FROM {table};").unwrap();
            if !rows.is_empty() {
                let rows: Vec<_> = rows.iter().map(|row| quoted(row)).collect();
                write!(
                    sql,
                    "INSERT INTO {table} OVERRIDING SYSTEM VALUE
                     SELECT (row::{table}).* FROM unnest(ARRAY[{}]) AS rows (row);",
                    rows.join(",")
                )
                .unwrap();
            }
        }
        for (name, value) in &image.sequences {
            if self.loaded.sequences.get(name) != Some(value) {
                write!(sql, "SELECT setval('{name}', {value});").unwrap();
            }
        }
        self.client().batch_execute(&sql).unwrap();
        self.loaded = image.clone();
        has_other_parts
    }
}

impl Drop for State {
    /// Closing a connection blocks, which a thread of a runtime must not.
    fn drop(&mut self) {
        let client = self.client.take();
        thread::spawn(move || drop(client));
    }
}

/// The statement that reads every row of every table, and every sequence.
fn reading(client: &mut Client) -> Statement {
    // The tables that are only locked are created when they are needed, and have no rows.
    let sql = "SELECT relname::text, relkind::text FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
               AND NOT relispartition AND relname NOT LIKE '%\\_lock%' ORDER BY relname";
    let mut parts = Vec::new();
    for row in client.query(sql, &[]).unwrap() {
        let (name, kind): (String, String) = (row.get(0), row.get(1));
        if name == PART_NUMBERS {
            continue;
        }
        if kind == "S" {
            parts.push(format!(
                "SELECT 'sequence', '{name}', last_value || ', ' || is_called FROM {name}"
            ));
        } else {
            parts.push(format!("SELECT 'table', '{name}', ''"));
            parts.push(format!("SELECT 'row', '{name}', t::text FROM {name} AS t"));
        }
    }
    client.prepare(&format!("{} ORDER BY 2, 1 DESC, 3", parts.join(" UNION ALL "))).unwrap()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
