//! The question before a replay is sent to all regions: what is sent, to which regions, and which
//! are left out and why.

use alloc::{format, string::String, vec::Vec};

use replay_core::{Region, Zone};

use super::Action;
use crate::{desk::Desk, doors::Wish, station::Station, words};

/// The question before a replay is sent to all regions.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is sent, and to which regions.
    pub text: String,
    /// Which regions are left out, by the reason.
    pub left_out: Vec<String>,
    /// Sends.
    pub send: Action,
    /// Leaves the question.
    pub cancel: Action,
}

pub(super) fn question(desk: &Desk, zone: &Zone) -> Question {
    let recipients = desk.recipients();
    let names: Vec<_> = recipients.iter().map(Region::name).collect();
    let (denied, disabled): (Vec<_>, Vec<_>) = desk
        .in_view()
        .filter(|station| !recipients.contains(&station.region))
        .partition(|station| !desk.may_change(&station.region));
    Question {
        text: format!(
            "Send the replay of {} to {} region{}: {}?",
            words::range(&desk.picker.applied(), zone),
            names.len(),
            if names.len() == 1 { "" } else { "s" },
            names.join(", ")
        ),
        left_out: [
            left_out("they have no enabled webhook", &disabled),
            left_out("the token's role cannot change anything there", &denied),
        ]
        .into_iter()
        .flatten()
        .collect(),
        send: Action::wish("Send", Wish::ConfirmSend),
        cancel: Action::wish("Cancel", Wish::DismissSend),
    }
}

fn left_out(why: &str, stations: &[&Station]) -> Option<String> {
    let names: Vec<_> = stations.iter().map(|station| station.region.name()).collect();
    (!names.is_empty()).then(|| format!("Left out, since {why}: {}.", names.join(", ")))
}
