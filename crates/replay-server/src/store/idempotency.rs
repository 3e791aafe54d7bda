//! The PUTs with an idempotency key, in the table `idempotency_key`. Which of them a request repeats is
//! decided by `replay-core`.

use replay_core::{
    IdempotencyKey, Job, JobId, PutId, Region, Scope,
    idempotency::{self, BodyDigest, KnownPut},
};
use time_range::{Timestamp, write_timestamp};

use super::{
    ChangeError, Store, StoreError, job_rows, read_region, read_timestamp,
    sql::{Sql, values},
    write::Write,
};

/// A PUT with an idempotency key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyedPut {
    /// The region that it is addressed to, or `global`.
    pub scope: Scope,
    /// The id of the caller's token.
    pub token_id: String,
    /// The key.
    pub key: IdempotencyKey,
    /// Its body.
    pub body: BodyDigest,
}

/// An accepted PUT and its jobs as they are now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AcceptedPut {
    /// The id of the PUT.
    pub id: PutId,
    /// Its jobs with their regions; at least one.
    pub jobs: Vec<(Region, Job)>,
}

impl Store {
    /// The accepted PUT that `put` repeats; `None` if there is none.
    ///
    /// # Errors
    /// The refusal of [`idempotency::repeated`], or the database fails.
    pub async fn repeated_put(
        &self,
        put: KeyedPut,
        now: Timestamp,
    ) -> Result<Option<AcceptedPut>, ChangeError> {
        let body = put.body;
        let read = self.database.read_at_one_moment(move |db| {
            let Some(known) = load(db, &put)? else { return Ok(None) };
            Ok(Some((known, jobs_of(db, known.id)?)))
        });
        let Some((known, jobs)) = read.await? else { return Ok(None) };
        let id = idempotency::repeated(Some(&known), body, now)?;
        Ok(id.map(|id| AcceptedPut { id, jobs }).filter(|put| !put.jobs.is_empty()))
    }

    /// Deletes the keys that are not known any more at `now`.
    ///
    /// # Errors
    /// The database fails; nothing is changed.
    pub async fn trim_idempotency_keys(&self, now: Timestamp) -> Result<(), StoreError> {
        let last = write_timestamp(now - idempotency::KEPT_FOR);
        self.database
            .write(move |tx| {
                tx.execute(
                    "DELETE FROM idempotency_key
                     WHERE unixepoch(created_at, 'subsec') <= unixepoch(?1, 'subsec')",
                    &values![last],
                )?;
                Ok(())
            })
            .await
    }
}

/// The accepted PUT that `put` repeats.
pub(super) fn repeated(
    db: &Sql<'_>,
    put: &KeyedPut,
    now: Timestamp,
) -> Result<Option<AcceptedPut>, ChangeError> {
    let known = load(db, put)?;
    let Some(id) = idempotency::repeated(known.as_ref(), put.body, now)? else { return Ok(None) };
    let jobs = jobs_of(db, id)?;
    Ok((!jobs.is_empty()).then_some(AcceptedPut { id, jobs }))
}

/// Stores an accepted PUT; an earlier one with the same key is forgotten.
pub(super) fn insert(
    tx: &Write<'_>,
    put: &KeyedPut,
    id: PutId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO idempotency_key (scope, token_id, key, body, put_id, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (scope, token_id, key) DO UPDATE SET
             body = excluded.body, put_id = excluded.put_id, created_at = excluded.created_at",
        &values![
            put.scope.to_string(),
            &put.token_id,
            put.key.as_str(),
            put.body.0.as_slice(),
            id.to_string(),
            write_timestamp(now),
        ],
    )?;
    Ok(())
}

fn load(db: &Sql<'_>, put: &KeyedPut) -> Result<Option<KnownPut>, StoreError> {
    let row = db.optional(
        "SELECT put_id, body, created_at FROM idempotency_key
         WHERE scope = ?1 AND token_id = ?2 AND key = ?3",
        &values![put.scope.to_string(), &put.token_id, put.key.as_str()],
        |row| Ok((row.get::<String>(0)?, row.get(1)?, row.get::<String>(2)?)),
    )?;
    let Some((id, body, at)) = row else { return Ok(None) };
    Ok(Some(KnownPut {
        id: PutId::read(&id).ok_or(StoreError::Corrupt("put id"))?,
        body: BodyDigest(body),
        at: read_timestamp(&at)?,
    }))
}

/// The jobs of a PUT, with their regions.
fn jobs_of(db: &Sql<'_>, id: PutId) -> Result<Vec<(Region, Job)>, StoreError> {
    let sql = "SELECT region, id FROM job WHERE put_id = ?1";
    let rows = db.all(sql, &values![id.to_string()], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?))
    })?;
    let mut jobs = Vec::new();
    for (region, id) in rows {
        let region = read_region(&region)?;
        let id = JobId::read(&id).ok_or(StoreError::Corrupt("job id"))?;
        if let Some(job) = job_rows::load(db, &region, id)? {
            jobs.push((region, Job::Configured(job)));
        }
    }
    Ok(jobs)
}
