//! The text of a statement as PostgreSQL expects it: the names of its parameters, and inserts of
//! several rows.

/// The statement with the parameters `$1`, `$2` and so on instead of `?1` and `?2`.
pub(super) fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

/// The insert of one row with `parameters` parameters as an insert of `rows` rows; `None` if the
/// statement is another one, or has parameters outside of its values.
pub(super) fn with_rows(sql: &str, parameters: usize, rows: usize) -> Option<String> {
    let start = sql.find("VALUES (")? + "VALUES ".len();
    let (before, rest) = sql.split_at(start);
    let (row, after) = rest.split_at(length_of_group(rest)?);
    if before.contains('?') || after.contains('?') {
        return None;
    }
    let rows: Option<Vec<_>> = (0..rows).map(|number| shifted(row, number * parameters)).collect();
    Some(format!("{before}{}{after}", rows?.join(", ")))
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

/// The text with the numbers of its parameters raised by `by`.
fn shifted(text: &str, by: usize) -> Option<String> {
    let mut pieces = text.split('?');
    let mut shifted = pieces.next()?.to_owned();
    for piece in pieces {
        let end = piece.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(piece.len());
        let (number, rest) = piece.split_at(end);
        let number = number.parse::<usize>().ok()? + by;
        shifted.push('?');
        shifted.push_str(&number.to_string());
        shifted.push_str(rest);
    }
    Some(shifted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_insert_of_several_rows_has_parameters_of_its_own_for_each() {
        let sql = "INSERT INTO t (a, b) VALUES (?1, (SELECT n FROM u WHERE id = ?2)) ON CONFLICT";
        assert_eq!(
            with_rows(sql, 2, 2).as_deref(),
            Some(
                "INSERT INTO t (a, b) VALUES (?1, (SELECT n FROM u WHERE id = ?2)), \
                 (?3, (SELECT n FROM u WHERE id = ?4)) ON CONFLICT"
            )
        );
        assert_eq!(with_rows(sql, 2, 1).as_deref(), Some(sql));
    }

    #[test]
    fn a_statement_with_parameters_outside_of_its_values_stays_as_it_is() {
        assert_eq!(with_rows("UPDATE t SET a = ?1", 1, 2), None);
        assert_eq!(
            with_rows("INSERT INTO t VALUES (?1) ON CONFLICT DO UPDATE SET a = ?2", 2, 2),
            None
        );
    }
}
