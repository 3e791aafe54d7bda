//! A person with a keyboard and no mouse: keys go where the focus is, and after each of them it is
//! seen where that is.

use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use serde::Deserialize;

use crate::browser::Browser;

/// What has the keyboard's focus.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Focus {
    /// Its element.
    pub(crate) tag: String,
    /// What it is called.
    pub(crate) name: String,
    /// Whether anything on the screen shows that it has the focus.
    shown: bool,
}

impl Browser {
    /// Presses a key.
    pub(crate) async fn key(&self, key: Key) {
        self.strike(&[key.into()]).await;
    }

    /// Presses a key while another is held.
    pub(crate) async fn chord(&self, held: Key, key: char) {
        self.strike(&[held.into(), key]).await;
    }

    /// Types a text, key by key.
    pub(crate) async fn type_in(&self, text: &str) {
        for key in text.chars() {
            self.strike(&[key]).await;
        }
    }

    /// Types a text in place of the field's.
    pub(crate) async fn retype(&self, text: &str) {
        self.chord(Key::Control, 'a').await;
        self.type_in(text).await;
    }

    /// Presses Tab until that has the focus, which is seen wherever it goes on the way.
    pub(crate) async fn tab_to(&self, name: &str) {
        let mut passed = Vec::new();
        while passed.len() < 40 {
            self.key(Key::Tab).await;
            let focus = self.focused().await;
            // Beyond the last is the browser itself.
            assert!(focus.shown || focus.tag == "body", "nothing shows the focus: {focus:?}");
            if focus.name == name {
                return;
            }
            passed.push(focus.name);
        }
        panic!("{name} is not reached by Tab, only {passed:?}");
    }

    /// What has the focus; it is never lost.
    pub(crate) async fn focus(&self) -> Focus {
        let focus = self.focused().await;
        assert_ne!(focus.tag, "body", "the focus is lost");
        focus
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

    /// Holds down one key after the other, then lets go of them.
    async fn strike(&self, keys: &[char]) {
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
