//! When the workspace reads from the server: periodically while it is watched, at once when the user
//! asks or moves, and once to check a token. Reading all regions in one request is in `overview`.

use alloc::string::ToString;

use replay_client::{ClientEffects, Method, RequestOwner};
use replay_core::Region;
use replay_wire::{Mode, routes::ME_PATH};

use super::{Watching, Workspace};
use crate::region_state::{ProgressPace, RegionState};

impl Workspace {
    /// Starts or stops reading periodically. A token that cannot read anything stops it.
    pub(crate) fn watch(&mut self, watching: Watching, effects: &mut ClientEffects) {
        self.watching = if self.may_read() { watching } else { Watching::Off };
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.stop();
        }
        if self.is_hidden() {
            self.watch_unsettled(effects);
        } else if self.is_watching() && self.heartbeat.is_some() {
            self.read_overview(effects);
            self.watch_jointly(effects);
        } else {
            self.watch_each(effects);
        }
    }

    /// Starts reading periodically after the check of the token, which has read the regions already
    /// if the server has an overview.
    pub(crate) fn watch_after_check(&mut self, watching: Watching, effects: &mut ClientEffects) {
        self.watching = if self.may_read() { watching } else { Watching::Off };
        // The last read may have been refused with the token before.
        self.region_states.iter_mut().for_each(RegionState::refresh_previews);
        let is_watching = self.is_watching();
        match &mut self.heartbeat {
            _ if self.watching == Watching::UnsettledJobs => self.watch_unsettled(effects),
            Some(heartbeat) if is_watching => {
                let is_answered = heartbeat.is_answered();
                heartbeat.schedule_read(is_answered, effects);
                if is_answered {
                    self.watch_jointly(effects);
                } else {
                    self.read_me(effects);
                    self.watch_each(effects);
                }
            }
            Some(_) | None => self.watch_each(effects),
        }
    }

    /// Reads the regions one by one and periodically, or stops it.
    pub(super) fn watch_each(&mut self, effects: &mut ClientEffects) {
        let watching = self.is_watching();
        for region_state in &mut self.region_states {
            region_state.tracker.watch(watching, effects);
            region_state.hurry_progress();
        }
        if watching {
            let alone = self.region_state().map(|region_state| region_state.region.clone());
            for region_state in &mut self.region_states {
                let is_shown = alone.as_ref() == Some(&region_state.region);
                region_state.refresh(is_shown, effects);
            }
        }
    }

    fn watch_unsettled(&mut self, effects: &mut ClientEffects) {
        for region_state in &mut self.region_states {
            region_state.hurry_progress();
            let is_needed = region_state.is_under_way();
            if region_state.tracker.is_watching() != is_needed {
                region_state.tracker.watch(is_needed, effects);
            }
        }
    }

    /// Reads the jobs that are not settled at once.
    pub(super) fn read_unsettled(&mut self, effects: &mut ClientEffects) {
        for region_state in &mut self.region_states {
            if region_state.is_under_way() {
                region_state.tracker.refresh(effects);
            }
        }
    }

    /// How often the progress of a region's job is read.
    pub(super) fn progress_pace(&self, region: &Region) -> ProgressPace {
        if !self.is_watching() {
            ProgressPace::Off
        } else if self.is_in_view(region) {
            ProgressPace::InView
        } else {
            ProgressPace::InList
        }
    }

    /// Makes the one request whose response tells whether the server accepts the token.
    pub(crate) fn check_token(&mut self, effects: &mut ClientEffects) {
        if self.heartbeat.is_some() {
            self.read_overview(effects);
            return;
        }
        if self.server.mode == Mode::Embedded {
            self.read_me(effects);
            return;
        }
        let region = self.in_view().chain(&self.region_states).next().map(|one| one.region.clone());
        if let Some(region) = region {
            self.with_tracker(&region, |tracker| tracker.refresh(effects));
        }
    }

    /// Reads the role of the token; only a server of our own reports it.
    pub(crate) fn read_me(&mut self, effects: &mut ClientEffects) {
        if self.server.mode == Mode::Embedded {
            let path = ME_PATH.to_string();
            self.me.start_read(effects.fetch(RequestOwner::Me, Method::Get, path, None));
        }
    }

    /// Reads the regions in view at once, if the workspace is watched.
    pub(crate) fn refresh(&mut self, effects: &mut ClientEffects) {
        let is_shown = !self.is_global();
        if self.is_watching() {
            for region_state in self.in_view_mut() {
                region_state.hurry_progress();
                region_state.tracker.refresh(effects);
                region_state.refresh(is_shown, effects);
            }
        }
    }

    /// Whether a refresh that the user asked for is in progress.
    pub(crate) fn is_refreshing(&self) -> bool {
        self.refreshing
            && self.in_view().any(|region_state| region_state.tracker.job().is_loading())
    }
}
