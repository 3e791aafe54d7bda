//! The text of a statement as PostgreSQL expects it: the names of its parameters, and inserts of
//! several rows.

use postgres::types::Type;

/// The statement with the parameters `$1`, `$2` and so on instead of `?1` and `?2`.
pub(super) fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

/// The statement for one row of `VALUES` with parameters of these types as a statement for many rows,
/// whose parameters are an array for each column; `None` if the statement is another one, has parameters
/// outside of its values, or has a parameter of another type.
pub(super) fn with_arrays(sql: &str, types: &[Type]) -> Option<String> {
    let start = sql.find("VALUES (")?;
    let (before, rest) = (&sql[..start], &sql[start + "VALUES ".len()..]);
    let (row, after) = rest.split_at(length_of_group(rest)?);
    if before.contains('?') || after.contains('?') {
        return None;
    }
    let row = row.strip_prefix('(')?.strip_suffix(')')?.replace('?', "item.column_");
    let numbers = 1..=types.len();
    let arrays: Option<Vec<_>> = numbers.clone().zip(types).map(array).collect();
    let columns: Vec<_> = numbers.map(|number| format!("column_{number}")).collect();
    let (arrays, columns) = (arrays?.join(", "), columns.join(", "));
    Some(format!("{before}SELECT {row} FROM unnest({arrays}) AS item ({columns}){after}"))
}

/// A parameter that is an array of values of this type.
fn array((number, of): (usize, &Type)) -> Option<String> {
    let name = match *of {
        Type::INT8 => "BIGINT",
        Type::TEXT => "TEXT",
        Type::BYTEA => "BYTEA",
        _ => return None,
    };
    Some(format!("CAST(?{number} AS {name}[])"))
}

/// The length of the text in parentheses at the start of `text`, with them.
fn length_of_group(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(index + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_for_many_rows_has_an_array_for_each_column() {
        let sql = "INSERT INTO t (a, b) VALUES (?1, (SELECT n FROM u WHERE id = ?2)) ON CONFLICT";
        assert_eq!(
            with_arrays(sql, &[Type::INT8, Type::TEXT]).as_deref(),
            Some(
                "INSERT INTO t (a, b) SELECT item.column_1, (SELECT n FROM u WHERE id = item.column_2) \
                 FROM unnest(CAST(?1 AS BIGINT[]), CAST(?2 AS TEXT[])) AS item (column_1, column_2) \
                 ON CONFLICT"
            )
        );
    }

    #[test]
    fn a_statement_with_parameters_outside_of_its_values_stays_as_it_is() {
        assert_eq!(with_arrays("UPDATE t SET a = ?1", &[Type::INT8]), None);
        let sql = "INSERT INTO t VALUES (?1) ON CONFLICT DO UPDATE SET a = ?2";
        assert_eq!(with_arrays(sql, &[Type::INT8, Type::INT8]), None);
        assert_eq!(with_arrays("INSERT INTO t VALUES (?1)", &[Type::FLOAT8]), None);
    }
}
