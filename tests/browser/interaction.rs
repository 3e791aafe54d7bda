//! A user's actions on the page and what they read there, by labels and visible text. Each call
//! waits until it is possible.

use core::time::Duration;

use fantoccini::{
    Locator,
    actions::{
        Actions, InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
    },
    elements::Element,
    error::CmdError,
};
use replay_tests::polling::until;
use serde_json::{Value, json};

use crate::browser::Browser;

impl Browser {
    /// Opens a URL.
    pub(crate) async fn open(&self, url: &str) {
        self.driver.client.goto(url).await.unwrap();
    }

    /// The current URL.
    pub(crate) async fn address(&self) -> String {
        self.driver.client.current_url().await.unwrap().to_string()
    }

    /// Runs a script with these arguments.
    pub(crate) async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.driver.client.execute(script, arguments.to_vec()).await.unwrap()
    }

    /// Whether the page's program has drawn the page.
    pub(crate) async fn is_drawn(&self) -> bool {
        self.script("return document.querySelector('[name=clocks]') !== null", &[]).await == true
    }

    /// The visible text of the page.
    pub(crate) async fn text(&self) -> String {
        let text = self.script("return document.body.innerText", &[]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page shows the text.
    pub(crate) async fn wait_for_text(&self, words: &str) {
        until(words, async || self.text().await.contains(words).then_some(())).await;
    }

    /// Waits until the page shows that a replay was accepted or is completed.
    pub(crate) async fn wait_for_accepted_replay(&self) {
        until("a replay that was sent", async || {
            let text = self.text().await;
            ["The replay was accepted", "Completed."]
                .iter()
                .any(|words| text.contains(words))
                .then_some(())
        })
        .await;
    }

    /// Waits until the page no longer shows the text.
    pub(crate) async fn wait_for_no_text(&self, words: &str) {
        until(words, async || (!self.text().await.contains(words)).then_some(())).await;
    }

    /// Waits until the current URL contains the text.
    pub(crate) async fn wait_for_address(&self, words: &str) {
        until(words, async || self.address().await.contains(words).then_some(())).await;
    }

    /// Clicks the button with that name, once it is enabled.
    pub(crate) async fn press(&self, name: &str) {
        let able = "not(@disabled or @aria-disabled)";
        self.click(&format!("//button[normalize-space()='{name}'][{able}]")).await;
    }

    /// Opens a tab of the page.
    pub(crate) async fn open_tab(&self, tab: &str) {
        self.click(&format!("//*[@role='tab'][normalize-space()='{tab}']")).await;
    }

    /// Opens a region.
    pub(crate) async fn open_region(&self, region: &str) {
        self.click(&region_link(region)).await;
    }

    /// Clicks the link of a region with this mouse button, and with the Control key if it is the left
    /// one; goes on in the tab that opens.
    pub(crate) async fn open_region_in_tab(&self, region: &str, button: u64) {
        let client = &self.driver.client;
        let known = client.windows().await.unwrap();
        let path = region_link(region);
        let link = client.find(Locator::XPath(&path)).await.unwrap();
        let pause = || KeyAction::Pause { duration: Duration::ZERO };
        let mut keys = KeyActions::new("keys".to_owned()).then(pause());
        if button == MOUSE_BUTTON_LEFT {
            keys = keys.then(KeyAction::Down { value: CONTROL }).then(pause()).then(pause());
            keys = keys.then(KeyAction::Up { value: CONTROL });
        }
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement { element: link, duration: None, x: 0.0, y: 0.0 })
            .then(PointerAction::Pause { duration: Duration::ZERO })
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        client.perform_actions(Actions::from(keys).and(mouse)).await.unwrap();
        let opened = until("another tab", async || {
            let windows = client.windows().await.unwrap();
            windows.into_iter().find(|window| !known.contains(window))
        });
        client.switch_to_window(opened.await).await.unwrap();
    }

    /// Clicks the label of a checkbox or radio button.
    pub(crate) async fn click_label(&self, label: &str) {
        self.click(&format!("//label[normalize-space()='{label}']")).await;
    }

    /// Selects an option.
    pub(crate) async fn choose(&self, label: &str, option: &str) {
        self.click(&format!("{}/option[normalize-space()='{option}']", field(label))).await;
    }

    /// Replaces the text of a field.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        const NULL: char = '\u{e000}';
        const DELETE: char = '\u{e017}';
        let keys = format!("{CONTROL}a{NULL}{DELETE}{text}");
        self.with_element(label, &field(label), async |field| field.send_keys(&keys).await).await;
    }

    /// The value of a field.
    pub(crate) async fn value(&self, label: &str) -> String {
        self.script_of_field(label, "return arguments[0].value").await
    }

    /// Waits until a field has this value.
    pub(crate) async fn wait_for_value(&self, label: &str, value: &str) {
        until(value, async || (self.value(label).await == value).then_some(())).await;
    }

    /// The placeholder of a field.
    pub(crate) async fn placeholder(&self, label: &str) -> String {
        self.script_of_field(label, "return arguments[0].placeholder").await
    }

    /// The description of a field: its faults and its hint.
    pub(crate) async fn field_description(&self, label: &str) -> String {
        let script = "const ids = arguments[0].getAttribute('aria-describedby').split(' ');
            return ids.map(id => document.getElementById(id)?.innerText ?? '').join(' ')";
        self.script_of_field(label, script).await
    }

    /// Waits until the field is marked invalid with this text.
    pub(crate) async fn wait_for_field_error(&self, label: &str, words: &str) {
        until(words, async || self.field_description(label).await.contains(words).then_some(()))
            .await;
        let invalid = "return arguments[0].getAttribute('aria-invalid')";
        assert_eq!(self.script_of_field(label, invalid).await, "true", "{label}");
    }

    /// The text of each cell of the table of jobs.
    pub(crate) async fn rows(&self) -> Vec<Vec<String>> {
        let script = "return [...document.querySelectorAll('tbody tr')]
            .map(row => [...row.cells].map(cell => cell.innerText))";
        serde_json::from_value(self.script(script, &[]).await).unwrap()
    }

    /// Waits until the first row of the table has that status.
    pub(crate) async fn wait_for_status(&self, status: &str) {
        until(status, async || {
            let rows = self.rows().await;
            rows.first().filter(|row| row[0].starts_with(status)).map(drop)
        })
        .await;
    }

    /// Waits for this heading.
    pub(crate) async fn wait_for_heading(&self, words: &str) {
        self.wait_for_element("//h2[@id='scope']", words).await;
    }

    /// Waits for this applied range.
    pub(crate) async fn wait_for_applied_range(&self, words: &str) {
        self.wait_for_element("//*[@id='applied']", words).await;
    }

    /// Opens the range picker at a tab.
    pub(crate) async fn open_picker(&self, tab: &str) {
        self.click("//button[@id='range'][@aria-expanded='false']").await;
        self.click_label(tab).await;
    }

    /// Drafts a preset in the range picker.
    pub(crate) async fn choose_range(&self, preset: &str) {
        self.open_picker("Relative").await;
        self.click_label(preset).await;
    }

    async fn wait_for_element(&self, path: &str, words: &str) {
        let path = format!("{path}[normalize-space()='{words}']");
        self.with_element(words, &path, async |_| Ok(())).await;
    }

    /// Waits until a region's link contains the text.
    pub(crate) async fn wait_for_region(&self, region: &str, words: &str) {
        let path = format!("{}[contains(.,'{words}')]", region_link(region));
        self.with_element(&format!("{region}: {words}"), &path, async |_| Ok(())).await;
    }

    /// Clicks the element at that `XPath`, once it can be clicked.
    pub(crate) async fn click(&self, path: &str) {
        self.with_element(path, path, async |element| element.click().await).await;
    }

    /// Clicks the element at that `XPath` twice in a row, once it is there.
    pub(crate) async fn double_click(&self, path: &str) {
        let element = self.with_element(path, path, async |element| Ok(element)).await;
        let actions = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        });
        let press = |actions: MouseActions| {
            let actions = actions.then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
            actions.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT })
        };
        self.driver.client.perform_actions(press(press(actions))).await.unwrap();
    }

    /// Touches the element at that `XPath`, once it is there.
    pub(crate) async fn touch(&self, path: &str) {
        let script = "arguments[0].scrollIntoView({ block: 'center' });
            const box = arguments[0].getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]";
        let client = &self.driver.client;
        let place = self
            .with_element(path, path, async |element| {
                client.execute(script, vec![json!(element)]).await
            })
            .await;
        let points = json!([{ "x": place[0], "y": place[1] }]);
        let start = json!({ "type": "touchStart", "touchPoints": points });
        self.driver.devtools("Input.dispatchTouchEvent", start).await;
        let end = json!({ "type": "touchEnd", "touchPoints": [] });
        self.driver.devtools("Input.dispatchTouchEvent", end).await;
    }

    /// Calls `act` for the elements at that `XPath` until it succeeds for one.
    pub(crate) async fn with_element<T>(
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

    async fn script_of_field(&self, label: &str, script: &str) -> String {
        let client = &self.driver.client;
        let value = self
            .with_element(label, &field(label), async |field| {
                client.execute(script, vec![json!(field)]).await
            })
            .await;
        value.as_str().unwrap_or_default().to_owned()
    }
}

/// The Control key.
const CONTROL: char = '\u{e009}';

/// The `XPath` of the field with that label, which is beside or around it.
fn field(label: &str) -> String {
    let label = format!("//label[normalize-space()='{label}']");
    format!("(//*[@id={label}/@for] | {label}//input)")
}

pub(crate) fn region_link(region: &str) -> String {
    format!("//nav[@aria-label='Regions']//a[starts-with(normalize-space(),'{region}')]")
}
