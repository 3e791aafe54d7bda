//! What a person does to a page and what they find there, by the words they know it by. Whoever
//! does not find it yet looks again, for a while.

use fantoccini::{Locator, elements::Element, error::CmdError};
use serde_json::{Value, json};

use crate::browser::{Browser, until};

impl Browser {
    /// Opens an address.
    pub(crate) async fn open(&self, url: &str) {
        self.driver.client.goto(url).await.unwrap();
    }

    /// The address that is shown.
    pub(crate) async fn address(&self) -> String {
        self.driver.client.current_url().await.unwrap().to_string()
    }

    /// Runs a script, with its arguments.
    pub(crate) async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.driver.client.execute(script, arguments.to_vec()).await.unwrap()
    }

    /// All that can be read.
    pub(crate) async fn text(&self) -> String {
        let text = self.script("return document.body.innerText", &[]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until that can be read.
    pub(crate) async fn sees(&self, words: &str) {
        until(words, async || self.text().await.contains(words).then_some(())).await;
    }

    /// Waits until a replay was accepted, which is said until it has ended, or has completed.
    pub(crate) async fn sees_sent(&self) {
        until("a replay that was sent", async || {
            let text = self.text().await;
            ["The replay was accepted", "Completed."]
                .iter()
                .any(|words| text.contains(words))
                .then_some(())
        })
        .await;
    }

    /// Waits until that can no longer be read.
    pub(crate) async fn sees_no(&self, words: &str) {
        until(words, async || (!self.text().await.contains(words)).then_some(())).await;
    }

    /// Waits until the address that is shown holds that.
    pub(crate) async fn sees_at(&self, words: &str) {
        until(words, async || self.address().await.contains(words).then_some(())).await;
    }

    /// Presses the button of that name, once it can be pressed.
    pub(crate) async fn press(&self, name: &str) {
        let able = "not(@disabled or @aria-disabled)";
        self.click(&format!("//button[normalize-space()='{name}'][{able}]")).await;
    }

    /// Turns to a tab.
    pub(crate) async fn turn_to(&self, tab: &str) {
        self.click(&format!("//*[@role='tab'][normalize-space()='{tab}']")).await;
    }

    /// Looks at a region.
    pub(crate) async fn look_at(&self, region: &str) {
        self.click(&region_link(region)).await;
    }

    /// Ticks, unticks or chooses what has that label.
    pub(crate) async fn tick(&self, label: &str) {
        self.click(&format!("//label[normalize-space()='{label}']")).await;
    }

    /// Chooses an option.
    pub(crate) async fn choose(&self, label: &str, option: &str) {
        self.click(&format!("{}/option[normalize-space()='{option}']", field(label))).await;
    }

    /// Types this in place of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        const CONTROL: char = '\u{e009}';
        const NULL: char = '\u{e000}';
        const DELETE: char = '\u{e017}';
        let keys = format!("{CONTROL}a{NULL}{DELETE}{text}");
        self.does(label, &field(label), async |field| field.send_keys(&keys).await).await;
    }

    /// What stands in a field.
    pub(crate) async fn value(&self, label: &str) -> String {
        self.of_field(label, "return arguments[0].value").await
    }

    /// What stands in a field while nothing is typed there.
    pub(crate) async fn hint_in(&self, label: &str) -> String {
        self.of_field(label, "return arguments[0].placeholder").await
    }

    /// What is said beside a field, besides its label: what is wrong with it, and its hint.
    pub(crate) async fn beside(&self, label: &str) -> String {
        let script = "const ids = arguments[0].getAttribute('aria-describedby').split(' ');
            return ids.map(id => document.getElementById(id)?.innerText ?? '').join(' ')";
        self.of_field(label, script).await
    }

    /// Waits until that is said beside a field, which is marked as wrong.
    pub(crate) async fn sees_beside(&self, label: &str, words: &str) {
        until(words, async || self.beside(label).await.contains(words).then_some(())).await;
        let invalid = "return arguments[0].getAttribute('aria-invalid')";
        assert_eq!(self.of_field(label, invalid).await, "true", "{label}");
    }

    /// The rows of the table of jobs, each with the text of its cells.
    pub(crate) async fn rows(&self) -> Vec<Vec<String>> {
        let script = "return [...document.querySelectorAll('tbody tr')]
            .map(row => [...row.cells].map(cell => cell.innerText))";
        serde_json::from_value(self.script(script, &[]).await).unwrap()
    }

    /// Waits until the only row of the table has that status.
    pub(crate) async fn sees_status(&self, status: &str) {
        until(status, async || {
            let rows = self.rows().await;
            rows.first().filter(|row| row[0].starts_with(status)).map(drop)
        })
        .await;
    }

    /// Waits until that is what the page is about.
    pub(crate) async fn sees_heading(&self, words: &str) {
        self.sees_in("//h2[@id='scope']", words).await;
    }

    /// Waits until that is the applied range.
    pub(crate) async fn sees_applied(&self, words: &str) {
        self.sees_in("//output", words).await;
    }

    async fn sees_in(&self, path: &str, words: &str) {
        let path = format!("{path}[normalize-space()='{words}']");
        self.does(words, &path, async |_| Ok(())).await;
    }

    /// What a region's link says.
    pub(crate) async fn region(&self, region: &str) -> String {
        self.does(region, &region_link(region), async |link| link.text().await).await
    }

    /// Clicks what is found there, once it can be clicked.
    pub(crate) async fn click(&self, path: &str) {
        self.does(path, path, async |element| element.click().await).await;
    }

    /// Does something with the first element there with which it can be done.
    pub(crate) async fn does<T>(
        &self,
        what: &str,
        path: &str,
        act: impl AsyncFn(Element) -> Result<T, CmdError>,
    ) -> T {
        until(what, async || {
            for element in self.driver.client.find_all(Locator::XPath(path)).await.unwrap() {
                if let Ok(done) = act(element).await {
                    return Some(done);
                }
            }
            None
        })
        .await
    }

    async fn of_field(&self, label: &str, script: &str) -> String {
        let client = &self.driver.client;
        let value = self
            .does(label, &field(label), async |field| {
                client.execute(script, vec![json!(field)]).await
            })
            .await;
        value.as_str().unwrap_or_default().to_owned()
    }
}

/// The field of that label, which is beside it or around it.
fn field(label: &str) -> String {
    let label = format!("//label[normalize-space()='{label}']");
    format!("(//*[@id={label}/@for] | {label}//input)")
}

pub(crate) fn region_link(region: &str) -> String {
    format!("//nav[@aria-label='Regions']//a[starts-with(normalize-space(),'{region}')]")
}
