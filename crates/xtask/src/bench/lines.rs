//! Audit log lines like those of Konnect: three kinds in CEF, with random signatures, ids, addresses and
//! paths, so that they compress like real ones. A line is a function of its set and its index.

use core::fmt::Write;

use chrono::SecondsFormat;

use super::{
    random::Random,
    spread::{Spread, write_ms},
};

/// A set of distinct lines.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// Sets with different seeds share no line.
    pub(super) seed: u64,
    /// The number of lines and their event times.
    pub(super) spread: Spread,
    /// Whether lines end in a signature, which Konnect writes where signing is configured.
    pub(super) signed: bool,
}

impl Lines {
    /// Appends the line with this index and its line feed.
    pub(super) fn write(&self, index: u64, out: &mut String) {
        let at = self.spread.event_ms(self.seed, index);
        let random = &mut Random::new(self.seed, index);
        let kind = random.below(10);
        let _ = write!(out, "{} konghq.com ", write_ms(at, SecondsFormat::Secs));
        match kind {
            0 => authentication(at, random, out),
            1..=4 => authorization(at, random, out),
            _ => access(at, random, out),
        }
        if self.signed {
            out.push_str(" sig=");
            signature(random, out);
        }
        out.push('\n');
    }
}

fn authentication(at: u64, random: &mut Random, out: &mut String) {
    let class = random.pick(&["BASIC", "PAT", "SPAT", "SSO"]);
    let (outcome, severity, success) = match random.below(20) {
        0 => ("INVALID_PASSWORD", 1, false),
        1 => ("TOKEN_EXPIRED", 1, false),
        _ => ("SUCCESS", 0, true),
    };
    let _ = write!(
        out,
        "CEF:0|KongInc|Konnect|1.0|AUTHENTICATION_TYPE_{class}|AUTHENTICATION_OUTCOME_{outcome}|\
         {severity}|rt={at} src={} request=/api/v1/authenticate success={success} org_id={ORG} \
         principal_id={} trace_id={} user_agent={}",
        address(random),
        principal(random),
        trace(random),
        random.pick(&BROWSERS),
    );
}

fn authorization(at: u64, random: &mut Random, out: &mut String) {
    let (severity, granted) = if random.below(20) == 0 { (6, false) } else { (1, true) };
    let resource = random.pick(&["control-planes", "api-products", "portals", "organization"]);
    let _ = write!(
        out,
        "CEF:0|KongInc|Konnect|1.0|konnect|Authz.{resource}|{severity}|rt={at} src={} action={} \
         granted={granted} org_id={ORG} principal_id={} trace_id={} user_agent=grpc-node-js/1.12.4",
        address(random),
        random.pick(&["list", "retrieve", "create", "edit", "delete"]),
        principal(random),
        trace(random),
    );
}

fn access(at: u64, random: &mut Random, out: &mut String) {
    let (status, severity) = match random.below(50) {
        0 => (401, 6),
        1 => (403, 6),
        2 => (500, 10),
        _ => (200, 1),
    };
    let entities = random.pick(&["services", "routes", "consumers", "plugins", "upstreams"]);
    let _ = write!(
        out,
        "CEF:0|KongInc|Konnect|1.0|KongGateway|Ingress|{severity}|rt={at} src={} \
         request=/konnect-api/api/core-entities/{entities}/{:012x} act={} \
         status={status} org_id={ORG} principal_id={} user_agent={} trace_id={} \
         query={{\"page\":\"{}\",\"size\":\"100\"}}",
        address(random),
        random.bits() >> 16,
        random.pick(&["GET", "GET", "GET", "POST", "PUT", "DELETE"]),
        principal(random),
        random.pick(&BROWSERS),
        trace(random),
        random.below(40),
    );
}

const ORG: &str = "777db3e4-5cb7-4dd5-b51c-9878096a6999";
const PRINCIPALS: u64 = 5_000;
const BROWSERS: [&str; 4] = [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "kongctl/1.14.0 (linux; amd64)",
    "terraform-provider-konnect/3.19.0 (speakeasy-sdk/terraform)",
];

fn principal(random: &mut Random) -> String {
    let mut one = Random::new(PRINCIPALS, random.below(PRINCIPALS));
    let (high, low) = (one.bits(), one.bits());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

fn address(random: &mut Random) -> String {
    let [a, b, c, d, ..] = random.bits().to_le_bytes();
    format!("{}.{b}.{c}.{d}", a % 223 + 1)
}

fn trace(random: &mut Random) -> u64 {
    1_000_000_000_000_000_000 + random.below(8_000_000_000_000_000_000)
}

/// 64 random bytes in base64url without padding: 86 characters, the last with 2 bits.
fn signature(random: &mut Random, out: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = 0;
    for position in 0..86 {
        if position % 10 == 0 {
            bits = random.bits();
        }
        let mask = if position == 85 { 0b11_0000 } else { 0b11_1111 };
        let index = usize::try_from(bits & mask).unwrap_or_default();
        out.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'A')));
        bits >>= 6;
    }
}

#[cfg(test)]
mod tests;
