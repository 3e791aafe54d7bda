//! Signing in and out: which token the requests carry, and what follows from its acceptance or
//! rejection. What may be a token is not decided here.

use replay_core::webhook::Secret;
use time_range::Timestamp;

use super::{Page, Phase};
use crate::{effect::Effect, sign_in::SignIn};

impl Page {
    /// Whether the server has accepted the token that requests carry.
    pub(super) const fn is_accepted(&self) -> bool {
        self.effects.client.token.is_some() && self.deciding.is_none()
    }

    /// Lets the desk watch while the page is visible and the token accepted.
    pub(super) fn watch(&mut self) {
        let watching = self.visible && self.is_accepted();
        if let Phase::Ready(workspace) = &mut self.phase {
            workspace.watch(watching, &mut self.effects.client);
        }
    }

    pub(super) fn with_sign_in(&mut self, change: impl FnOnce(&mut SignIn)) {
        if let Some(sign_in) = &mut self.sign_in {
            change(sign_in);
        }
    }

    pub(super) fn submit_token(&mut self) {
        let Some(sign_in) = &mut self.sign_in else { return };
        if let Some(token) = sign_in.token() {
            if sign_in.keep {
                self.keep(Some(token.clone()));
            }
            self.sign_in_with(token);
        }
    }

    /// Signs in with `token`. One request tells whether the server accepts it; no other is made
    /// until that was answered.
    pub(super) fn sign_in_with(&mut self, token: Secret) {
        self.sign_in = None;
        self.effects.client.token = Some(token);
        self.token_since = self.effects.client.latest_number();
        if let Phase::Ready(workspace) = &mut self.phase {
            workspace.check_token(&mut self.effects.client);
            self.deciding = Some(self.effects.client.latest_number());
        }
        self.watch();
    }

    /// The server has not rejected the token: the page reads the rest and does what was wanted
    /// before the sign-in.
    pub(super) fn accepted(&mut self, now: Timestamp) {
        self.watch();
        let (wanted, zone) = (self.wanted.take(), self.zone());
        if let (Some(intent), Phase::Ready(workspace)) = (wanted, &mut self.phase) {
            workspace.intended(intent, &zone, now, &mut self.effects);
        }
    }

    /// The server does not know the token: whatever was typed elsewhere stays.
    pub(super) fn rejected(&mut self) {
        match (self.effects.client.token.is_some(), self.flags.offered.take()) {
            (false, _) => {}
            (true, None) => self.ask_for_token(SignIn::after_rejection()),
            // One that was kept has grown old, and this one came with the address.
            (true, Some(offered)) => {
                self.keep(None);
                self.sign_in_with(offered);
            }
        }
    }

    pub(super) fn sign_out(&mut self) {
        if let Phase::Ready(workspace) = &mut self.phase {
            workspace.forget();
            self.effects.client.abort_reads(|_| true);
        }
        (self.flags.offered, self.wanted) = (None, None);
        self.ask_for_token(SignIn::default());
    }

    fn ask_for_token(&mut self, sign_in: SignIn) {
        (self.effects.client.token, self.deciding) = (None, None);
        self.keep(None);
        self.sign_in = Some(sign_in);
        self.watch();
    }

    /// Keeps a token for the browser's session, or none.
    fn keep(&mut self, token: Option<Secret>) {
        if let Phase::Ready(workspace) = &self.phase {
            self.effects.push(Effect::Keep(workspace.server.mode, token));
        }
    }
}
