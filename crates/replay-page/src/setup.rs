//! A region's webhook as the page sees it: what is saved, how it is, and the form that changes it.
//! A field that nobody touched follows what is saved and is never sent.

mod draft;

use chrono::TimeDelta;
use replay_client::{
    ClientEffects, Method, Remote, RequestError, RequestId, RequestOwner, Response, TransportError,
    read_response,
};
use replay_core::{
    Region,
    region::Resource,
    webhook::{Attempt, Typed},
};
use replay_wire::{
    HealthReport, WebhookChange, WebhookReport, read_health, read_test, read_webhook, write_patch,
};

pub use self::draft::{Edit, WebhookDraft};

/// What is known of a region's webhook, and what is drafted, saved and tested of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    region: Region,
    webhook: Remote<WebhookReport>,
    health: Remote<HealthReport>,
    draft: WebhookDraft,
    /// The change that is on its way, as it was drafted then.
    saving: Option<(RequestId, WebhookDraft)>,
    saved: Option<Result<(), RequestError>>,
    /// The wait until it is no longer announced that the latest change was saved.
    announcing: Option<RequestId>,
    testing: Option<RequestId>,
    tested: Option<Result<Attempt, RequestError>>,
    /// Whether a secret was saved from here: no answer says whether there is one.
    secret_saved: bool,
}

/// The fields by the API's names, in the form's order. The elements have these ids.
const FIELDS: [&str; 5] =
    ["endpoint", "authorization", "log_format", "skip_ssl_verification", "enabled"];

impl Setup {
    /// How long it is announced that a change was saved.
    const ANNOUNCEMENT: TimeDelta = TimeDelta::seconds(10);

