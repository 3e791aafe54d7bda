//! The appearance of the page's states: accessibility rules and overflow, in light and dark, wide
//! and narrow. With `SHOTS=FOLDER`, a screenshot of each is saved.

use std::{env, fs, path::Path};

use replay_tests::polling::until;
use serde_json::json;

use crate::{
    browser::{Browser, journey},
    host::Host,
};

/// Checks a state of the page, which `reach` brings about in a new browser.
pub(crate) async fn state(name: &str, reach: impl AsyncFnOnce(&Browser, &mut Host)) {
    let shots = env::var_os("SHOTS");
    let narrow = if shots.is_some() { 360 } else { 320 };
    journey(async |browser, host| {
        reach(browser, host).await;
        for scheme in ["light", "dark"] {
            for (size, width) in [("wide", 1280), ("narrow", narrow)] {
                browser.emulate_media(&[("prefers-color-scheme", scheme)]).await;
                assert_fits(browser, width).await;
                let faults = browser.accessibility_violations().await;
                assert!(faults.is_empty(), "{size}, {scheme}: {faults:#?}");
                if let Some(folder) = &shots {
                    let path = Path::new(folder).join(format!("{name}-{size}-{scheme}.png"));
                    fs::write(path, browser.screenshot_of_page(width).await).unwrap();
                }
            }
        }
        // The narrowest page that draws the jobs as a table, and the narrowest with two columns.
        for width in [641, 961] {
            assert_fits(browser, width).await;
        }
    })
    .await;
}

async fn assert_fits(browser: &Browser, width: u64) {
    browser.resize(width, 900).await;
    let fits =
        browser.script("return document.documentElement.scrollWidth <= innerWidth", &[]).await;
    assert_eq!(fits, true, "the page overflows horizontally at {width} px");
}

#[tokio::test]
async fn the_checks_detect_an_accessibility_fault_and_a_policy_violation() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
        browser.script("document.documentElement.removeAttribute('lang')", &[]).await;
        let faults = browser.accessibility_violations().await;
        assert!(matches!(&faults[..], [one] if one.starts_with("html-has-lang")), "{faults:#?}");
        browser.script("document.body.setAttribute('style', 'color: red')", &[]).await;
        until("a violation", async || {
            let surprises = browser.unexpected_log().await;
            surprises.iter().any(|line| line.text.contains("violation")).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_fault_with_a_long_word_stays_within_a_narrow_page() {
    journey(async |browser, host| {
        browser.open(&host.link_at("from=whenever")).await;
        browser.wait_for_text("From: ").await;
        let lengthen = "document.querySelector('#understood').firstChild.data = 'x'.repeat(300)";
        browser.script(lengthen, &[]).await;
        assert_fits(browser, 320).await;
    })
    .await;
}

#[tokio::test]
async fn the_selected_region_has_enough_contrast_in_forced_colours() {
    journey(async |browser, host| {
        browser.open(&host.link()).await;
        browser.wait_for_status("No replay yet").await;
        browser.emulate_media(&[("forced-colors", "active")]).await;
        let contrast = "const luminance = colour => {
                const [red, green, blue] = colour.match(/[0-9.]+/g).map(value => value / 255)
                    .map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4);
                return .2126 * red + .7152 * green + .0722 * blue;
            };
            const link = document.querySelector('.regions [aria-current]');
            const ground = luminance(getComputedStyle(link).backgroundColor);
            return Math.min(...[...link.querySelectorAll('span')].map(text => {
                const own = luminance(getComputedStyle(text).color);
                return (Math.max(own, ground) + .05) / (Math.min(own, ground) + .05);
            }))";
        let contrast = browser.script(contrast, &[]).await.as_f64().unwrap();
        assert!(contrast >= 4.5, "{contrast}");
    })
    .await;
}

impl Browser {
    /// Emulates these media features, and no others.
    pub(crate) async fn emulate_media(&self, preferences: &[(&str, &str)]) {
        let feature = |(name, value): &(&str, &str)| json!({ "name": name, "value": value });
        let features: Vec<_> = preferences.iter().map(feature).collect();
        let media = json!({ "features": features });
        self.driver.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// Resizes the viewport.
    async fn resize(&self, width: u64, height: u64) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.driver.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Violations of accessibility rules: rule, element and summary.
    async fn accessibility_violations(&self) -> Vec<String> {
        const AXE: &str = include_str!("axe/axe.min.js");
        const RUN: &str = "const done = arguments[0];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            const describe = rule => rule.nodes.map(node =>
                `${rule.id} at ${node.target}: ${node.failureSummary} ${node.html}`);
            // Colours in transition have no contrast of their own.
            const ends = animation => animation.effect.getComputedTiming().endTime !== Infinity;
            document.getAnimations().filter(ends).forEach(animation => animation.finish());
            axe.run(document, { runOnly: tags, resultTypes: ['violations'] })
                .then(result => done(result.violations.flatMap(describe)));";
        if self.script("return window.axe === undefined", &[]).await == true {
            self.script(AXE, &[]).await;
        }
        let faults = self.driver.client.execute_async(RUN, Vec::new()).await.unwrap();
        serde_json::from_value(faults).unwrap()
    }

    /// A screenshot of the whole page.
    async fn screenshot_of_page(&self, width: u64) -> Vec<u8> {
        let height = self.script("return document.documentElement.scrollHeight", &[]).await;
        self.resize(width, height.as_u64().unwrap()).await;
        self.driver.client.screenshot().await.unwrap()
    }
}
