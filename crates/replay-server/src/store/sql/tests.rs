//! Statements on a database of each kind.

use core::ops::ControlFlow;

use super::*;
use crate::store::tests::databases::new_database;

#[test]
fn a_value_is_read_as_it_was_written() {
    with_table(|db| {
        let parameters = values![i64::MIN, u64::MAX, true, "é", [1_u8, 0].as_slice()];
        db.execute("INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)", &parameters).unwrap();
        db.one("SELECT a, b, c, d, e FROM t", &[], |row| {
            assert_eq!(row.get::<i64>(0)?, i64::MIN);
            assert_eq!(row.get::<Option<u64>>(1)?, Some(i64::MAX as u64), "the highest number");
            assert!(row.get::<bool>(2)?);
            assert_eq!(row.get::<String>(3)?, "é");
            assert_eq!(row.get::<Vec<u8>>(4)?, [1, 0]);
            row.get::<[u8; 2]>(4).map(|bytes| assert_eq!(bytes, [1, 0]))
        })
        .unwrap();
    });
}

#[test]
fn a_column_of_another_type_is_an_error_that_names_it_and_is_no_damage() {
    with_table(|db| {
        let parameters = values![-1_i64, None::<i64>, "text"];
        db.execute("INSERT INTO t (a, b, d) VALUES (?1, ?2, ?3)", &parameters).unwrap();
        let expect = |result: Result<(), StoreError>, expected| {
            let error = result.unwrap_err();
            let StoreError::UnexpectedValue { column } = error else { panic!("{error}") };
            assert_eq!((column, error.is_damage()), (expected, false));
        };
        let sql = "SELECT a, b, d FROM t";
        expect(db.one(sql, &[], |row| row.get::<u64>(0).map(drop)), 0);
        expect(db.one(sql, &[], |row| row.get::<i64>(1).map(drop)), 1);
        expect(db.one(sql, &[], |row| row.get::<Vec<u8>>(2).map(drop)), 2);
        expect(db.one(sql, &[], |row| row.get::<i64>(3).map(drop)), 3);
    });
}

#[test]
fn rows_are_visited_until_the_first_break_and_may_be_changed_meanwhile() {
    with_table(|db| {
        let items = (0..5).map(|number: i64| values![number]);
        db.execute_each("INSERT INTO t (a) VALUES (?1)", items).unwrap();
        let mut visited = Vec::new();
        db.each("SELECT a FROM t ORDER BY a DESC", &[], |row| {
            let number: i64 = row.get(0)?;
            visited.push(number);
            db.execute("UPDATE t SET b = ?1 WHERE a = ?1", &values![number])?;
            Ok(if number == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
        .unwrap();
        assert_eq!(visited, [4, 3, 2]);
        let changed = "SELECT b FROM t WHERE b IS NOT NULL ORDER BY b";
        assert_eq!(db.all(changed, &[], |row| row.get::<i64>(0)).unwrap(), [2, 3, 4]);
    });
}

#[test]
fn a_missing_row_is_an_error_only_where_there_is_always_one() {
    with_table(|db| {
        let sql = "SELECT a FROM t";
        assert_eq!(db.optional(sql, &[], |row| row.get::<i64>(0)).unwrap(), None);
        let error = db.one(sql, &[], |row| row.get::<i64>(0)).unwrap_err();
        assert!(matches!(error, StoreError::MissingRow));
    });
}

/// Runs a test on a database of each kind, with the table `t`.
fn with_table(test: impl Fn(&Sql<'_>)) {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let db = Sql::from(&connection);
    let create = "CREATE TABLE t (a INTEGER, b INTEGER, c INTEGER, d TEXT, e BLOB) STRICT";
    db.execute(create, &[]).unwrap();
    test(&db);
    let mut connection = PostgresConnection::open(&new_database().into()).unwrap();
    let access = Access::Write { locks: "".into(), is_synced: true };
    let transaction = connection.begin(access).unwrap();
    let db = Sql::from(&transaction);
    let create = "CREATE TABLE t (a BIGINT, b BIGINT, c BIGINT, d TEXT, e BYTEA)";
    db.execute(create, &[]).unwrap();
    test(&db);
}
