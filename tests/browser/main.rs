//! The real page in real Chromium under its real policy, served by the real program and sending to
//! real receivers: what a person does, by mouse and by keyboard, and what is shown to them.

#![cfg(test)]

mod browser;
mod driver;
mod host;
mod keys;
mod look;
mod person;

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
