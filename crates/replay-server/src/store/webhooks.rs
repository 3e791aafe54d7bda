//! The webhooks of the regions in revisions, and their last delivery attempts. A job keeps the
//! revision with which it started. Changes are decided by `replay-core`.

use replay_core::{
    JobStatus, Region, Webhook,
    outage::OutageReason,
    webhook::{Attempt, Deliveries, Endpoint, Health, LogFormat, Secret, Target},
};
use time_range::{Timestamp, write_timestamp};

use super::{
    Notice, Store, StoreError,
    changes::Change,
    outage_rows, read_timestamp,
    sql::{Row, Sql, values},
    write::Write,
};

impl Store {
    /// The region's current webhook and the last delivery attempt, if there was one.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn webhook(&self, region: &Region) -> Result<(Webhook, Option<Attempt>), StoreError> {
        let region = region.clone();
        self.database
            .read_at_one_moment(move |db| Ok((current(db, &region)?, last_attempt(db, &region)?)))
            .await
    }

    /// The revision of the region's current webhook; `None` if it was never configured.
    ///
    /// # Errors
    /// The database fails.
    pub async fn webhook_revision(&self, region: &Region) -> Result<Option<i64>, StoreError> {
        let region = region.clone();
        self.database.read(move |db| current_revision(db, &region)).await
    }

    /// The health of the region's current webhook.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable.
    pub async fn webhook_health(&self, region: &Region) -> Result<Health, StoreError> {
        let region = region.clone();
        self.database
            .read_at_one_moment(
                move |db| Ok(current(db, &region)?.health(deliveries(db, &region)?)),
            )
            .await
    }

    /// Stores the delivery attempt of a test of the webhook `tested`. Nothing changes if the webhook
    /// has been changed since, because the attempt says nothing about the new one.
    ///
    /// # Errors
    /// The database fails, or a stored value is not readable; nothing is changed.
    pub async fn note_test(
        &self,
        region: &Region,
        tested: Webhook,
        attempt: Attempt,
    ) -> Result<(), StoreError> {
        let region = region.clone();
        self.database
            .of(&region)
            .write_lazily(move |tx| {
                if attempt.delivered() {
                    Notice::ReceiverWorks(region.clone()).tell(tx)?;
                }
                if current(tx, &region)? == tested {
                    save_attempts(tx, &region, [attempt])?;
                }
                Ok(())
            })
            .await
    }
}

/// The current webhook: the highest revision.
pub(super) fn current(db: &Sql<'_>, region: &Region) -> Result<Webhook, StoreError> {
    let sql = format!("{SELECT} WHERE region = ?1 ORDER BY revision DESC LIMIT 1");
    match db.optional(&sql, &values![region.as_str()], Columns::read)? {
        Some(row) => row.webhook(),
        None => Ok(Webhook::default()),
    }
}

/// The number of the current revision; `None` if the webhook was never configured.
pub(super) fn current_revision(db: &Sql<'_>, region: &Region) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT max(revision) FROM webhook WHERE region = ?1";
    db.one(sql, &values![region.as_str()], |row| row.get(0))
}

/// The webhook at an earlier revision.
pub(super) fn revision(
    db: &Sql<'_>,
    region: &Region,
    revision: i64,
) -> Result<Webhook, StoreError> {
    let sql = format!("{SELECT} WHERE region = ?1 AND revision = ?2");
    let row = db.optional(&sql, &values![region.as_str(), revision], Columns::read)?;
    row.ok_or(StoreError::Corrupt("webhook of a running job"))?.webhook()
}

/// Stores the last delivery attempts, in their order, and logs a change of the webhook's health.
pub(super) fn save_attempts(
    tx: &Write<'_>,
    region: &Region,
    attempts: impl IntoIterator<Item = Attempt>,
) -> Result<(), StoreError> {
    save(tx, region, attempts, false)
}

/// Like [`save_attempts`], for an attempt of the live lane.
pub(super) fn save_live_attempt(
    tx: &Write<'_>,
    region: &Region,
    attempt: Attempt,
) -> Result<(), StoreError> {
    save(tx, region, [attempt], true)
}

fn save(
    tx: &Write<'_>,
    region: &Region,
    attempts: impl IntoIterator<Item = Attempt>,
    is_live: bool,
) -> Result<(), StoreError> {
    let mut attempts = attempts.into_iter();
    let Some(first) = attempts.next() else { return Ok(()) };
    let before = self::attempts(tx, region)?;
    let after = attempts
        .fold(before.after(first, is_live), |deliveries, next| deliveries.after(next, is_live));
    let (failing_since, is_live, last) = (after.failing_since, after.is_live, after.last.clone());
    if before.failing_since != failing_since || before.is_live != is_live {
        let (webhook, outage_since) = (current(tx, region)?, outage_since(tx, region)?);
        let health = webhook.health(Deliveries { outage_since, ..after });
        let status_before = webhook.health(Deliveries { outage_since, ..before }).status;
        if health.status != status_before {
            tx.log_after_commit(Change::WebhookHealth { region: region.clone(), health });
        }
    }
    tx.execute(
        "INSERT INTO attempt (region, at, code, message, failing_since, is_live)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (region) DO UPDATE SET
             at = excluded.at, code = excluded.code, message = excluded.message,
             failing_since = excluded.failing_since, is_live = excluded.is_live",
        &values![
            region.as_str(),
            last.as_ref().map(|last| write_timestamp(last.at)),
            last.as_ref().and_then(|last| last.code),
            last.as_ref().and_then(|last| last.message.as_deref()),
            failing_since.map(write_timestamp),
            is_live,
        ],
    )?;
    Ok(())
}

