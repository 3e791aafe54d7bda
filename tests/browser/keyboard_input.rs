//! Keyboard input: keys go to the focused element, and the focus is visible after each Tab.

use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use replay_tests::polling::until;
use serde::Deserialize;

use crate::browser::Browser;

/// The element that has the focus.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Focus {
    /// Its tag name.
    pub(crate) tag: String,
    /// Its accessible name.
    pub(crate) name: String,
    /// Whether the page shows that it has the focus.
    shown: bool,
}

impl Browser {
    /// Presses a key.
    pub(crate) async fn key(&self, key: Key) {
        self.press_keys(&[key.into()]).await;
    }

    /// Presses a key while another is held.
    pub(crate) async fn key_with(&self, held: Key, key: char) {
        self.press_keys(&[held.into(), key]).await;
    }

    /// Types a text, key by key.
    pub(crate) async fn type_in(&self, text: &str) {
        for key in text.chars() {
            self.press_keys(&[key]).await;
        }
    }

    /// Replaces the text of the focused field.
    pub(crate) async fn retype(&self, text: &str) {
        self.key_with(Key::Control, 'a').await;
        self.type_in(text).await;
    }

    /// Presses Tab until the element with that name has the focus, which must be visible at every
    /// step.
    pub(crate) async fn tab_to(&self, name: &str) {
        until("a drawn page", async || self.is_drawn().await.then_some(())).await;
        let mut passed = Vec::new();
        while passed.len() < 40 {
            self.key(Key::Tab).await;
            let focus = self.focused().await;
            // After the last element the focus goes to the browser.
            assert!(focus.shown || focus.tag == "body", "nothing shows the focus: {focus:?}");
            if focus.name == name {
                return;
            }
            passed.push(focus.name);
        }
        panic!("{name} is not reached by Tab, only {passed:?}");
    }

    /// The element that has the focus, which must not be the body.
    pub(crate) async fn focus(&self) -> Focus {
        let focus = self.focused().await;
        assert_ne!(focus.tag, "body", "the focus is lost");
        focus
    }

    /// Waits until the element whose name starts so has the focus.
    pub(crate) async fn wait_for_focus(&self, name: &str) {
        until(name, async || self.focused().await.name.starts_with(name).then_some(())).await;
    }

    async fn focused(&self) -> Focus {
        let script = "const active = document.activeElement;
            const outlined = element =>
                element !== null && getComputedStyle(element).outlineStyle !== 'none';
            const label = active.getAttribute('aria-label') ?? active.labels?.[0]?.innerText;
            return {
                tag: active.localName,
                name: (label ?? active.innerText).trim(),
                shown: [active, active.nextElementSibling].some(outlined),
            }";
        serde_json::from_value(self.script(script, &[]).await).unwrap()
    }

    /// Holds down one key after the other, then releases them.
    async fn press_keys(&self, keys: &[char]) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys {
            actions = actions.then(KeyAction::Down { value: *value });
        }
        for value in keys.iter().rev() {
            actions = actions.then(KeyAction::Up { value: *value });
        }
        self.driver.client.perform_actions(actions).await.unwrap();
    }
}
