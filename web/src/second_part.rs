//! The second part of the page's program. The script beside the program loads it on the first use of the
//! page. A page that `trunk serve` has built is in one part.

use core::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect, global};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::browser;

/// Whether the second part is there. Clones share the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecondPart(Rc<Cell<bool>>);

impl SecondPart {
    pub(crate) fn is_here(&self) -> bool {
        self.0.get()
    }

    /// Loads it if it is not there; returns whether it is. The page is marked as busy meanwhile.
    pub(crate) async fn load(&self) -> bool {
        let page = browser::element("page");
        if let Some(page) = &page {
            let _ = page.set_attribute("aria-busy", "true");
        }
        let is_loaded = match request() {
            Some(loading) => JsFuture::from(loading).await.is_ok(),
            None => true,
        };
        if let Some(page) = &page {
            let _ = page.remove_attribute("aria-busy");
        }
        self.0.set(is_loaded);
        is_loaded
    }
}

/// Asks the script for it, if the program has two parts.
fn request() -> Option<Promise> {
    let load =
        Reflect::get(&global(), &"loadSecondPart".into()).ok()?.dyn_into::<Function>().ok()?;
    load.call0(&load).ok()?.dyn_into().ok()
}
