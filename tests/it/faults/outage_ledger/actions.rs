//! What a test does to the server beside ingesting lines.

use chrono::TimeDelta;
use replay_server::clock::Clock;
use replay_tests::{
    lines::{SeededRandom, Window},
    receiver::ReceivedRequest,
};
use serde_json::Value;

use super::world::World;

/// Something that is done to a server.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// Nothing.
    Wait,
    /// The webhook is set to what it is, which makes the lane probe.
    Prompt,
    /// The webhook is disabled if it is enabled, and the other way round.
    Switch,
    /// A replay of every line is submitted.
    ReplayAll,
    /// A replay of the lines of the first third of the time since the start is submitted.
    ReplaySome,
    /// The healing of an outage is submitted.
    Heal,
    /// The job is cancelled.
    Cancel,
    /// The job is resumed.
    Resume,
    /// The server is killed while it ingests lines, and started with other settings.
    Kill,
}

impl Action {
    /// Some action.
    pub(super) fn drawn(random: &mut SeededRandom) -> Self {
        const ACTIONS: [Action; 22] = [
            Action::Wait,
            Action::Wait,
            Action::Prompt,
            Action::Prompt,
            Action::Prompt,
            Action::Prompt,
            Action::Switch,
            Action::Switch,
            Action::ReplayAll,
            Action::ReplaySome,
            Action::Heal,
            Action::Heal,
            Action::Heal,
            Action::Heal,
            Action::Heal,
            Action::Heal,
            Action::Cancel,
            Action::Resume,
            Action::Resume,
            Action::Kill,
            Action::Kill,
            Action::Kill,
        ];
        ACTIONS[random.below(ACTIONS.len())]
    }
}

impl World {
    /// Does it.
    pub(super) async fn act(&mut self, action: Action) {
        match action {
            // A webhook that is disabled for long leaves nothing to see.
            Action::Wait if !self.is_enabled => self.switch().await,
            Action::Wait => {}
            Action::Prompt => self.api().set_enabled(self.is_enabled).await,
            Action::Switch => self.switch().await,
            Action::ReplayAll => self.replay(1).await,
            Action::ReplaySome => self.replay(3).await,
            // Without a request, the server does not heal what its receiver has refused.
            Action::Heal if self.args.contains(&"auto") => {}
            Action::Heal => self.heal_one().await,
            Action::Cancel => {
                let cancelled = self.api().cancel().await;
                assert!([202, 409].contains(&cancelled.code), "{cancelled:?}");
            }
            Action::Resume => self.resume().await,
            Action::Kill => {
                let is_forwarding = !self.is_forwarding || self.random.below(5) > 0;
                self.restart(is_forwarding).await;
            }
        }
    }

    async fn switch(&mut self) {
        let is_live = |request: &ReceivedRequest| request.job().is_none();
        let before = self.moody.receiver.requests();
        if self.is_enabled {
            let last = before.iter().rposition(is_live);
            self.received_before_disabling = last.unwrap_or(before.len());
        }
        self.is_enabled = !self.is_enabled;
        self.api().set_enabled(self.is_enabled).await;
        if self.is_enabled {
            let during = &before[self.received_before_disabling..];
            let ids = during.iter().filter(|request| is_live(request));
            let ids = ids.map(|request| request.header("webhook-id").to_owned());
            self.in_flight_when_disabled.extend(ids);
        }
    }

    /// Submits a replay of the first of `parts` parts of the time since the start.
    async fn replay(&mut self, parts: i32) {
        let now = Clock::system().now();
        let start = self.started_at - TimeDelta::seconds(1);
        let end = start + (now + TimeDelta::seconds(4) - start) / parts;
        let submitted = self.api().put(Window { start, end }).await;
        match submitted.code {
            202 | 409 => {}
            400 => assert!(!self.is_enabled, "{submitted:?}"),
            _ => panic!("{submitted:?}"),
        }
    }

    /// Resumes the job, if it has failed.
    async fn resume(&mut self) {
        let submitted = self.api().resume().await;
        match submitted.code {
            202 | 409 => {}
            400 => assert!(!self.is_enabled, "{submitted:?}"),
            _ => panic!("{submitted:?}"),
        }
    }

    /// Submits the healing of an outage, if there is one.
    async fn heal_one(&mut self) {
        let outages = self.api().outages().await;
        let healable =
            |outage: &&Value| outage["healed_at"].is_null() && outage["ended_at"].is_string();
        let healable: Vec<_> = outages.iter().filter(healable).collect();
        if healable.is_empty() {
            return;
        }
        let outage = healable[self.random.below(healable.len())];
        let submitted = self.api().heal(outage["id"].as_str().unwrap()).await;
        match submitted.code {
            // 409: a job runs, or has healed the outage meanwhile.
            202 | 409 => {}
            400 => assert!(!self.is_enabled, "{submitted:?}"),
            _ => panic!("{submitted:?}"),
        }
    }

    /// Kills the server while it ingests lines, and starts it with other settings.
    pub(super) async fn restart(&mut self, is_forwarding: bool) {
        let count = 1 + self.random.below(60);
        let lines = self.new_lines(count);
        let api = self.api().clone();
        let ingested = tokio::spawn({
            let lines = lines.clone();
            async move { api.try_ingest(&lines).await }
        });
        self.server.process.child.kill().await.unwrap();
        // It may have failed.
        let _ = ingested.await.unwrap();
        let batch_lines = (20 + self.random.below(300)).to_string();
        let in_flight = (1 + self.random.below(8)).to_string();
        let max_lag = ["1s", "3s", "15m"][self.random.below(3)];
        let mut args = vec!["--batch-lines", &batch_lines, "--in-flight", &in_flight];
        if is_forwarding {
            args.extend(self.args);
            args.extend(["--max-lag", max_lag]);
        }
        self.server = self.data_dir.serve(&args).await;
        self.is_forwarding = is_forwarding;
        // Lines that were archived already are not archived again.
        let repeated = self.api().try_ingest(&lines).await.unwrap();
        assert_eq!(repeated.code, 202, "{repeated:?}");
        self.lines.extend(lines);
    }
}
