//! Passes the notices of other nodes on to the tasks of this one, and tells the other nodes of the lines that
//! this one archives and of its deliveries. It decides nothing: a task that is woken reads the store.

use core::time::Duration;
use std::collections::HashMap;

use replay_core::{Region, lease::WorkKind};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{DeliveryRates, LiveSignals, Wakeups},
    leases::Leases,
    store::{DeliveryReport, Heard, LastSeqs, Notice, Store},
};

/// The wait before the connection for notices is opened again.
const CONNECT_AGAIN: Duration = Duration::from_secs(1);

/// The other nodes are told of appends within this time together.
const APPENDS_TOGETHER: Duration = Duration::from_millis(20);

/// The time between two reports of deliveries.
const BETWEEN_REPORTS: Duration = Duration::from_secs(1);

/// The parts of this node that get notices.
#[derive(Clone, Debug)]
pub(crate) struct Listeners {
    /// The store, which knows the lines of the archive.
    pub(crate) store: Store,
    /// The tasks of jobs.
    pub(crate) wakeups: Wakeups,
    /// The live lanes.
    pub(crate) signals: LiveSignals,
    /// The rates of deliveries.
    pub(crate) rates: DeliveryRates,
    /// The leases of this node.
    pub(crate) leases: Leases,
}

impl Listeners {
    /// Starts a task that listens, and those that tell the other nodes of the lines that this one appends
    /// and of its deliveries, until `shutdown`.
    pub(crate) fn spawn(self, shutdown: &CancellationToken, tasks: &mut JoinSet<()>) {
        tasks.spawn(tell_appends(self.store.clone(), shutdown.clone()));
        tasks.spawn(tell_deliveries(self.clone(), shutdown.clone()));
        tasks.spawn(self.listen(shutdown.clone()));
    }

    /// Listens, and connects again after each loss of the connection.
    async fn listen(self, shutdown: CancellationToken) {
        let mut is_failing = false;
        while !shutdown.is_cancelled() {
            let (sender, mut heard) = mpsc::unbounded_channel();
            let listening = async {
                let (listened, ()) = tokio::join!(self.store.listen(sender), async {
                    while let Some(heard) = heard.recv().await {
                        if heard == Heard::Connected && core::mem::take(&mut is_failing) {
                            tracing::info!("the notices of other nodes arrive again");
                        }
                        self.pass_on(&heard);
                    }
                });
                listened
            };
            let listened = tokio::select! {
                listened = listening => listened,
                () = shutdown.cancelled() => return,
            };
            if let Err(error) = listened
                && !core::mem::replace(&mut is_failing, true)
            {
                tracing::warn!(%error, "the notices of other nodes do not arrive; trying again");
            }
            tokio::select! {
                () = sleep(CONNECT_AGAIN) => {}
                () = shutdown.cancelled() => return,
            }
        }
    }

    fn pass_on(&self, heard: &Heard) {
        match heard {
            // The lanes look by themselves every second, also during a request.
            Heard::Connected => self.wakeups.wake_all(),
            Heard::Notice(Notice::Job(region)) => self.wakeups.wake(region),
            Heard::Notice(Notice::Webhook(region)) => {
                self.wakeups.wake(region);
                self.signals.webhook_changed(region);
            }
            Heard::Notice(Notice::ReceiverWorks(region)) => self.signals.receiver_works(region),
            Heard::Notice(Notice::Forwarding(region)) => self.signals.forwarding_changed(region),
            Heard::Notice(Notice::Lines { region, last_seq }) => {
                self.store.note_appends(region, *last_seq);
            }
            Heard::Notice(Notice::Deliveries { region, report }) => {
                self.rates.note_report(region, *report, Instant::now());
            }
            Heard::Notice(Notice::Leases) => self.leases.claim_soon(),
        }
    }
}

/// Tells the other nodes each second of the deliveries that go on, and once more of those that have ended.
async fn tell_deliveries(listeners: Listeners, shutdown: CancellationToken) {
    let Listeners { store, rates, leases, .. } = listeners;
    let mut before = HashMap::new();
    loop {
        tokio::select! {
            () = sleep(BETWEEN_REPORTS) => {}
            () = shutdown.cancelled() => return,
        }
        let mut reports = rates.reports(Instant::now());
        reports.retain(|(region, _)| leases.current(WorkKind::Delivery, region).is_some());
        let is_new = |(region, report): &&(Region, DeliveryReport)| {
            report.in_flight > 0 || before.get(region) != Some(report)
        };
        let new: Vec<_> = reports.iter().filter(is_new).cloned().collect();
        if !new.is_empty()
            && let Err(error) = store.tell_deliveries(new).await
        {
            tracing::debug!(%error, "the other nodes could not be told of deliveries");
        }
        before = reports.into_iter().collect();
    }
}

async fn tell_appends(store: Store, shutdown: CancellationToken) {
    let (mut appends, mut told) = (store.own_appends(), LastSeqs::new());
    loop {
        let changed = tokio::select! {
            changed = appends.changed() => changed,
            () = shutdown.cancelled() => return,
        };
        if changed.is_err() {
            return shutdown.cancelled().await;
        }
        let known = appends.borrow_and_update().clone();
        let is_new = |(region, last_seq): &(&Region, &i64)| told.get(*region) != Some(*last_seq);
        let new: LastSeqs =
            known.iter().filter(is_new).map(|(region, seq)| (region.clone(), *seq)).collect();
        // The other nodes find the lines later if this fails.
        if let Err(error) = store.tell_appends(new).await {
            tracing::debug!(%error, "the other nodes could not be told of lines");
        }
        told = known;
        sleep(APPENDS_TOGETHER).await;
    }
}
