//! The page **Organization → Audit Logs Setup** as a value: what it knows, what it asks of the
//! world and what it shows. This crate performs no IO and has no clock; a shell carries out its
//! [`Effect`]s, tells it [`Msg`]s and draws its [`View`].
//!
//! ```text
//!            Msg, now                     Effect
//!   world ────────────▶ Page::update ────────────▶ world
//!                            │
//!                            ▼ View::of(&page, now)
//! ```
//!
//! # What it promises
//!
//! - Every effect is answered by exactly one message; an answer that was overtaken changes nothing,
//!   but the answer to a write is always heard.
//! - While the page is visible and signed in, a job is read every few seconds until it is settled,
//!   and every few minutes from then on; a failed read is tried again.
//! - At rest, what the page shows is so, or the page says why it may not be.
//! - What a person typed is lost neither to a refusal nor to a missing answer.
//!
//! # Reading order
//!
//! 1. [`doors`]: what goes in and out
//! 2. [`watch`] and [`tracker`]: reading and ordering a region's job
//! 3. [`picker`]: choosing a range
//! 4. [`setup`]: a webhook's form
//! 5. [`station`]: a region with both; [`desk`]: a server's regions; [`page`]: who is signed in, where
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
pub mod message;
pub mod page;
pub mod picker;
pub mod region_state;
pub mod setup;
pub mod sign_in;
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
pub use view::View;
