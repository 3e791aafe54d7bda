//! Where the focus goes if its element is removed: to the buttons of the same job, else to the content
//! of the page.

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
        // Not to one of the buttons: a second press of the Enter key would press it.
        if let Some(element) = self.job.clone().or_else(|| browser::element("panel")) {
            browser::focus_in_place(element);
        }
    }
}
