//! JSON through the browser's own parser and printer.

use js_sys::JSON;
use replay_core::wire::Json;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// The value that a text says, if it is JSON.
pub(crate) fn parse(text: &str) -> Option<Json> {
    serde_wasm_bindgen::from_value(JSON::parse(text).ok()?).ok()
}

/// A value as text.
pub(crate) fn print(json: &Json) -> Option<String> {
    let value: JsValue = json.serialize(&Serializer::json_compatible()).ok()?;
    JSON::stringify(&value).ok().map(Into::into)
}

#[cfg(test)]
mod tests;
