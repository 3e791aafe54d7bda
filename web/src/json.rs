//! JSON through the browser's own parser and printer. A parsed value is read by hand:
//! serde-wasm-bindgen's reader brings the printing of floats into its errors, and with it 10 KB into
//! the page. Its writer does not.

use js_sys::{Array, JSON, Number, Object};
use replay_wire::Json;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

/// The value that a text says, if it is JSON.
pub(crate) fn parse(text: &str) -> Option<Json> {
    JSON::parse(text).ok().map(|value| read(&value))
}

/// A value as text.
pub(crate) fn print(json: &Json) -> Option<String> {
    let value = json.serialize(&Serializer::json_compatible()).ok()?;
    JSON::stringify(&value).ok().map(Into::into)
}

/// A value that the browser's parser has made.
fn read(value: &JsValue) -> Json {
    if let Some(truth) = value.as_bool() {
        Json::Bool(truth)
    } else if let Some(number) = value.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "a safe integer fits")]
        let whole = number as i64;
        if Number::is_safe_integer(value) { Json::Integer(whole) } else { Json::Float(number) }
    } else if let Some(text) = value.as_string() {
        Json::String(text)
    } else if let Some(items) = value.dyn_ref::<Array>() {
        Json::Array(items.iter().map(|item| read(&item)).collect())
    } else if let Some(object) = value.dyn_ref::<Object>() {
        let (names, values) = (Object::keys(object), Object::values(object));
        let fields = names.iter().zip(values.iter());
        let fields = fields.filter_map(|(name, value)| Some((name.as_string()?, read(&value))));
        Json::Object(fields.collect())
    } else {
        Json::Null
    }
}

#[cfg(test)]
mod tests;
