//! The document of the page with the server's description in it, so that the page needs no request to
//! know its server: made and compressed once, and not sent again to a client that has it.

use std::io::{self, Write};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use brotli::{CompressorWriter, enc::BrotliEncoderParams};
use flate2::{Compression, write::GzEncoder};
use replay_wire::{ServerInfo, write_server};
use sha2::{Digest, Sha256};

/// The document in every encoding, the smallest first.
#[derive(Clone, Debug)]
pub(super) struct Document([Form; 3]);

/// The document in one encoding.
#[derive(Clone, Debug)]
struct Form {
    /// The name in `Content-Encoding`; `None` if it is not compressed.
    encoding: Option<&'static str>,
    etag: HeaderValue,
    body: Bytes,
}

impl Document {
    /// The document `html` with the description of `server` in it.
    ///
    /// # Errors
    /// It cannot be compressed.
    pub(super) fn new(html: &str, server: &ServerInfo) -> io::Result<Self> {
        let text = with_description(html, server)?.into_bytes();
        Ok(Self([
            Form::new(Some("br"), brotli(&text)?)?,
            Form::new(Some("gzip"), gzip(&text)?)?,
            Form::new(None, text)?,
        ]))
    }

    /// The response to a request with these headers: the document in the smallest accepted encoding,
    /// or 304 if the client has it.
    pub(super) fn response(&self, request: &HeaderMap) -> Response {
        let [.., plain] = &self.0;
        let accepted = |form: &&Form| form.encoding.is_none_or(|name| accepts(request, name));
        let form = self.0.iter().find(accepted).unwrap_or(plain);
        let is_known = has_tag(request, &form.etag);
        let mut response =
            Response::new(if is_known { Body::empty() } else { form.body.clone().into() });
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(header::ETAG, form.etag.clone());
        if !is_known {
            headers
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            if let Some(encoding) = form.encoding {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
        }
        response
    }
}

impl Form {
    fn new(encoding: Option<&'static str>, body: Vec<u8>) -> io::Result<Self> {
        let digest = STANDARD.encode(Sha256::digest(&body));
        let etag = HeaderValue::from_str(&format!("\"{digest}\"")).map_err(io::Error::other)?;
        Ok(Self { encoding, etag, body: body.into() })
    }
}

/// Adds the description as a data block, which no browser executes, so that the content security
/// policy need not name it.
fn with_description(html: &str, server: &ServerInfo) -> io::Result<String> {
    let block = data_block(&serde_json::to_string(&write_server(server))?);
    let place = html.find("</head>").unwrap_or(html.len());
    let (before, after) = html.split_at(place);
    Ok([before, &block, after].concat())
}

/// The data block of a JSON text. A `<` in it could end the block.
fn data_block(json: &str) -> String {
    let json = json.replace('<', "\\u003c");
    format!("<script type=\"application/json\" id=\"server\">{json}</script>")
}

/// Whether `Accept-Encoding` names the encoding, and not with the weight 0.
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    list(request, header::ACCEPT_ENCODING).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(encoding) && weight != Some(Ok(0.0))
    })
}

/// Whether `If-None-Match` has the tag.
fn has_tag(request: &HeaderMap, etag: &HeaderValue) -> bool {
    list(request, header::IF_NONE_MATCH)
        .map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
        .any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes())
}

/// The items of a header that is a list.
fn list(request: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let values = request.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut form = Vec::new();
    let params = BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    CompressorWriter::with_params(&mut form, 4096, &params).write_all(bytes)?;
    Ok(form)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_data_block_ends_it() {
        let block = data_block(r#"{"a":"</script><!--"}"#);
        assert!(block.contains(r#">{"a":"\u003c/script>\u003c!--"}<"#), "{block}");
    }
}
