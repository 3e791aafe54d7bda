//! JSON through the browser's own parser and printer. Values are converted by hand: a general
//! converter brings the printing of floats with it, which is a twentieth of the page.

use js_sys::{Array, JSON, Number, Object};
use replay_core::wire::Json;
use wasm_bindgen::{JsCast, JsValue};

/// The value that a text says, if it is JSON.
pub(crate) fn parse(text: &str) -> Option<Json> {
    JSON::parse(text).ok().map(|value| read(&value))
}

/// A value as text.
pub(crate) fn print(json: &Json) -> Option<String> {
    JSON::stringify(&write(json)).ok().map(Into::into)
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

fn write(json: &Json) -> JsValue {
    match json {
        Json::Null => JsValue::NULL,
        Json::Bool(truth) => (*truth).into(),
        #[expect(clippy::cast_precision_loss, reason = "a number of the browser is a float")]
        Json::Integer(number) => (*number as f64).into(),
        Json::Float(number) => (*number).into(),
        Json::String(text) => text.into(),
        Json::Array(items) => items.iter().map(write).collect::<Array>().into(),
        Json::Object(fields) => {
            let entry = |(name, value): &(String, Json)| Array::of2(&name.into(), &write(value));
            let entries: Array = fields.iter().map(entry).collect();
            Object::from_entries(&entries).map_or(JsValue::NULL, Into::into)
        }
    }
}

#[cfg(test)]
mod tests;
