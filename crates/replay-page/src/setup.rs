//! A region's webhook: its saved configuration, its health, and the form that changes it. A field
//! that the user did not edit shows the saved value and is never sent.

mod draft;
mod joined;
mod secret;

use chrono::TimeDelta;
use replay_client::{
    ClientEffects, Remote, RequestError, RequestId, RequestOwner, Response, TransportError,
    read_response,
};
use replay_core::{Region, webhook::Attempt};
use replay_wire::{
    HealthReport, Json, WebhookChange, WebhookReport, read_health, read_test, read_webhook,
    routes::Operation, write_patch,
};

pub use self::draft::{Edit, WebhookDraft};

/// A region's webhook, with the draft of its form and the results of saving and testing.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    region: Region,
    webhook: Remote<WebhookReport>,
    health: Remote<HealthReport>,
    draft: WebhookDraft,
    /// The change in progress: its request, and the draft that it saves.
    saving: Option<(RequestId, WebhookDraft)>,
    saved: Option<Result<(), RequestError>>,
    /// The wait until the notice of the saved change is removed.
    announcing: Option<RequestId>,
    testing: Option<RequestId>,
    tested: Option<Result<Attempt, RequestError>>,
    /// Whether the last change has enabled a webhook that was disabled.
    turned_on: bool,
    /// Whether a secret is saved; `None` unless this session has saved or removed one. The API does not
    /// report it.
    secret_saved: Option<bool>,
}

/// The fields' names in the API, in the order of the form. The form's elements have these ids.
const FIELDS: [&str; 5] =
    ["endpoint", "authorization", "log_format", "skip_ssl_verification", "enabled"];

impl Setup {
    /// How long the notice of a saved change is shown.
    const ANNOUNCEMENT: TimeDelta = TimeDelta::seconds(10);

