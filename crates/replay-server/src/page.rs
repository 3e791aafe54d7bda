//! The built page: its one document at the page's own addresses, its assets as they lie in the
//! folder, and the headers that keep anything else out. It knows nothing of what the page does.

use std::{fs, io, path::Path};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, Uri, header},
    middleware::{self, Next},
    response::{Redirect, Response},
    routing::{any, get_service},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use mime::TEXT_HTML_UTF_8;
use replay_core::Refusal;
use sha2::{Digest, Sha256};
use tower_http::services::{ServeDir, ServeFile};

use crate::response::{self, ApiError, not_found};

/// A folder that holds a built page.
#[derive(Clone, Debug)]
pub struct Page {
    document: ServeFile,
    policy: HeaderValue,
    assets: ServeDir,
}

impl Page {
    /// The page in `folder`, whose inline scripts and styles are those of this moment.
    ///
    /// # Errors
    /// When there is no readable `index.html` in it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let document = folder.join("index.html");
        let policy = policy(&fs::read_to_string(&document)?);
        let policy = HeaderValue::from_str(&policy).map_err(io::Error::other)?;
        let document = ServeFile::new_with_mime(document, &TEXT_HTML_UTF_8)
            .precompressed_br()
            .precompressed_gzip();
        let assets = ServeDir::new(folder)
            .precompressed_br()
            .precompressed_gzip()
            .append_index_html_on_directories(false)
            .call_fallback_on_method_not_allowed(true);
        Ok(Self { document, policy, assets })
    }

    /// The page's addresses, and below them its assets; what is neither is a 404, never the page.
    pub fn router(self) -> Router {
        let (document, policy, assets) = (self.document, self.policy, self.assets);
        let show = get_service(document);
        Router::new()
            .route("/", show.clone())
            .route(PAGE_PATH, show)
            .route(&format!("{PAGE_PATH}/"), any(without_slash))
            .fallback(move |request| asset(assets.clone(), request))
            .layer(middleware::from_fn(move |request, next| guarded(policy.clone(), request, next)))
            .layer(middleware::from_fn(response::finalize))
    }
}

/// Where the page is, besides `/`.
const PAGE_PATH: &str = "/organization/audit-logs-setup";

/// Leads from the page's path with a slash to the one without, which relative addresses need.
async fn without_slash(uri: Uri) -> Redirect {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("{PAGE_PATH}{query}"))
}

/// The asset at the request's path; a path that cannot name a file is a 404 as well.
async fn asset(assets: ServeDir, request: Request) -> Result<Response, ApiError> {
    match assets.fallback(any(not_found)).try_call(request).await {
        Ok(response) => Ok(response.map(Body::new)),
        Err(error) if names_no_file(&error) => Err(Refusal::NotFound.into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether a path is too long, or has a NUL in it.
fn names_no_file(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput)
}

/// Adds what a browser has to know of a document and of an asset.
async fn guarded(policy: HeaderValue, request: Request, next: Next) -> Response {
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

/// Nothing but this server's own files, and the inline parts that the document had when it was
/// built.
fn policy(document: &str) -> String {
    let hashes = |tag| inline(document, tag).map(|part| format!(" 'sha256-{}'", digest(part)));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{}; style-src 'self'{}; \
         connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hashes("script").collect::<String>(),
        hashes("style").collect::<String>(),
    )
}

/// The text of each element of that name which has its text in the document.
fn inline<'a>(document: &'a str, tag: &str) -> impl Iterator<Item = &'a str> {
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

fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// Whether a file's name says what is in it, so that it never changes: `name-0123456789abcdef.js`,
/// or a little less, since Trunk prints the number without leading zeroes.
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
