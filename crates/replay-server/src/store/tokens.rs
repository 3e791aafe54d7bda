//! Tokens, stored by their SHA-256 digest. It knows no role's permissions.

use time_range::{Timestamp, write_timestamp};

use super::{
    Store, StoreError, read_timestamp,
    sql::{Row, values},
};

/// A stored token, without the token's text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredToken {
    /// The id with which the token is revoked; not a secret.
    pub id: String,
    /// The name of the role.
    pub role: String,
    /// The labels of the regions to which the token is limited; empty if it is not limited.
    pub regions: Vec<String>,
    /// The SHA-256 digest of the token's text.
    pub sha256: [u8; 32],
    /// The time of creation.
    pub created_at: Timestamp,
    /// The time from which the token is no longer valid; `None` if it does not expire.
    pub expires_at: Option<Timestamp>,
    /// The last stored time of use.
    pub last_used_at: Option<Timestamp>,
}

impl Store {
    /// All tokens, oldest first.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        self.database
            .read(|db| db.all(&format!("{SELECT} ORDER BY created_at, id"), &[], read))
            .await
    }

    /// The token with that SHA-256 digest; `None` if there is none.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn token_by_digest(
        &self,
        sha256: [u8; 32],
    ) -> Result<Option<StoredToken>, StoreError> {
        self.database
            .read(move |db| db.optional(&by_digest(), &values![sha256.as_slice()], read))
            .await
    }

    /// Inserts a token.
    ///
    /// # Errors
    /// The database fails, or a token with that id or digest exists; nothing is inserted.
    pub async fn add_token(&self, token: StoredToken) -> Result<(), StoreError> {
        self.database
            .write_tokens(move |tx| {
                tx.execute(
                    "INSERT INTO token
                         (id, role, regions, sha256, created_at, expires_at, last_used_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    &values![
                        token.id,
                        token.role,
                        token.regions.join(" "),
                        token.sha256.as_slice(),
                        write_timestamp(token.created_at),
                        token.expires_at.map(write_timestamp),
                        token.last_used_at.map(write_timestamp),
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// Sets the last use of a token to `now`. Nothing changes if there is no such token.
    ///
    /// # Errors
    /// The database fails; the stored time is unchanged.
    pub async fn note_token_use(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.database
            .write_tokens_lazily(move |tx| {
                let sql = "UPDATE token SET last_used_at = ?1 WHERE id = ?2";
                tx.execute(sql, &values![write_timestamp(now), id])?;
                Ok(())
            })
            .await
    }

    /// Deletes the token with that id; returns whether there was one.
    ///
    /// # Errors
    /// The database fails; the token remains valid.
    pub async fn revoke_token(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.database
            .write_tokens(move |tx| {
                Ok(tx.execute("DELETE FROM token WHERE id = ?1", &values![id])? > 0)
            })
            .await
    }
}

const SELECT: &str =
    "SELECT id, role, regions, sha256, created_at, expires_at, last_used_at FROM token";

pub(super) fn by_digest() -> String {
    format!("{SELECT} WHERE sha256 = ?1")
}

fn read(row: &Row<'_>) -> Result<StoredToken, StoreError> {
    let regions: String = row.get(2)?;
    Ok(StoredToken {
        id: row.get(0)?,
        role: row.get(1)?,
        regions: regions.split_whitespace().map(str::to_owned).collect(),
        sha256: row.get(3)?,
        created_at: read_timestamp(&row.get::<String>(4)?)?,
        expires_at: optional_timestamp(row, 5)?,
        last_used_at: optional_timestamp(row, 6)?,
    })
}

fn optional_timestamp(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, StoreError> {
    let text: Option<String> = row.get(column)?;
    text.as_deref().map(read_timestamp).transpose()
}
