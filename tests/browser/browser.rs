//! The browser of one test, from its start to the check of its console log: an unexpected warning
//! or error fails the test.

use core::{
    cell::RefCell,
    future::{Future, poll_fn},
    panic::AssertUnwindSafe,
    pin::pin,
    task::Poll,
};
use std::{
    panic::{catch_unwind, resume_unwind},
    thread::Result,
};

use serde_json::json;
use tokio::sync::Semaphore;

use crate::{
    driver::{Driver, Logged},
    host::Host,
};

/// A browser that only one test uses.
pub(crate) struct Browser {
    pub(crate) driver: Driver,
    expected: RefCell<Vec<&'static str>>,
}

/// Each browser has several processes, and tests wait for them.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Runs a test with a new browser and a new server, and asserts that the browser has logged nothing
/// unexpected.
pub(crate) async fn journey(goes: impl AsyncFnOnce(&Browser, &mut Host)) {
    let _turn = AT_ONCE.acquire().await.unwrap();
    let mut host = Host::start().await;
    let browser = Browser { driver: Driver::start().await, expected: RefCell::default() };
    browser.log_policy_violations().await;
    let mut ended = caught(goes(&browser, &mut host)).await;
    let seen = browser.text().await;
    if ended.is_ok() {
        ended = caught(browser.check_log()).await;
    }
    browser.driver.end().await;
    if let Err(panic) = ended {
        println!("the page at the end of the test:\n{seen}");
        resume_unwind(panic);
    }
}

impl Browser {
    /// Expects warnings and errors with this text from now on.
    pub(crate) fn expect_log(&self, words: &'static str) {
        self.expected.borrow_mut().push(words);
    }

    /// The unexpected warnings and errors since the last call.
    pub(crate) async fn unexpected_log(&self) -> Vec<Logged> {
        let mut log = self.driver.log().await;
        let expected = self.expected.borrow();
        log.retain(|line| {
            let grave = ["SEVERE", "WARNING"].contains(&line.level.as_str());
            grave && !expected.iter().any(|words| line.text.contains(words))
        });
        log
    }

    /// Logs each violation of the Content-Security-Policy, also those that the browser does not log
    /// itself.
    async fn log_policy_violations(&self) {
        let listen = "addEventListener('securitypolicyviolation', event => \
                      console.error('violation', event.violatedDirective, event.blockedURI))";
        let script = json!({ "source": listen });
        self.driver.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
    }

    async fn check_log(&self) {
        let surprises = self.unexpected_log().await;
        assert!(surprises.is_empty(), "the browser has logged {surprises:#?}");
    }
}

/// Runs the future and catches its panic.
async fn caught(work: impl Future<Output = ()>) -> Result<()> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(())) => Poll::Ready(Ok(())),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
