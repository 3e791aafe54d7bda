//! Signing in and out: which token the requests carry, and what follows when the server accepts or
//! rejects it. Which texts are a token is decided by the sign-in dialog.

use replay_core::webhook::Secret;
use time_range::Timestamp;

use super::{Page, Phase};
use crate::{effect::Effect, intent::Intent, sign_in::SignIn, workspace::Watching};

impl Page {
    /// Whether requests carry a token.
    pub(crate) const fn is_signed_in(&self) -> bool {
        self.effects.client.token.is_some()
    }

    /// Whether the server has accepted the token.
    pub(super) const fn is_accepted(&self) -> bool {
        self.is_signed_in() && self.token_check.is_none()
    }

    /// Reads periodically what the visibility of the page and the token permit.
    pub(super) fn watch(&mut self) {
        let watching = self.watching();
        if let Phase::Ready(workspace) = &mut self.phase {
            workspace.watch(watching, &mut self.effects.client);
        }
    }

    const fn watching(&self) -> Watching {
        match (self.is_accepted(), self.visible) {
            (false, _) => Watching::Off,
            (true, true) => Watching::Regions,
            (true, false) => Watching::UnsettledJobs,
        }
    }

    pub(super) fn with_sign_in(&mut self, change: impl FnOnce(&mut SignIn)) {
        if let Some(sign_in) = &mut self.sign_in {
            change(sign_in);
        }
    }

    // Not inlined, so that it can be loaded later.
    #[inline(never)]
    pub(super) fn submit_token(&mut self) {
        let Some(sign_in) = &mut self.sign_in else { return };
        if let Some(token) = sign_in.token() {
            if sign_in.keep {
                self.keep(Some(token.clone()));
            }
            self.sign_in_with(token);
        }
    }

    /// Signs in with `token`. One request checks whether the server accepts it; no other request
    /// is made before its response.
    pub(super) fn sign_in_with(&mut self, token: Secret) {
        self.sign_in = None;
        self.effects.client.token = Some(token);
        self.token_since = self.effects.client.latest_number();
        if let Phase::Ready(workspace) = &mut self.phase {
            workspace.drop_waiting();
            workspace.check_token(&mut self.effects.client);
            self.token_check = Some(self.effects.client.latest_number());
        }
        self.watch();
    }

    /// Postpones an intent until a token is accepted, and opens the sign-in dialog if there is no
    /// token.
    pub(super) fn postpone(&mut self, intent: Intent) {
        if !self.is_signed_in() {
            self.sign_in = Some(SignIn::default());
        }
        // An accepted token is followed by a refresh in any case.
        self.postponed = Some(intent).filter(|intent| *intent != Intent::Refresh);
    }

    /// The server has not rejected the token: reads the regions and carries out the postponed
    /// intent.
    pub(super) fn accepted(&mut self, now: Timestamp) {
        let watching = self.watching();
        if let Phase::Ready(workspace) = &mut self.phase {
            workspace.watch_after_check(watching, &mut self.effects.client);
        }
        let (postponed, zone) = (self.postponed.take(), self.zone());
        if let (Some(intent), Phase::Ready(workspace)) = (postponed, &mut self.phase) {
            workspace.intended(intent, &zone, now, &mut self.effects);
        }
    }

    /// The server has rejected the token: signs in with the token of the link if there is one, and
    /// opens the sign-in dialog otherwise. Drafts are kept.
    pub(super) fn rejected(&mut self) {
        if !self.is_signed_in() {
            return;
        }
        match self.flags.take_link_token() {
            // The rejected token was stored earlier; the token of the link is newer.
            Some(token) => {
                self.keep(None);
                self.sign_in_with(token);
            }
            None => self.ask_for_token(SignIn::after_rejection()),
        }
    }

    // Not inlined, so that it can be loaded later.
    #[inline(never)]
    pub(super) fn sign_out(&mut self) {
        if let Phase::Ready(workspace) = &mut self.phase {
            workspace.forget();
            self.effects.client.abort_reads(|_| true);
        }
        self.flags.take_link_token();
        self.postponed = None;
        self.ask_for_token(SignIn::default());
    }

    fn ask_for_token(&mut self, sign_in: SignIn) {
        (self.effects.client.token, self.token_check) = (None, None);
        self.keep(None);
        self.sign_in = Some(sign_in);
        self.watch();
    }

    /// Stores a token for the browser's session, or removes the stored one.
    fn keep(&mut self, token: Option<Secret>) {
        if let Phase::Ready(workspace) = &self.phase {
            self.effects.push(Effect::Keep(workspace.server.mode, token));
        }
    }
}