    /// The webhook of a region of which nothing is known yet.
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self {
            region,
            webhook: Remote::new(),
            health: Remote::new(),
            draft: WebhookDraft::default(),
            saving: None,
            saved: None,
            announcing: None,
            testing: None,
            tested: None,
            secret_saved: false,
        }
    }

    /// What is saved.
    #[must_use]
    pub const fn webhook(&self) -> &Remote<WebhookReport> {
        &self.webhook
    }

    /// How it is.
    #[must_use]
    pub const fn health(&self) -> &Remote<HealthReport> {
        &self.health
    }

    /// Whether lines are sent to it, as far as is known.
    #[must_use]
    pub fn is_enabled(&self) -> Option<bool> {
        // The health is read more often than the webhook.
        let health = self.health.known().map(|health| health.enabled);
        health.or_else(|| self.webhook.known().map(|webhook| webhook.enabled))
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
    pub const fn saved(&self) -> Option<&Result<(), RequestError>> {
        self.saved.as_ref()
    }

    /// Whether a test is on its way.
    #[must_use]
    pub const fn is_testing(&self) -> bool {
        self.testing.is_some()
    }

    /// How the latest test ended.
    #[must_use]
    pub const fn tested(&self) -> Option<&Result<Attempt, RequestError>> {
        self.tested.as_ref()
    }

    /// Whether a secret was saved from here.
    #[must_use]
    pub const fn secret_saved(&self) -> bool {
        self.secret_saved
    }

    /// The form's fields as they stand, once it is known what is saved.
    #[must_use]
    pub fn form(&self) -> Option<WebhookReport> {
        Some(self.draft.over(self.webhook.known()?))
    }

    /// The secret as far as it is typed.
    #[must_use]
    pub fn authorization(&self) -> Typed {
        self.draft.authorization()
    }

    /// Whether the saved authorization is to be removed.
    #[must_use]
    pub fn removes_authorization(&self) -> bool {
        self.draft.removes_authorization()
    }

    /// Takes note of an edit.
    pub fn edit(&mut self, edit: Edit) {
        self.clear_refusal(edit.field());
        self.draft.edit(edit);
    }

    /// Puts the form back to what is saved.
    pub fn revert(&mut self) {
        self.draft = WebhookDraft::default();
        self.saved = None;
    }

    /// Reads how the webhook is, and what is saved where somebody looks at that.
    pub fn refresh(&mut self, closely: bool, effects: &mut ClientEffects) {
        let path = self.region.path(Resource::WebhookStatus);
        self.health.start_read(effects.fetch(self.owner(), Method::Get, path, None));
        if closely {
            self.read(effects);
        }
    }

    /// Saves what was touched, unless that is on its way.
    pub fn save(&mut self, effects: &mut ClientEffects) {
        if self.is_saving() || !self.is_drafted() {
            return;
        }
        let (path, body) = (self.region.path(Resource::Webhook), write_patch(&self.change()));
        let request_id = effects.fetch(self.owner(), Method::Patch, path, Some(body));
        self.saving = Some((request_id, self.draft.clone()));
        (self.saved, self.tested) = (None, None);
    }

    /// Asks for a test delivery to what is saved, unless one is on its way.
    pub fn test(&mut self, effects: &mut ClientEffects) {
        if !self.is_testing() {
            let path = self.region.path(Resource::WebhookTest);
            self.testing = Some(effects.fetch(self.owner(), Method::Post, path, None));
            self.tested = None;
        }
    }

    /// Takes note that time has passed.
    pub fn elapsed(&mut self, request_id: &RequestId) {
        if self.announcing.take_if(|wait| wait == request_id).is_some() {
            self.forget_success();
        }
    }

    /// Forgets that the latest change was saved; that it was not is kept.
    pub fn forget_success(&mut self) {
        self.saved.take_if(|saved| saved.is_ok());
    }

    /// Takes in an answer; one to nothing that is waited for is stale. Returns the first field of
    /// the form that a refused change names.
    pub fn response_received(
        &mut self,
        request_id: &RequestId,
        answer: &Result<Response, TransportError>,
        effects: &mut ClientEffects,
    ) -> Option<&'static str> {
        if let Some((_, sent)) = self.saving.take_if(|(saving, _)| saving == request_id) {
            self.save_answered(&sent, read_response(answer, read_webhook), effects);
            return self.first_fault();
        } else if self.testing.take_if(|testing| testing == request_id).is_some() {
            self.tested = Some(read_response(answer, read_test));
            self.refresh(false, effects);
        } else if !self.health.response_received(request_id, answer, read_health) {
            self.webhook.response_received(request_id, answer, read_webhook);
        }
        None
    }

    fn save_answered(
        &mut self,
        sent: &WebhookDraft,
        result: Result<WebhookReport, RequestError>,
        effects: &mut ClientEffects,
    ) {
        self.saved = Some(match result {
            Ok(webhook) => {
                self.secret_saved |= !sent.authorization().0.is_empty();
                self.secret_saved &= !sent.removes_authorization();
                self.draft.forget(sent);
                self.webhook.set_known(webhook);
                self.announcing = Some(effects.wait(self.owner(), Self::ANNOUNCEMENT));
                Ok(())
            }
            Err(request_error) => {
                self.read(effects);
                Err(request_error)
            }
        });
        self.refresh(false, effects);
    }

    fn first_fault(&self) -> Option<&'static str> {
        let Some(Err(RequestError::Refused(400, problem))) = &self.saved else { return None };
        let is_named =
            |field: &&str| problem.invalid_parameters.iter().any(|(name, _)| name == field);
        FIELDS.into_iter().find(is_named)
    }

    /// A field that is edited is no longer the one that was saved or refused.
    fn clear_refusal(&mut self, field: &str) {
        let over = match &mut self.saved {
            Some(Ok(())) => true,
            Some(Err(RequestError::Refused(400, problem))) => {
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
        self.draft.change(self.webhook.known().unwrap_or(&WebhookReport::UNCONFIGURED))
    }

    fn read(&mut self, effects: &mut ClientEffects) {
        let path = self.region.path(Resource::Webhook);
        self.webhook.start_read(effects.fetch(self.owner(), Method::Get, path, None));
    }

    fn owner(&self) -> RequestOwner {
        RequestOwner::Webhook(self.region.clone())
    }
}
