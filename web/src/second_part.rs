//! Waits for the second part of the page's program. The script beside the program loads it when somebody
//! uses the page; while the page is developed, the program is in one part.

use core::{cell::Cell, time::Duration};
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect, global};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use yew::platform::time::sleep;

/// Whether the second part is there. Clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecondPart(Rc<Cell<bool>>);

impl SecondPart {
    pub(crate) fn is_here(&self) -> bool {
        self.0.get()
    }

    /// Waits until it is there. Tries again if it cannot be loaded.
    pub(crate) async fn arrives(&self) {
        while let Some(loading) = load() {
            if JsFuture::from(loading).await.is_ok() {
                break;
            }
            sleep(RETRY_AFTER).await;
        }
        self.0.set(true);
    }
}

const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Asks the script to load it, if the program has two parts.
fn load() -> Option<Promise> {
    let load =
        Reflect::get(&global(), &"loadSecondPart".into()).ok()?.dyn_into::<Function>().ok()?;
    load.call0(&load).ok()?.dyn_into().ok()
}
