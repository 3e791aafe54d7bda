//! Stores when each token was last used, at most once per minute and token, and in the background, so
//! that a read request does not wait for a write. It does not check whether a token is valid.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use time_range::Timestamp;

use crate::store::{Store, StoredToken};

/// The last uses that this process has stored.
#[derive(Debug, Default)]
pub struct TokenUses {
    /// By the id of the token.
    stored_at: Mutex<HashMap<String, Timestamp>>,
}

impl TokenUses {
    /// Stores in the background that the token was used at `now`, if a use is due. If that fails, the
    /// error is logged and the use is lost.
    pub fn note(&self, store: &Store, token: &StoredToken, now: Timestamp) {
        if !self.is_due(token, now) {
            return;
        }
        let (store, id) = (store.clone(), token.id.clone());
        tokio::spawn(async move {
            if let Err(error) = store.note_token_use(&id, now).await {
                tracing::warn!(%id, %error, "the last use of a token could not be stored");
            }
        });
    }

    /// Whether the use at `now` is due. If it is, the next one is due a minute later.
    fn is_due(&self, token: &StoredToken, now: Timestamp) -> bool {
        let mut stored_at = self.stored_at.lock().unwrap_or_else(PoisonError::into_inner);
        let last = stored_at.get(&token.id).copied().max(token.last_used_at);
        let due = last.is_none_or(|last| now - last >= INTERVAL);
        if due {
            stored_at.insert(token.id.clone(), now);
        }
        due
    }
}

/// The minimum time between two stored uses of a token.
const INTERVAL: TimeDelta = TimeDelta::minutes(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_use_of_a_token_is_stored_once_a_minute() {
        let uses = TokenUses::default();
        let [one, other] = ["one", "other"].map(|id| token(id, None));
        assert!(uses.is_due(&one, at(0)));
        assert!(uses.is_due(&other, at(59)));
        for (second, due) in [(0, false), (59, false), (60, true), (119, false), (120, true)] {
            assert_eq!(uses.is_due(&one, at(second)), due, "second {second}");
        }
    }

    #[test]
    fn a_use_that_another_process_has_stored_delays_the_next_one() {
        let token = token("one", Some(at(0)));
        assert!(!TokenUses::default().is_due(&token, at(59)));
        assert!(TokenUses::default().is_due(&token, at(60)));
    }

    fn token(id: &str, last_used_at: Option<Timestamp>) -> StoredToken {
        StoredToken {
            id: id.to_owned(),
            role: "read-only".to_owned(),
            regions: vec![],
            sha256: [0; 32],
            created_at: at(0),
            expires_at: None,
            last_used_at,
        }
    }

    fn at(second: i64) -> Timestamp {
        "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::seconds(second)
    }
}
