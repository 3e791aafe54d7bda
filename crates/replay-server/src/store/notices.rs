//! What nodes on one database tell each other at once: short notices of committed changes, and of deliveries.
//! A notice may be lost; a node that gets one reads the database, which it also does from time to time without
//! one. On SQLite there is no other node.

use std::{sync::Arc, thread};

use replay_core::Region;
use tokio::sync::mpsc;

use super::{
    DeliveryReport, LastSeqs, Store, StoreError,
    sql::{PostgresListener, Sql},
};

/// What has changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Notice {
    /// The region's job, or what it may do.
    Job(Region),
    /// The region's webhook.
    Webhook(Region),
    /// The region's receiver has acknowledged a test of the webhook.
    ReceiverWorks(Region),
    /// Whether lines are forwarded in the region.
    Forwarding(Region),
    /// Lines were appended to the region.
    Lines {
        /// The region.
        region: Region,
        /// The highest sequence number that was given to one of them.
        last_seq: i64,
    },
    /// How the deliveries of the region go on.
    Deliveries {
        /// The region.
        region: Region,
        /// The deliveries.
        report: DeliveryReport,
    },
    /// A node has given up its leases.
    Leases,
}

/// What a node hears.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Heard {
    /// It listens from now on. Notices before were missed.
    Connected,
    /// A notice, maybe one of its own.
    Notice(Notice),
}

impl Notice {
    /// Tells the other nodes, once the transaction is committed.
    ///
    /// On PostgreSQL, transactions with notices are committed one at a time: this is for changes that
    /// are rare.
    pub(super) fn tell(&self, db: &Sql<'_>) -> Result<(), StoreError> {
        db.notify(&self.write())
    }

    fn write(&self) -> String {
        match self {
            Self::Job(region) => format!("job {region}"),
            Self::Webhook(region) => format!("webhook {region}"),
            Self::ReceiverWorks(region) => format!("receiver-works {region}"),
            Self::Forwarding(region) => format!("forwarding {region}"),
            Self::Lines { region, last_seq } => format!("lines {region} {last_seq}"),
            Self::Deliveries { region, report } => {
                format!("deliveries {region} {}", report.write())
            }
            Self::Leases => "leases".to_owned(),
        }
    }

    /// Reads the text of [`write`](Self::write); `None` if another version has written it.
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let kind = words.next()?;
        if kind == "leases" {
            return Some(Self::Leases);
        }
        let region = Region::named(words.next()?)?;
        match kind {
            "job" => Some(Self::Job(region)),
            "webhook" => Some(Self::Webhook(region)),
            "receiver-works" => Some(Self::ReceiverWorks(region)),
            "forwarding" => Some(Self::Forwarding(region)),
            "lines" => Some(Self::Lines { region, last_seq: words.next()?.parse().ok()? }),
            "deliveries" => {
                Some(Self::Deliveries { region, report: DeliveryReport::read(&mut words)? })
            }
            _ => None,
        }
    }
}

impl Store {
    /// Connects for notices, and passes on what is heard until the connection is lost.
    ///
    /// # Errors
    /// The connection is lost, or there is none.
    pub async fn listen(&self, heard: mpsc::UnboundedSender<Heard>) -> Result<(), StoreError> {
        let Some(target) = self.database.postgres_target() else { return Ok(()) };
        let (done, result) = tokio::sync::oneshot::channel();
        // A thread of its own: a thread of the runtime for blocking work would never be free again.
        let listen = move || done.send(listen(&target, &heard));
        thread::Builder::new().spawn(listen).map_err(|_| StoreError::Interrupted)?;
        result.await.map_err(|_| StoreError::Interrupted)?
    }

    /// The highest sequence numbers that this process has given to lines of each region.
    pub(crate) fn own_appends(&self) -> tokio::sync::watch::Receiver<LastSeqs> {
        self.own_appends.subscribe()
    }

    /// Tells the other nodes of appends. It is no part of their transactions, which would wait for each
    /// other then.
    ///
    /// # Errors
    /// The database fails; the other nodes find the lines later.
    pub async fn tell_appends(&self, last_seqs: LastSeqs) -> Result<(), StoreError> {
        let tell = move |db: &Sql<'_>| {
            for (region, last_seq) in last_seqs {
                Notice::Lines { region, last_seq }.tell(db)?;
            }
            Ok(())
        };
        self.database.notify(tell).await
    }

    /// Tells the other nodes of the deliveries of regions.
    ///
    /// # Errors
    /// The database fails; the other nodes know what they were told before.
    pub async fn tell_deliveries(
        &self,
        reports: Vec<(Region, DeliveryReport)>,
    ) -> Result<(), StoreError> {
        let tell = move |db: &Sql<'_>| {
            for (region, report) in reports {
                Notice::Deliveries { region, report }.tell(db)?;
            }
            Ok(())
        };
        self.database.notify(tell).await
    }

    /// Takes note of lines that another node has appended.
    pub fn note_appends(&self, region: &Region, last_seq: i64) {
        note(&self.appends, LastSeqs::from([(region.clone(), last_seq)]));
    }
}

/// Raises the known sequence numbers; observers are told if one is new.
pub(super) fn note(known: &tokio::sync::watch::Sender<LastSeqs>, last_seqs: LastSeqs) {
    known.send_if_modified(|known| {
        let mut is_modified = false;
        for (region, last_seq) in last_seqs {
            let known = known.entry(region).or_default();
            is_modified |= last_seq > *known;
            *known = last_seq.max(*known);
        }
        is_modified
    });
}

/// Listens until the connection is lost or the receiver of the notices is dropped.
fn listen(
    target: &Arc<super::PostgresTarget>,
    heard: &mpsc::UnboundedSender<Heard>,
) -> Result<(), StoreError> {
    let mut listener = PostgresListener::open(target)?;
    let mut next = Some(Heard::Connected);
    loop {
        let is_closed = match next {
            Some(next) => heard.send(next).is_err(),
            None => heard.is_closed(),
        };
        if is_closed {
            return Ok(());
        }
        next = listener.next()?.and_then(|text| Notice::read(&text)).map(Heard::Notice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        let us = || Region::named("us").unwrap();
        let deliveries = |in_flight_limit| {
            let report = DeliveryReport { in_flight: 2, in_flight_limit, ..Default::default() };
            Notice::Deliveries { region: us(), report }
        };
        for notice in [
            Notice::Job(us()),
            Notice::Webhook(us()),
            Notice::ReceiverWorks(us()),
            Notice::Forwarding(us()),
            Notice::Lines { region: us(), last_seq: 17 },
            deliveries(None),
            deliveries(Some(3)),
            Notice::Leases,
        ] {
            assert_eq!(Notice::read(&notice.write()), Some(notice));
        }
        for text in
            ["", "job", "job U/S", "lines us", "lines us x", "other us", "deliveries us 1 - 3 4"]
        {
            assert_eq!(Notice::read(text), None, "{text}");
        }
    }
}
