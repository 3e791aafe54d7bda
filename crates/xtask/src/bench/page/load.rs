//! One load of a page without a cache: when it is painted, and when it is usable.

use core::time::Duration;
use std::{thread, time::Instant};

use serde_json::{Value, json};

use super::chromium::Chromium;
use crate::Failure;

/// A page.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub(super) url: String,
    /// The expression that is true once the page is usable.
    pub(super) usable: String,
}

/// Times in milliseconds since the navigation began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Times {
    pub(super) painted: f64,
    pub(super) usable: f64,
}

/// The network and the processor of a load.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Network {
    Loopback,
    Slow4g,
}

/// Whether there is an enabled button Send Replay.
pub(super) const SEND_BUTTON: &str = "[...document.querySelectorAll('button')].some(button => \
    button.textContent.trim() === 'Send Replay' && !button.disabled \
    && button.getAttribute('aria-disabled') !== 'true')";

/// How long a page may take.
const LIMIT: Duration = Duration::from_mins(1);

/// How often the browser is asked whether the page is usable; the time itself is the page's own.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether there is an element with this CSS selector.
pub(super) fn selector(selector: &str) -> String {
    format!("document.querySelector({}) !== null", Value::from(selector))
}

impl Network {
    /// The networks in the order in which they are measured.
    pub(super) const ALL: [Self; 2] = [Self::Loopback, Self::Slow4g];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Slow4g => "slow 4G and 4× CPU",
        }
    }

    /// The most of the comparator's time until our page is usable.
    pub(super) const fn usable_bar(self) -> f64 {
        match self {
            Self::Loopback => 0.8,
            Self::Slow4g => 0.7,
        }
    }

    fn emulate(self, chromium: &mut Chromium) -> Result<(), Failure> {
        let is_slow = self == Self::Slow4g;
        let rate = |bits_per_second: i64| if is_slow { bits_per_second / 8 } else { -1 };
        let conditions = json!({
            "offline": false,
            "latency": if is_slow { 150 } else { 0 },
            "downloadThroughput": rate(1_600_000),
            "uploadThroughput": rate(750_000),
        });
        chromium.devtools("Network.enable", &json!({}))?;
        chromium.devtools("Network.emulateNetworkConditions", &conditions)?;
        let rate = if is_slow { 4 } else { 1 };
        chromium.devtools("Emulation.setCPUThrottlingRate", &json!({ "rate": rate }))?;
        Ok(())
    }
}

impl Load {
    /// Loads the page once.
    ///
    /// # Errors
    /// The browser does not answer, or the page is not usable in time.
    pub(super) fn measure(
        &self,
        chromium: &mut Chromium,
        network: Network,
    ) -> Result<Times, Failure> {
        chromium.open("about:blank")?;
        network.emulate(chromium)?;
        chromium.devtools("Network.clearBrowserCache", &json!({}))?;
        let watch = json!({ "source": watch(&self.usable) });
        let watch = chromium.devtools("Page.addScriptToEvaluateOnNewDocument", &watch)?;
        chromium.open(&self.url)?;
        let times = wait(chromium, &self.url);
        chromium.devtools(
            "Page.removeScriptToEvaluateOnNewDocument",
            &json!({ "identifier": watch["identifier"] }),
        )?;
        times
    }
}

/// A script that notes when the expression becomes true, checked after each change of the document.
fn watch(usable: &str) -> String {
    format!(
        "new MutationObserver((_, observer) => {{
            if ({usable}) {{
                window.usableAt = performance.now();
                observer.disconnect();
            }}
        }}).observe(document, {{ attributes: true, childList: true, subtree: true }});"
    )
}

fn wait(chromium: &mut Chromium, url: &str) -> Result<Times, Failure> {
    let times = "const [paint] = performance.getEntriesByName('first-contentful-paint');
                 return [paint ? paint.startTime : null, window.usableAt ?? null]";
    let began = Instant::now();
    while began.elapsed() < LIMIT {
        // While a document is replaced, there is none for a script.
        if let Ok(read) = chromium.script(times)
            && let (Some(painted), Some(usable)) = (read[0].as_f64(), read[1].as_f64())
        {
            return Ok(Times { painted, usable });
        }
        thread::sleep(PAUSE);
    }
    let address = url.split('#').next().unwrap_or_default();
    Err(format!("{address} is not usable after a minute").into())
}

/// The median of each time.
pub(super) fn median(times: &[Times]) -> Times {
    let middle = |time: fn(&Times) -> f64| {
        let mut sorted: Vec<_> = times.iter().map(time).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    };
    Times { painted: middle(|times| times.painted), usable: middle(|times| times.usable) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_each_time_is_its_own() {
        let times = |painted, usable| Times { painted, usable };
        let all = [times(3.0, 10.0), times(1.0, 30.0), times(2.0, 20.0)];
        assert_eq!(median(&all), times(2.0, 20.0));
    }

    #[test]
    fn a_selector_is_quoted() {
        assert_eq!(selector("[a=\"b\"]"), r#"document.querySelector("[a=\"b\"]") !== null"#);
    }
}
