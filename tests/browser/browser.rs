//! One test's browser, from its start to the look at what it has logged: whatever a test does not
//! expect there, it fails by.

use core::{
    cell::RefCell,
    future::{Future, poll_fn},
    panic::AssertUnwindSafe,
    pin::pin,
    task::Poll,
    time::Duration,
};
use std::{
    panic::{catch_unwind, resume_unwind},
    thread::Result,
};

use serde_json::json;
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};

use crate::{
    driver::{Driver, Logged},
    host::Host,
};

/// A browser of a test's own.
pub(crate) struct Browser {
    pub(crate) driver: Driver,
    expected: RefCell<Vec<&'static str>>,
}

/// Each browser has several processes, and a test waits for what they do.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Does what a person does in a browser and at a server that are new, and sees to it that the
/// browser has logged nothing unexpected at the end.
pub(crate) async fn journey(goes: impl AsyncFnOnce(&Browser, &mut Host)) {
    let _turn = AT_ONCE.acquire().await.unwrap();
    let mut host = Host::start().await;
    let browser = Browser { driver: Driver::start().await, expected: RefCell::default() };
    browser.tell_violations().await;
    let mut ended = caught(goes(&browser, &mut host)).await;
    let seen = browser.text().await;
    if ended.is_ok() {
        ended = caught(browser.check_log()).await;
    }
    browser.driver.end().await;
    if let Err(panic) = ended {
        println!("at the end the page said:\n{seen}");
        resume_unwind(panic);
    }
}

impl Browser {
    /// From now on lines of the log that hold this are no surprise.
    pub(crate) fn expect(&self, words: &'static str) {
        self.expected.borrow_mut().push(words);
    }

    /// What was logged since the last time and nobody expected.
    pub(crate) async fn surprises(&self) -> Vec<Logged> {
        let mut log = self.driver.log().await;
        let expected = self.expected.borrow();
        log.retain(|line| {
            let grave = ["SEVERE", "WARNING"].contains(&line.level.as_str());
            grave && !expected.iter().any(|words| line.text.contains(words))
        });
        log
    }

    /// Has each breach of the policy logged, also one that a browser would keep to itself.
    async fn tell_violations(&self) {
        let listen = "addEventListener('securitypolicyviolation', event => \
                      console.error('violation', event.violatedDirective, event.blockedURI))";
        let script = json!({ "source": listen });
        self.driver.devtools("Page.addScriptToEvaluateOnNewDocument", script).await;
    }

    async fn check_log(&self) {
        let surprises = self.surprises().await;
        assert!(surprises.is_empty(), "the browser has logged {surprises:#?}");
    }
}

/// Looks again and again until there is something to see.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let seen = timeout(Duration::from_secs(40), looking).await;
    seen.unwrap_or_else(|_| panic!("this was not seen in time: {what}"))
}

/// What comes of it, or the panic it ends in.
async fn caught(work: impl Future<Output = ()>) -> Result<()> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(())) => Poll::Ready(Ok(())),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