    /// The webhook of a region before it was read.
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
            turned_on: false,
            secret_saved: None,
        }
    }

    /// The saved configuration.
    #[must_use]
    pub const fn webhook(&self) -> &Remote<WebhookReport> {
        &self.webhook
    }

    /// The health: the status, and the last delivery attempt.
    #[must_use]
    pub const fn health(&self) -> &Remote<HealthReport> {
        &self.health
    }

    /// Whether the webhook is enabled; `None` if that was not read.
    #[must_use]
    pub fn is_enabled(&self) -> Option<bool> {
        // The health is read more often than the configuration.
        let health = self.health.known().map(|health| health.enabled);
        health.or_else(|| self.webhook.known().map(|webhook| webhook.enabled))
    }

    /// Whether the form has changes that are not saved.
    #[must_use]
    pub fn is_drafted(&self) -> bool {
        self.change() != WebhookChange::default()
    }

    /// Whether a change is being saved.
    #[must_use]
    pub const fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    /// The result of the last change.
    #[must_use]
    pub const fn saved(&self) -> Option<&Result<(), RequestError>> {
        self.saved.as_ref()
    }

    /// Whether the last change has enabled a webhook that was disabled.
    #[must_use]
    pub const fn was_turned_on(&self) -> bool {
        self.turned_on
    }

    /// Whether a test delivery is in progress.
    #[must_use]
    pub const fn is_testing(&self) -> bool {
        self.testing.is_some()
    }

    /// The result of the last test delivery.
    #[must_use]
    pub const fn tested(&self) -> Option<&Result<Attempt, RequestError>> {
        self.tested.as_ref()
    }

    /// The values of the form's fields; `None` until the configuration was read.
    #[must_use]
    pub fn form(&self) -> Option<WebhookReport> {
        Some(self.draft.over(self.webhook.known()?))
    }

    /// Edits a field, and removes its fault.
    pub fn edit(&mut self, edit: Edit) {
        self.clear_refusal(edit.field());
        self.draft.edit(edit);
    }

    /// Resets the form to the saved configuration.
    pub fn revert(&mut self) {
        self.draft = WebhookDraft::default();
        self.saved = None;
    }

    /// Reads the health, and the configuration too if `with_webhook`.
    pub fn refresh(&mut self, with_webhook: bool, effects: &mut ClientEffects) {
        let request_id = self.request(Operation::ReadWebhookStatus, None, effects);
        self.health.start_read(request_id);
        if with_webhook {
            self.read(effects);
        }
    }

    /// Saves the edited fields; does nothing if there are none or a change is being saved.
    pub fn save(&mut self, effects: &mut ClientEffects) {
        if self.is_saving() || !self.is_drafted() {
            return;
        }
        let body = write_patch(&self.change());
        let request_id = self.request(Operation::ChangeWebhook, Some(body), effects);
        self.saving = Some((request_id, self.draft.clone()));
        (self.saved, self.tested, self.turned_on) = (None, None, false);
    }

    /// Requests a test delivery to the saved webhook; does nothing if one is in progress.
    pub fn test(&mut self, effects: &mut ClientEffects) {
        if !self.is_testing() {
            self.testing = Some(self.request(Operation::TestWebhook, None, effects));
            self.tested = None;
            self.forget_success();
        }
    }

    /// Takes in the end of a wait.
    pub fn elapsed(&mut self, request_id: &RequestId) {
        if self.announcing.take_if(|wait| wait == request_id).is_some() {
            self.saved.take_if(|saved| saved.is_ok());
        }
    }

    /// Forgets that the last change was saved; an error is kept.
    pub fn forget_success(&mut self) {
        self.turned_on = false;
        self.saved.take_if(|saved| saved.is_ok());
    }

    /// Takes in a response; the response to an outdated read changes nothing. Returns the first field
    /// of the form that a refused change names.
    pub fn response_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        effects: &mut ClientEffects,
    ) -> Option<&'static str> {
        if let Some((_, sent)) = self.saving.take_if(|(saving, _)| saving == request_id) {
            self.save_ended(&sent, read_response(response, read_webhook), effects);
            return self.first_invalid_field();
        } else if self.testing.take_if(|testing| testing == request_id).is_some() {
            self.tested = Some(read_response(response, read_test));
            self.refresh(false, effects);
        } else if !self.health.response_received(request_id, response, read_health) {
            self.webhook.response_received(request_id, response, read_webhook);
        }
        None
    }

    fn save_ended(
        &mut self,
        sent: &WebhookDraft,
        result: Result<WebhookReport, RequestError>,
        effects: &mut ClientEffects,
    ) {
        self.saved = Some(match result {
            Ok(webhook) => {
                self.secret_saved = self.secret_after(sent);
                self.draft.forget(sent);
                let was_disabled = self.webhook.known().is_none_or(|before| !before.enabled);
                self.turned_on = was_disabled && webhook.enabled;
                if let Some(mut health) = self.health.known().cloned() {
                    // It is read again, but the change decides until then.
                    health.enabled = webhook.enabled;
                    self.health.set_known(health);
                }
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

    fn first_invalid_field(&self) -> Option<&'static str> {
        let Some(Err(RequestError::Refused { status: 400, problem })) = &self.saved else {
            return None;
        };
        let is_named =
            |field: &&str| problem.invalid_parameters.iter().any(|fault| fault.field == *field);
        FIELDS.into_iter().find(is_named)
    }

    /// Removes the notice of a saved change, or the field's fault from that of a refused one.
    fn clear_refusal(&mut self, field: &str) {
        let over = match &mut self.saved {
            Some(Ok(())) => true,
            Some(Err(RequestError::Refused { status: 400, problem })) => {
                problem.invalid_parameters.retain(|fault| fault.field != field);
                problem.invalid_parameters.is_empty()
            }
            Some(Err(_)) | None => false,
        };
        if over {
            self.saved = None;
        }
    }

    /// The draft's differences to the saved configuration.
    fn change(&self) -> WebhookChange {
        self.draft.change(self.webhook.known().unwrap_or(&WebhookReport::UNCONFIGURED))
    }

    fn read(&mut self, effects: &mut ClientEffects) {
        let request_id = self.request(Operation::ReadWebhook, None, effects);
        self.webhook.start_read(request_id);
    }

    fn request(
        &self,
        operation: Operation,
        body: Option<Json>,
        effects: &mut ClientEffects,
    ) -> RequestId {
        effects.request(self.owner(), operation, &self.region, body)
    }

    fn owner(&self) -> RequestOwner {
        RequestOwner::Webhook(self.region.clone())
    }
}
