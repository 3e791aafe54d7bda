//! The built page in real Chromium under its real Content-Security-Policy, served by the real
//! program that delivers to real receivers: what a user does by mouse and keyboard, and what the
//! page shows.

#![cfg(test)]

mod appearance;
mod browser;
mod driver;
mod host;
mod interaction;
mod keyboard_input;
mod timeline_input;

mod all_regions;
mod gateway;
mod history;
mod job_control;
mod job_states;
mod kept_focus;
mod keyboard;
mod offline;
mod outage_states;
mod outages;
mod picker;
mod refusals;
mod replaying;
mod second_part;
mod setup;
mod setup_states;
mod signing_in;
mod states;
mod timeline;
mod timeline_zoom;
mod zones;
