//! Handlers that read and submit the replay job of a region or of `global`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use replay_core::{
    Aggregate, Fault, Job, Refusal, Region, Scope,
    decisions::{NewJob, Submission},
    request::JobRequest,
};
use replay_wire::{JobReport, read_submission, write_aggregate, write_job};

use crate::{
    api::{
        idempotency,
        kinds::{KINDS, job_request},
        requester::requester,
    },
    app_state::AppState,
    auth::Action,
    authentication::Authenticated,
    random, request,
    request::RequestScope,
    response::{ApiError, json},
    store::{AcceptedPut, KeyedPut},
};

/// `GET …/audit-log-replay-job`: the job of a region, or the aggregate of all regions' jobs.
pub(crate) async fn read(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestScope(scope): RequestScope,
) -> Result<Response, ApiError> {
    let body = match scope {
        Scope::One(region) => {
            caller.authorize(Action::Read, [&region])?;
            write_job(&JobReport::from(&app.store.job(&region).await?))
        }
        Scope::Global => {
            let current = app.store.jobs(app.regions.clone()).await?;
            let all = Aggregate::of(&current.jobs, current.last_global);
            caller.authorize(Action::Read, all.participants())?;
            write_aggregate(&all)
        }
    };
    Ok(json(StatusCode::OK, &body))
}

/// `PUT …/audit-log-replay-job`: submits a job to a region, or to every region with an enabled webhook.
pub(crate) async fn replace(
    State(app): State<Arc<AppState>>,
    Authenticated(caller): Authenticated,
    RequestScope(scope): RequestScope,
    request: Request,
) -> Result<Response, ApiError> {
    let targets = match &scope {
        Scope::One(region) => vec![region.clone()],
        Scope::Global => regions_with_enabled_webhook(&app).await?,
    };
    caller.authorize(Action::Change, &targets)?;

    let requester = requester(&app, &caller, &request);
    let key = idempotency::key(request.headers());
    let body = request::json(request).await?;
    // Read the clock after the body: a slow body must not be checked against an old time.
    let now = app.clock.now();
    let digest = idempotency::digest(&body)?;
    let put = key.map(|key| {
        let (scope, token_id) = (scope.clone(), caller.id);
        key.map(|key| KeyedPut { scope, token_id, key, body: digest })
    });
    // A repeated request is answered although its timeframe may be too old by now.
    if let Ok(Some(put)) = &put
        && let Some(repeated) = app.store.repeated_put(put.clone(), now).await?
    {
        return Ok(accepted(&app, &scope, &repeated));
    }
    let request = read_submission(&body, &app.policy, now, &KINDS);
    let (put, request) = both(put, request).map_err(Refusal::BadRequest)?;
    let request = JobRequest { requester: Some(requester), ..job_request(&request) };

    let submission = match &scope {
        Scope::One(region) => Submission::to_region(region.clone(), random::job_id()?, request),
        Scope::Global => {
            let jobs = targets.into_iter().map(new_job).collect::<Result<_, _>>()?;
            Submission::to_global(random::job_id()?.into(), jobs, request)
        }
    };
    let submitted = app.store.submit_once(submission, put, now).await?;
    for (region, _) in &submitted.jobs {
        app.wakeups.wake(region);
    }
    Ok(accepted(&app, &scope, &submitted))
}

/// The response to an accepted PUT.
fn accepted(app: &AppState, scope: &Scope, put: &AcceptedPut) -> Response {
    let body = match (scope, &put.jobs[..]) {
        (Scope::One(_), [(_, job)]) => write_job(&JobReport::from(job)),
        (_, jobs) => write_aggregate(&Aggregate::of(&among_all(app, jobs), Some(put.id))),
    };
    json(StatusCode::ACCEPTED, &body)
}

/// Both values, or every fault of them.
fn both<A, B>(one: Result<A, Fault>, other: Result<B, Vec<Fault>>) -> Result<(A, B), Vec<Fault>> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Ok(_), Err(faults)) => Err(faults),
        (Err(fault), other) => Err([vec![fault], other.err().unwrap_or_default()].concat()),
    }
}

/// The regions whose webhooks are enabled.
async fn regions_with_enabled_webhook(app: &AppState) -> Result<Vec<Region>, ApiError> {
    let mut enabled = Vec::new();
    for region in &app.regions {
        if app.store.webhook(region).await?.0.is_enabled() {
            enabled.push(region.clone());
        }
    }
    Ok(enabled)
}

fn new_job(region: Region) -> Result<NewJob, random::Error> {
    Ok(NewJob { region, id: random::job_id()? })
}

/// The submitted jobs in the order of all regions; the other regions are unconfigured.
fn among_all(app: &AppState, jobs: &[(Region, Job)]) -> Vec<(Region, Job)> {
    let submitted = |region| jobs.iter().find(|(target, _)| target == region);
    let job = |region| submitted(region).map_or(Job::Unconfigured, |(_, job)| job.clone());
    app.regions.iter().map(|region| (region.clone(), job(region))).collect()
}
