//! The real page in real Chromium under its real policy, served by the real program and sending to
//! real receivers: what a person does, by mouse and by keyboard, and what is shown to them.

#![cfg(test)]

// What the faults are told with.
#[expect(dead_code, reason = "the faults use the rest")]
#[path = "../it/faults/api.rs"]
mod api;
#[expect(dead_code, reason = "the faults use the rest")]
#[path = "../it/faults/lines.rs"]
mod lines;
#[expect(dead_code, reason = "the faults use the rest")]
#[path = "../it/faults/process.rs"]
mod process;
#[expect(dead_code, reason = "the faults use the rest")]
#[path = "../it/faults/receiver.rs"]
mod receiver;
#[expect(dead_code, reason = "the faults use the rest")]
#[path = "../it/faults/say.rs"]
mod say;

// What the tests are told with.
mod browser;
mod driver;
mod host;
mod keys;
mod look;
mod person;

// The tests.
mod cut;
mod gateway;
mod history;
mod keyboard;
mod many;
mod refusals;
mod replaying;
mod setup;
mod signing_in;
mod states;
mod zones;