const SELECT: &str = r#"SELECT endpoint, origin, "authorization", enabled, log_format,
                               skip_ssl_verification, updated_at FROM webhook"#;

struct Columns {
    endpoint: Option<String>,
    origin: Option<String>,
    authorization: Option<String>,
    enabled: bool,
    log_format: String,
    skip_ssl_verification: bool,
    updated_at: Option<String>,
}

impl Columns {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            endpoint: row.get(0)?,
            origin: row.get(1)?,
            authorization: row.get(2)?,
            enabled: row.get(3)?,
            log_format: row.get(4)?,
            skip_ssl_verification: row.get(5)?,
            updated_at: row.get(6)?,
        })
    }

    fn webhook(self) -> Result<Webhook, StoreError> {
        let authorization = self
            .authorization
            .map(Secret::new)
            .transpose()
            .map_err(|_| StoreError::Corrupt("authorization"))?;
        let enabled = self.enabled;
        let target = match (self.endpoint, self.origin) {
            (Some(url), Some(origin)) => {
                Some(Target { endpoint: Endpoint { url, origin }, authorization, enabled })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(StoreError::Corrupt("endpoint")),
        };
        Ok(Webhook {
            target,
            log_format: LogFormat::named(&self.log_format)
                .ok_or(StoreError::Corrupt("log format"))?,
            skip_ssl_verification: self.skip_ssl_verification,
            updated_at: self.updated_at.as_deref().map(read_timestamp).transpose()?,
        })
    }
}

/// Inserts `webhook` as the new current revision.
pub(super) fn insert(tx: &Write<'_>, region: &Region, webhook: &Webhook) -> Result<(), StoreError> {
    let target = webhook.target.as_ref();
    let endpoint = target.map(|target| &target.endpoint);
    let secret = target.and_then(|target| target.authorization.as_ref());
    tx.execute(
        r#"INSERT INTO webhook (region, revision, endpoint, origin, "authorization", enabled,
                                log_format, skip_ssl_verification, updated_at)
           VALUES (?1, (SELECT coalesce(max(revision), 0) + 1 FROM webhook WHERE region = ?1),
                   ?2, ?3, ?4, ?5, ?6, ?7, ?8)"#,
        &values![
            region.as_str(),
            endpoint.map(|endpoint| &endpoint.url),
            endpoint.map(|endpoint| &endpoint.origin),
            secret.map(Secret::expose),
            webhook.is_enabled(),
            webhook.log_format.as_str(),
            webhook.skip_ssl_verification,
            webhook.updated_at.map(write_timestamp),
        ],
    )?;
    delete_unused(tx, region)
}

/// Deletes every revision that is neither the current one nor the one of a running job, so that no
/// secret is kept longer than necessary.
pub(super) fn delete_unused(tx: &Write<'_>, region: &Region) -> Result<(), StoreError> {
    let deleted_secrets = tx.all(
        r#"DELETE FROM webhook WHERE region = ?1
           AND revision < (SELECT max(revision) FROM webhook WHERE region = ?1)
           AND revision NOT IN (
               SELECT webhook_revision FROM run
               JOIN job ON job.region = run.region AND job.id = run.job_id
               WHERE run.region = ?1 AND status = ?2)
           RETURNING "authorization" IS NOT NULL"#,
        &values![region.as_str(), JobStatus::Running.as_str()],
        |row| row.get::<bool>(0),
    )?;
    if deleted_secrets.contains(&true) {
        tx.mark_deleted_secret();
    }
    Ok(())
}

/// The last delivery attempt to the region's webhook.
pub(super) fn last_attempt(db: &Sql<'_>, region: &Region) -> Result<Option<Attempt>, StoreError> {
    Ok(attempts(db, region)?.last)
}

/// What is known of the deliveries to the region's webhook.
pub(super) fn deliveries(db: &Sql<'_>, region: &Region) -> Result<Deliveries, StoreError> {
    Ok(Deliveries { outage_since: outage_since(db, region)?, ..attempts(db, region)? })
}

/// The same without the outage of the live lane.
fn attempts(db: &Sql<'_>, region: &Region) -> Result<Deliveries, StoreError> {
    let row = db.optional(
        "SELECT at, code, message, failing_since, is_live FROM attempt WHERE region = ?1",
        &values![region.as_str()],
        |row| {
            let (at, failing_since): (String, Option<String>) = (row.get(0)?, row.get(3)?);
            Ok((at, row.get(1)?, row.get(2)?, failing_since, row.get(4)?))
        },
    )?;
    let Some((at, code, message, failing_since, is_live)) = row else {
        return Ok(Deliveries::default());
    };
    let last = Some(Attempt { at: read_timestamp(&at)?, code, message });
    let failing_since = failing_since.as_deref().map(read_timestamp).transpose()?;
    Ok(Deliveries { last, failing_since, is_live, outage_since: None })
}

/// When the open outage of the webhook's live lane began. That of a server which does not forward says
/// nothing about the webhook.
fn outage_since(db: &Sql<'_>, region: &Region) -> Result<Option<Timestamp>, StoreError> {
    let open = outage_rows::open(db, region)?.map(|open| open.outage);
    let open = open.filter(|open| open.cause.reason != OutageReason::NotForwarding);
    Ok(open.map(|open| open.began_at))
}
