//! A region's webhook as the page sees it: what is saved, how it is, and the form that changes it.
//! A field that nobody touched follows what is saved and is never sent.

use alloc::string::String;

use replay_core::{
    Region,
    region::Resource,
    webhook::{Attempt, LogFormat, Typed},
    wire::{
        HealthReport, Reported, WebhookChange, WebhookReport, read_health, read_test, read_webhook,
        write_patch,
    },
};

use crate::{
    doors::{Answer, Method, NoAnswer, Of, Outbox, Ticket},
    watch::{Trouble, Watch, granted},
};

/// What is known of a region's webhook, and what is drafted, saved and tested of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    region: Region,
    webhook: Watch<WebhookReport>,
    health: Watch<HealthReport>,
    draft: Draft,
    saving: Option<Ticket>,
    saved: Option<Result<(), Trouble>>,
    testing: Option<Ticket>,
    tested: Option<Result<Attempt, Trouble>>,
    /// Whether a secret was saved from here: no answer says whether there is one.
    secret_saved: bool,
}

/// The fields that were touched.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Draft {
    endpoint: Option<String>,
    authorization: Option<Typed>,
    log_format: Option<LogFormat>,
    skip_ssl_verification: Option<bool>,
    enabled: Option<bool>,
}

/// A field was given this value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Edit {
    /// The address.
    Endpoint(String),
    /// The value of the `Authorization` header; empty leaves what is saved.
    Authorization(Typed),
    /// The format.
    LogFormat(LogFormat),
    /// Whether any certificate will do.
    SkipSslVerification(bool),
    /// Whether lines are sent.
    Enabled(bool),
}

