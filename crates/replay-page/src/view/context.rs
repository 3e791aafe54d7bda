//! What the words of a request error depend on: the token's role, the region, and whether the request
//! was a write.

use replay_client::{AccessContext, RequestError};

use crate::{region_state::RegionState, workspace::Workspace};

/// The error of a read, to be shown in place of its result. A rejected token is left out: the sign-in
/// dialog reports it once for all reads.
pub(super) fn shown_in_place(request_error: Option<&RequestError>) -> Option<&RequestError> {
    request_error
        .filter(|request_error| !matches!(request_error, RequestError::Refused { status: 401, .. }))
}

/// The context of a read.
pub(super) fn read_context<'a>(
    workspace: &'a Workspace,
    region_state: &'a RegionState,
) -> AccessContext<'a> {
    access_context(workspace, region_state, false)
}

/// The context of a write.
pub(super) fn write_context<'a>(
    workspace: &'a Workspace,
    region_state: &'a RegionState,
) -> AccessContext<'a> {
    access_context(workspace, region_state, true)
}

fn access_context<'a>(
    workspace: &'a Workspace,
    region_state: &'a RegionState,
    is_write: bool,
) -> AccessContext<'a> {
    let role = workspace.me.known().map(|me| me.role.as_str());
    AccessContext { role, region: &region_state.region, is_write }
}
