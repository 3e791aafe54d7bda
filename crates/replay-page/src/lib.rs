//! The page **Organization → Audit Logs Setup** as a value: a state that takes in messages and
//! requests effects, and a view of it. This crate performs no IO and has no clock; a shell carries
//! out the [`Effect`]s, passes in the [`Msg`]s and draws the [`View`].
//!
//! ```text
//!            Msg, now                     Effect
//!   shell ────────────▶ Page::update ────────────▶ shell
//!                            │
//!                            ▼ View::of(&page, now)
//! ```
//!
//! # Invariants
//!
//! - Every effect is answered by exactly one message. The response to an outdated read changes
//!   nothing; the response to a write is always taken in.
//! - While the page is visible and signed in, a job is read every few seconds until it is settled,
//!   and every few minutes from then on; a failed read is repeated. A hidden page reads only the jobs
//!   that are not settled.
//! - A replay that waits for the end of a job is sent at most once, and only after a read has shown
//!   that end.
//! - At rest, the page shows the server's state, or says why it may be outdated.
//! - A refusal or a missing response discards no input of the user.
//!
//! # Reading order
//!
//! 1. [`message`], [`intent`] and [`effect`]: inputs and outputs
//! 2. [`picker`]: choosing a range
//! 3. [`timeline`]: choosing a range on a picture of the retention; [`previews`]: its counts
//! 4. [`setup`]: the webhook form
//! 5. [`region_state`]: one region; [`workspace`]: a server's regions; [`page`]: server, session,
//!    address
//! 6. [`view`]: every word that is shown
#![no_std]

extern crate alloc;

pub mod address;
pub mod clock_correction;
pub mod clocks;
pub mod effect;
pub mod effects;
pub mod flags;
pub mod intent;
mod joined;
pub mod message;
pub mod page;
pub mod picker;
pub mod previews;
pub mod region_state;
pub mod setup;
pub mod sign_in;
pub mod timeline;
pub mod view;
mod words;
pub mod workspace;

pub use address::{Address, Tab};
pub use clocks::Clocks;
pub use effect::Effect;
pub use flags::Flags;
pub use intent::Intent;
pub use message::Msg;
pub use page::Page;
pub use picker::{Choice, Picker};
pub use view::View;