impl Setup {
    /// The webhook of a region of which nothing is known yet.
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self {
            region,
            webhook: Watch::new(),
            health: Watch::new(),
            draft: Draft::default(),
            saving: None,
            saved: None,
            testing: None,
            tested: None,
            secret_saved: false,
        }
    }

    /// What is saved.
    #[must_use]
    pub const fn webhook(&self) -> &Watch<WebhookReport> {
        &self.webhook
    }

    /// How it is.
    #[must_use]
    pub const fn health(&self) -> &Watch<HealthReport> {
        &self.health
    }

    /// Whether lines are sent to it, as far as is known.
    #[must_use]
    pub fn is_enabled(&self) -> Option<bool> {
        let saved = self.webhook.known().map(|webhook| webhook.enabled);
        saved.or_else(|| self.health.known().map(|health| health.enabled))
    }

    /// Whether the form says something that is not saved.
    #[must_use]
    pub fn is_drafted(&self) -> bool {
        self.change() != WebhookChange::default()
    }

    /// Whether a change is on its way.
    #[must_use]
    pub const fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    /// How the latest change ended.
    #[must_use]
    pub const fn saved(&self) -> Option<&Result<(), Trouble>> {
        self.saved.as_ref()
    }

    /// Whether a test is on its way.
    #[must_use]
    pub const fn is_testing(&self) -> bool {
        self.testing.is_some()
    }

    /// How the latest test ended.
    #[must_use]
    pub const fn tested(&self) -> Option<&Result<Attempt, Trouble>> {
        self.tested.as_ref()
    }

    /// Whether a secret was saved from here.
    #[must_use]
    pub const fn secret_saved(&self) -> bool {
        self.secret_saved
    }

    /// The form's fields as they stand.
    #[must_use]
    pub fn form(&self) -> WebhookReport {
        let mut form = self.webhook.known().cloned().unwrap_or(WebhookReport::UNCONFIGURED);
        let draft = self.draft.clone();
        form.endpoint = draft.endpoint.or(form.endpoint);
        form.log_format = draft.log_format.map_or(form.log_format, Reported::Known);
        form.skip_ssl_verification =
            draft.skip_ssl_verification.unwrap_or(form.skip_ssl_verification);
        form.enabled = draft.enabled.unwrap_or(form.enabled);
        form
    }

    /// The secret as far as it is typed.
    #[must_use]
    pub fn authorization(&self) -> Typed {
        self.draft.authorization.clone().unwrap_or_default()
    }

    /// Takes note of an edit.
    pub fn edit(&mut self, edit: Edit) {
        self.forgive(edit.field());
        match edit {
            Edit::Endpoint(endpoint) => self.draft.endpoint = Some(endpoint),
            Edit::Authorization(typed) => self.draft.authorization = Some(typed),
            Edit::LogFormat(format) => self.draft.log_format = Some(format),
            Edit::SkipSslVerification(skip) => self.draft.skip_ssl_verification = Some(skip),
            Edit::Enabled(enabled) => self.draft.enabled = Some(enabled),
        }
    }

    /// Puts the form back to what is saved.
    pub fn revert(&mut self) {
        self.draft = Draft::default();
        self.saved = None;
    }

    /// Reads how the webhook is, and what is saved where somebody looks at that.
    pub fn refresh(&mut self, closely: bool, out: &mut Outbox) {
        let path = self.region.path(Resource::WebhookStatus);
        self.health.ask(out.fetch(self.of(), Method::Get, path, None));
        if closely {
            self.read(out);
        }
    }

    /// Saves what was touched, unless that is on its way.
    pub fn save(&mut self, out: &mut Outbox) {
        if self.is_saving() || !self.is_drafted() {
            return;
        }
        let (path, body) = (self.region.path(Resource::Webhook), write_patch(&self.change()));
        self.saving = Some(out.fetch(self.of(), Method::Patch, path, Some(body)));
        (self.saved, self.tested) = (None, None);
    }

    /// Asks for a test delivery to what is saved, unless one is on its way.
    pub fn test(&mut self, out: &mut Outbox) {
        if !self.is_testing() {
            let path = self.region.path(Resource::WebhookTest);
            self.testing = Some(out.fetch(self.of(), Method::Post, path, None));
            self.tested = None;
        }
    }

    /// Takes in an answer; one to nothing that is waited for is stale.
    pub fn answered(
        &mut self,
        ticket: &Ticket,
        answer: &Result<Answer, NoAnswer>,
        out: &mut Outbox,
    ) {
        if self.saving.take_if(|saving| saving == ticket).is_some() {
            self.save_answered(granted(answer, read_webhook), out);
        } else if self.testing.take_if(|testing| testing == ticket).is_some() {
            self.tested = Some(granted(answer, read_test));
            self.refresh(false, out);
        } else if !self.health.answered(ticket, answer, read_health) {
            self.webhook.answered(ticket, answer, read_webhook);
        }
    }

    fn save_answered(&mut self, result: Result<WebhookReport, Trouble>, out: &mut Outbox) {
        self.saved = Some(match result {
            Ok(webhook) => {
                self.secret_saved |= self.change().authorization.is_some();
                self.draft = Draft::default();
                self.webhook.learn(webhook);
                Ok(())
            }
            Err(trouble) => {
                self.read(out);
                Err(trouble)
            }
        });
        self.refresh(false, out);
    }

    /// A field that is edited is no longer the one that was saved or refused.
    fn forgive(&mut self, field: &str) {
        let over = match &mut self.saved {
            Some(Ok(())) => true,
            Some(Err(Trouble::Refused(400, problem))) => {
                problem.invalid_parameters.retain(|(name, _)| name != field);
                problem.invalid_parameters.is_empty()
            }
            Some(Err(_)) | None => false,
        };
        if over {
            self.saved = None;
        }
    }

    /// What of the draft differs from what is saved.
    fn change(&self) -> WebhookChange {
        let saved = self.webhook.known().cloned().unwrap_or(WebhookReport::UNCONFIGURED);
        let draft = self.draft.clone();
        let differs = |format: &LogFormat| saved.log_format.known() != Some(*format);
        WebhookChange {
            endpoint: draft.endpoint.filter(|endpoint| {
                endpoint.as_str() != saved.endpoint.as_deref().unwrap_or_default()
            }),
            authorization: draft.authorization.filter(|typed| !typed.0.is_empty()),
            enabled: draft.enabled.filter(|enabled| *enabled != saved.enabled),
            log_format: draft.log_format.filter(differs),
            skip_ssl_verification: draft
                .skip_ssl_verification
                .filter(|skip| *skip != saved.skip_ssl_verification),
        }
    }

    fn read(&mut self, out: &mut Outbox) {
        let path = self.region.path(Resource::Webhook);
        self.webhook.ask(out.fetch(self.of(), Method::Get, path, None));
    }

    fn of(&self) -> Of {
        Of::Webhook(self.region.clone())
    }
}

impl Edit {
    /// The field as the API calls it.
    const fn field(&self) -> &'static str {
        match self {
            Self::Endpoint(_) => "endpoint",
            Self::Authorization(_) => "authorization",
            Self::LogFormat(_) => "log_format",
            Self::SkipSslVerification(_) => "skip_ssl_verification",
            Self::Enabled(_) => "enabled",
        }
    }
}
