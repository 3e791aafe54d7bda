//! Parses the URL of an endpoint. It rejects a text that a URL parser would repair, and a host or port
//! that cannot exist. It does not decide which addresses may be dialled.

use reqwest::Url;

/// Parses a URL that the parser does not have to repair.
///
/// # Errors
/// The rule that `text` breaks.
pub(super) fn read(text: &str) -> Result<Url, String> {
    // The parser repairs these characters, but the URL that is dialled has to be the one configured.
    let repaired = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
    let after_scheme = text.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//"));
    let url = Url::parse(text).ok().filter(|_| !text.contains(repaired));
    let (Some(after_scheme), Some(url)) = (after_scheme, url) else {
        return Err("must be a valid URL".to_owned());
    };
    // The parser would use the first segment of the path as the host.
    if url.has_host() && after_scheme.starts_with('/') {
        return Err("must name a host".to_owned());
    }
    // The parser would remove an empty user.
    if after_scheme.starts_with('@') || after_scheme.starts_with(":@") {
        return Err("must be a valid URL".to_owned());
    }
    if url.port() == Some(0) {
        return Err(format!("must have a port from 1 to {}", u16::MAX));
    }
    url.domain().map_or(Ok(()), check_name)?;
    Ok(url)
}

/// Checks the length limits of a name: <https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4>.
fn check_name(name: &str) -> Result<(), String> {
    const NAME_LIMIT_BYTES: usize = 253;
    const LABEL_LIMIT_BYTES: usize = 63;
    // A fully qualified name may end with a dot.
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.len() > NAME_LIMIT_BYTES {
        return Err(format!("must have a host of at most {NAME_LIMIT_BYTES} bytes"));
    }
    if name.split('.').any(|label| label.is_empty() || label.len() > LABEL_LIMIT_BYTES) {
        return Err(format!("must have a host with labels of 1 to {LABEL_LIMIT_BYTES} bytes"));
    }
    Ok(())
}
