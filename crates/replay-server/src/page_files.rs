//! Serves the files of the built page: its document at the paths of the page, its assets, and the
//! security headers of both. It does not depend on what the page does.

mod document;

use std::{fs, io, path::Path};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    middleware::{self, Next},
    response::{Redirect, Response},
    routing::{any, get},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use replay_core::Refusal;
use replay_wire::ServerInfo;
use sha2::{Digest, Sha256};
use tower_http::services::ServeDir;

use document::Document;

use crate::response::{self, ApiError, not_found};

/// The files of a built page in a folder.
#[derive(Clone, Debug)]
pub struct PageFiles {
    document: Document,
    policy: HeaderValue,
    assets: ServeDir,
}

impl PageFiles {
    /// Opens the page in `folder`, for the server that `server` describes. The document, and the content
    /// security policy that allows its inline scripts and styles, are those that `index.html` has now:
    /// after a rebuild, the page has to be opened again.
    ///
    /// # Errors
    /// `index.html` cannot be read.
    pub fn open(folder: &Path, server: &ServerInfo) -> io::Result<Self> {
        let html = fs::read_to_string(folder.join("index.html"))?;
        let policy = content_security_policy(&html);
        let policy = HeaderValue::from_str(&policy).map_err(io::Error::other)?;
        let document = Document::new(&html, server)?;
        let assets = ServeDir::new(folder)
            .precompressed_br()
            .precompressed_gzip()
            .append_index_html_on_directories(false)
            .call_fallback_on_method_not_allowed(true);
        Ok(Self { document, policy, assets })
    }

    /// Serves the document at `/` and at the path of the page, and each asset at its own path. Any other path is a
    /// 404, never the document.
    pub fn router(self) -> Router {
        let (document, policy, assets) = (self.document, self.policy, self.assets);
        let document = get(async move |headers: HeaderMap| document.response(&headers));
        Router::new()
            .route("/", document.clone())
            .route(PAGE_PATH, document)
            .route(&format!("{PAGE_PATH}/"), any(redirect_without_slash))
            .fallback(move |request| asset(assets.clone(), request))
            .layer(middleware::from_fn(move |request, next| {
                add_headers(policy.clone(), request, next)
            }))
            .layer(middleware::from_fn(response::finalize))
    }
}

/// The path of the page in Konnect; the document is also at `/`.
const PAGE_PATH: &str = "/organization/audit-logs-setup";

/// Redirects to the path without the trailing slash, since the document's relative URLs need it.
async fn redirect_without_slash(uri: Uri) -> Redirect {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("{PAGE_PATH}{query}"))
}

/// The asset at the path of the request. A path that no file can have is a 404 too.
async fn asset(assets: ServeDir, request: Request) -> Result<Response, ApiError> {
    match assets.fallback(any(not_found)).try_call(request).await {
        Ok(response) => Ok(response.map(Body::new)),
        Err(error) if is_invalid_path(&error) => Err(Refusal::NotFound.into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a file could not be opened because its path is too long or contains NUL.
fn is_invalid_path(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput)
}

/// Adds the security headers, and the caching rules of a file that was found.
async fn add_headers(policy: HeaderValue, request: Request, next: Next) -> Response {
    let caching = if is_hashed(request.uri().path()) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status().is_redirection();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ] {
        headers.insert(name, value);
    }
    if found {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    }
    response
}

/// The content security policy of a document: it allows files of this server and, by their hashes, the
/// inline scripts and styles of the document.
fn content_security_policy(document: &str) -> String {
    let hashes =
        |tag| inline_texts(document, tag).map(|text| format!(" 'sha256-{}'", base64_sha256(text)));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{}; style-src 'self'{}; \
         connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hashes("script").collect::<String>(),
        hashes("style").collect::<String>(),
    )
}

/// The text of each `tag` element without a `src` attribute.
fn inline_texts<'a>(document: &'a str, tag: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let mut rest = document;
    core::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once(&open)?;
            let (attributes, after) = after.split_once('>')?;
            let (text, after) = after.split_once(&close)?;
            rest = after;
            if !attributes.contains(" src=") {
                return Some(text);
            }
        }
    })
}

fn base64_sha256(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// Whether the name of a file contains a hash of its content, like `name-0123456789abcdef.js`, so that
/// the content never changes. Trunk writes the hash without leading zeroes.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let words = stem.split(['-', '_']);
    words
        .skip(1)
        .any(|word| (12..=16).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests;
