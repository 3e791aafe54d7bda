//! What the shell and the server do when a story tells them to: they answer requests and end waits.

use super::*;

impl Harness {
    /// Answers the latest request whose path ends with `path`.
    #[track_caller]
    pub(super) fn respond_with(&mut self, path: &str, status: u16, body: &str) {
        let body = serde_json::from_str::<Json>(body).ok();
        self.respond(path, Ok(Response { status, body, date: None }));
    }

    #[track_caller]
    pub(super) fn respond(&mut self, path: &str, result: Result<Response, TransportError>) {
        let (request_id, _) = self.take_request(path);
        self.send(Msg::ResponseReceived(request_id, result));
    }

    /// Removes and returns the latest request whose path ends with `path`.
    #[track_caller]
    pub(super) fn take_request(&mut self, path: &str) -> (RequestId, Request) {
        let place = self.requests.iter().rposition(|(_, request)| request.path.ends_with(path));
        self.requests.remove(place.unwrap_or_else(|| panic!("there is no request for {path}")))
    }

    /// Answers all reads, like a server with an enabled webhook, until no read is pending.
    pub(super) fn answer_reads(&mut self) {
        while let Some(place) =
            self.requests.iter().position(|(_, request)| request.method == Method::Get)
        {
            let (request_id, request) = self.requests.remove(place);
            let name = request.path.rsplit('/').next().unwrap().split('?').next().unwrap();
            let body = match name {
                "me" => r#"{"role": "org-admin", "regions": []}"#,
                "audit-log-replay-job" => self.job,
                "audit-log-webhook" => WEBHOOK,
                "outages" => self.outages,
                "progress" => self.progress,
                "history" => self.past_jobs,
                "preview" => self.preview,
                _ => HEALTH,
            };
            let body = serde_json::from_str(body).ok();
            self.send(Msg::ResponseReceived(
                request_id,
                Ok(Response { status: 200, body, date: None }),
            ));
        }
    }

    /// Ends the latest wait of a region's job; returns its length in seconds.
    #[track_caller]
    pub(super) fn end_wait(&mut self, label: &str) -> i64 {
        self.end_wait_of(&RequestOwner::Job(region(label))).num_seconds()
    }

    /// Ends the latest wait of this owner; returns its length.
    #[track_caller]
    pub(super) fn end_wait_of(&mut self, owner: &RequestOwner) -> TimeDelta {
        let place = self.waits.iter().rposition(|(request_id, _)| request_id.owner == *owner);
        let (request_id, time) = self.waits.remove(place.expect("there is no wait"));
        self.now += time;
        self.send(Msg::Elapsed(request_id));
        time
    }

    pub(super) fn collect_effects(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Client(ClientEffect::Fetch(request_id, request)) => {
                    self.requests.push((request_id, request));
                }
                Effect::Client(ClientEffect::Abort(request_id)) => {
                    if let Some(place) =
                        self.requests.iter().position(|(pending, _)| *pending == request_id)
                    {
                        self.requests.remove(place);
                        self.send(Msg::ResponseReceived(request_id, Err(TransportError::Network)));
                    }
                }
                Effect::Client(ClientEffect::Wait(request_id, time)) => {
                    self.waits.push((request_id, time));
                }
                Effect::ReadZone(_)
                | Effect::Visit(..)
                | Effect::Keep(..)
                | Effect::KeepClocks(_)
                | Effect::AllowNotifications
                | Effect::ShowNotification(_)
                | Effect::KeepRanges(_)
                | Effect::Copy(_)
                | Effect::Retype(..)
                | Effect::Focus(_) => {
                    self.other_effects.push(effect);
                }
            }
        }
    }
}
