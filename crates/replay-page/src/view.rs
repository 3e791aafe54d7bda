//! Everything the page shows, as values: texts, buttons with their messages, and why a button is
//! disabled. The shell draws it and adds no texts of its own.

mod context;
pub mod labels;
mod mutation;
mod parts;
mod question;
mod regions;
mod replay;
mod session;
mod setup;

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use replay_client::RequestError;
use replay_core::Scope;
use time_range::{Context, Timestamp};

use self::{
    labels::HEADING,
    session::{account, clocks, dialog},
};
pub use self::{
    parts::{Action, Field, Input, Link, Notice, Pick, Readiness, Time},
    question::Question,
    regions::{DeliveredShare, NotSetUp, RegionLink, RegionProgress},
    replay::{
        Bar, BarRow, CalendarDay, CalendarGrid, Custom, Detail, History, JobStep, Mark, MarkKind,
        Offer, PastJob, Popover, Progress, RangeGroup, RangeInput, RangeOption, RangePicker, Rate,
        Replay, Row, Selection, Slider, Speed, StepState, Summary, Tick, Timeline, Understood,
    },
    session::{Account, Dialog},
    setup::{FormatChoice, SetupForm},
};
pub use crate::words::{Badge, Tone};
use crate::{
    address::Tab,
    intent::Intent,
    message::Msg,
    page::{Page, Phase},
    region_state::RegionState,
    words,
    workspace::Workspace,
};

/// What the page shows at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The document's title.
    pub title: String,
    /// The text that a screen reader announces.
    pub announcement: String,
    /// The role, and the button to sign in or out; `None` until the server is known.
    pub account: Option<Account>,
    /// The choice of clocks.
    pub clocks: Vec<Pick>,
    /// Whether leaving the page would lose something: changes of a form, or a replay that waits.
    pub unsaved: bool,
    /// The main content.
    pub body: Body,
    /// The confirmation before a replay is sent to all regions, if it is open.
    pub question: Option<Question>,
    /// The sign-in dialog, if it is open.
    pub dialog: Option<Dialog>,
}

/// The main content.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The description of the server is being read.
    Waiting,
    /// The description of the server could not be read.
    Unreachable(Box<Notice>),
    /// The regions.
    Open(Box<Open>),
}

/// The list of regions, and the content of those in view.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Every region; the last one is all regions, if there are several.
    pub regions: Vec<RegionLink>,
    /// What is to be known of the page itself.
    pub notices: Vec<Notice>,
    /// The name of the region in view.
    pub heading: String,
    /// The tabs of the region in view.
    pub tabs: Vec<Pick>,
    /// The content of the tab in view.
    pub panel: Panel,
}

/// The content of a tab.
#[derive(Clone, Debug, PartialEq)]
pub enum Panel {
    /// Nothing was read: a text in place of the content, and notices.
    Unread(&'static str, Vec<Notice>),
    /// The webhook form.
    Setup(Box<SetupForm>),
    /// The range and the jobs.
    Replay(Box<Replay>),
}

impl View {
    /// The view of the page at the time `browser_now` of the browser's clock.
    #[must_use]
    pub fn of(page: &Page, browser_now: Timestamp) -> Self {
        let (now, zone) = (page.correction.now(browser_now), page.zone());
        let context = Context { zone: &zone, now };
        let workspace =
            if let Phase::Ready(workspace) = &page.phase { Some(&**workspace) } else { None };
        Self {
            title: workspace.map_or_else(|| HEADING.to_string(), title),
            announcement: workspace
                .map(|workspace| workspace.announcement.clone())
                .unwrap_or_default(),
            account: workspace.map(|workspace| account(page, workspace)),
            clocks: clocks(page),
            unsaved: workspace.is_some_and(Workspace::is_unsaved),
            body: match &page.phase {
                Phase::ReadingServer { server, .. } => match server.request_error() {
                    None => Body::Waiting,
                    Some(request_error) => Body::Unreachable(Box::new(Notice {
                        tone: Tone::Bad,
                        text: unreachable(request_error),
                        action: Some(
                            Action::intent("Try again", Intent::Refresh)
                                .busy_if(server.is_loading()),
                        ),
                    })),
                },
                Phase::Ready(workspace) => Body::Open(Box::new(open(workspace, context))),
            },
            question: workspace
                .filter(|workspace| workspace.confirming)
                .map(|workspace| question::question(workspace, context)),
            dialog: workspace.and_then(|workspace| Some(dialog(page.sign_in.as_ref()?, workspace))),
        }
    }
}

fn title(workspace: &Workspace) -> String {
    let region_state = workspace.region_state();
    let is_paused = region_state.is_some_and(|one| one.is_paused() == Some(true));
    let job = region_state.and_then(RegionState::job);
    let job = job.map(|job| {
        let Badge { tone, mut word } = words::status(&job.status, job.reason.as_ref());
        if is_paused {
            word = "Paused".to_string();
        }
        words::sign(tone).to_string() + &word + " – "
    });
    let job = job.unwrap_or_default();
    format!("{job}{} – {HEADING}", heading(workspace))
}

fn unreachable(request_error: &RequestError) -> String {
    match request_error {
        RequestError::Transport(_) => {
            "The server of this page cannot be reached. It is tried again every few seconds."
                .to_string()
        }
        RequestError::Refused { .. } | RequestError::Unreadable => {
            "The server of this page does not say what it is. It is asked again every few seconds."
                .to_string()
        }
    }
}

fn open(workspace: &Workspace, context: Context<'_>) -> Open {
    let to_tab = |tab: Tab| Pick {
        label: match tab {
            Tab::Setup => "Setup",
            Tab::Replay => "Replay",
        }
        .to_string(),
        id: tab.as_str(),
        current: tab == workspace.tab(),
        msg: Msg::Intended(Intent::Turn(tab)),
    };
    let tabs = Tab::ALL
        .into_iter()
        .filter(|tab| workspace.region_state().is_some() || *tab == workspace.tab());
    Open {
        regions: regions::regions(workspace, context),
        notices: workspace
            .not_loaded
            .then(|| notice(Tone::Bad, words::NOT_LOADED.to_string()))
            .into_iter()
            .collect(),
        heading: heading(workspace).to_string(),
        tabs: tabs.map(to_tab).collect(),
        panel: match workspace.region_state().filter(|_| workspace.tab() == Tab::Setup) {
            _ if !workspace.may_read() => {
                Panel::Unread("", vec![notice(Tone::Bad, words::UNREADABLE.to_string())])
            }
            _ if let Err(label) = &workspace.scope => {
                Panel::Unread("", vec![notice(Tone::Warning, words::unknown_region(label))])
            }
            Some(region_state) => setup::panel(workspace, region_state, context),
            None => Panel::Replay(Box::new(replay::view(workspace, context))),
        },
    }
}

fn notice(tone: Tone, text: String) -> Notice {
    Notice { tone, text, action: None }
}

fn heading(workspace: &Workspace) -> &str {
    workspace.scope.as_ref().map_or("No region", scope_name)
}

fn scope_name(scope: &Scope) -> &str {
    match scope {
        Scope::One(region) => region.name(),
        Scope::Global => "All regions",
    }
}
