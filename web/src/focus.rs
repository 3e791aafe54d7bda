//! Where the focus goes if its element is removed: to a button of the same job, else to the content of
//! the page.

use web_sys::Element;

use crate::browser;

/// The element that has the focus before a drawing.
pub(crate) struct Focus {
    element: Element,
    /// The buttons of the job that the element acts on.
    job: Option<Element>,
}

/// The buttons that act on a job.
const JOB: &str = ":is(.job, .status) .buttons";

/// The id of the element around the outages. What is done about one submits a job.
pub(crate) const OUTAGES: &str = "outages";

impl Focus {
    /// The focus as it is.
    pub(crate) fn now() -> Option<Self> {
        let element = browser::focused()?;
        let job = if browser::is_inside(&element, OUTAGES) {
            browser::found(JOB)
        } else {
            element.closest(JOB).ok().flatten()
        };
        Some(Self { element, job })
    }

    /// Moves the focus if it was lost since.
    pub(crate) fn restore(&self) {
        if !browser::is_lost(&self.element) {
            return;
        }
        // The last one cancels a job that is under way, and sends one again that has ended.
        let button =
            self.job.as_ref().and_then(|job| job.query_selector("button:last-of-type").ok()?);
        if let Some(element) = button.or_else(|| browser::element("panel")) {
            browser::focus_in_place(element);
        }
    }
}
