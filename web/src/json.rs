//! Parses and prints JSON with the browser. Parsed values are converted without serde-wasm-bindgen:
//! the error messages of its deserializer print floats, which adds 10 KB to the page. Its serializer
//! does not.

use js_sys::{Array, JSON, Number, Object};
use replay_wire::Json;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

/// Parses a text; `None` if it is not JSON.
pub(crate) fn parse(text: &str) -> Option<Json> {
    JSON::parse(text).ok().map(|value| read(&value))
}

/// Prints a value; `None` if the browser cannot.
pub(crate) fn print(json: &Json) -> Option<String> {
    let value = json.serialize(&Serializer::json_compatible()).ok()?;
    JSON::stringify(&value).ok().map(Into::into)
}

/// Converts a value of the browser's parser.
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
