//! Signing in and out: which token the requests carry, and what follows from its acceptance or
//! rejection. What may be a token is not decided here.

use replay_core::webhook::Secret;

use super::{Page, Phase};
use crate::{doors::Effect, sign_in::SignIn};

impl Page {
    /// Lets the desk watch while somebody looks who is signed in.
    pub(super) fn watch(&mut self) {
        if let Phase::Ready(desk) = &mut self.phase {
            desk.watch(self.visible && self.out.token.is_some(), &mut self.out);
        }
    }

    pub(super) fn with_sign_in(&mut self, change: impl FnOnce(&mut SignIn)) {
        if let Some(sign_in) = &mut self.sign_in {
            change(sign_in);
        }
    }

    pub(super) fn hand_in(&mut self) {
        let Some(sign_in) = &mut self.sign_in else { return };
        if let Some(token) = sign_in.token() {
            if sign_in.keep {
                self.keep(Some(token.clone()));
            }
            self.sign_in_with(token);
        }
    }

    fn sign_in_with(&mut self, token: Secret) {
        self.sign_in = None;
        self.out.token = Some(token);
        self.token_since = self.out.latest();
        self.watch();
    }

    /// The server does not know the token: whatever was typed elsewhere stays.
    pub(super) fn rejected(&mut self) {
        match (self.out.token.is_some(), self.opening.offered.take()) {
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
        if let Phase::Ready(desk) = &mut self.phase {
            desk.forget();
            self.out.abort_reads(|_| true);
        }
        self.opening.offered = None;
        self.ask_for_token(SignIn::default());
    }

    fn ask_for_token(&mut self, sign_in: SignIn) {
        self.out.token = None;
        self.keep(None);
        self.sign_in = Some(sign_in);
        self.watch();
    }

    /// Keeps a token for the browser's session, or none.
    fn keep(&mut self, token: Option<Secret>) {
        if let Phase::Ready(desk) = &self.phase {
            self.out.push(Effect::Keep(desk.server.mode, token));
        }
    }
}
