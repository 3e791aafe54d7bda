//! Reads the description of the server, unless the document contains it. The page shows
//! nothing else before that.

use alloc::{boxed::Box, string::ToString};

use chrono::TimeDelta;
use replay_client::{Method, Remote, RequestId, RequestOwner, Response, TransportError};
use replay_wire::{ServerInfo, read_server, routes::SERVER_PATH};
use time_range::{Context, Timestamp};

use super::Page;
use crate::{picker::Remembered, sign_in::SignIn, workspace::Workspace};

/// The phase of the page.
#[derive(Debug)]
pub(crate) enum Phase {
    /// The description of the server is being read, or was not readable.
    ReadingServer {
        /// The description.
        server: Box<Remote<ServerInfo>>,
        /// The wait until the next try.
        retry: Option<RequestId>,
    },
    /// The description of the server is known.
    Ready(Box<Workspace>),
}

/// The pause after a failed read of the server's description.
const RETRY_PAUSE: TimeDelta = TimeDelta::seconds(4);

impl Phase {
    pub(super) fn new() -> Self {
        Self::ReadingServer { server: Box::new(Remote::new()), retry: None }
    }
}

impl Page {
    pub(super) fn read_server(&mut self) {
        if let Phase::ReadingServer { server, retry } = &mut self.phase {
            *retry = None;
            server.start_read(self.effects.client.fetch(
                RequestOwner::Server,
                Method::Get,
                SERVER_PATH.to_string(),
                None,
            ));
        }
    }

    pub(super) fn retry_server(&mut self, request_id: &RequestId) {
        if let Phase::ReadingServer { retry, .. } = &mut self.phase
            && retry.take_if(|retry| retry == request_id).is_some()
            && self.visible
        {
            self.read_server();
        }
    }

    pub(super) fn server_received(
        &mut self,
        request_id: &RequestId,
        response: &Result<Response, TransportError>,
        now: Timestamp,
    ) {
        let Phase::ReadingServer { server, retry } = &mut self.phase else { return };
        if server.response_received(request_id, response, read_server) {
            match server.known().cloned() {
                Some(server) => self.open_workspace(server, now),
                None => {
                    *retry = Some(self.effects.client.wait(RequestOwner::Server, RETRY_PAUSE));
                }
            }
        }
    }

    /// Opens the server's workspace and signs in, or opens the sign-in dialog if there is no token.
    pub(super) fn open_workspace(&mut self, server: ServerInfo, now: Timestamp) {
        let token = self.flags.token(server.mode);
        let zone = self.zone();
        let mut workspace = Workspace::open(server, &self.address, &zone, now);
        workspace.origin.clone_from(&self.flags.origin);
        workspace.remembered = Remembered::read(&self.flags.ranges, Context { zone: &zone, now });
        self.phase = Phase::Ready(Box::new(workspace));
        self.read_zone(now);
        match token {
            Some(token) => self.sign_in_with(token),
            None => self.sign_in = Some(SignIn::default()),
        }
    }
}
