//! Tokens of the real program: the one that it prints once, the one in its environment, and those
//! added and revoked while it runs.

use chrono::TimeDelta;
use replay_server::{
    auth::Role,
    clock::Clock,
    data_dir::DataDir,
    token::{self, Lifetime},
};
use replay_tests::{
    polling::until,
    process::{Server, ServerDir, TOKEN, stderr_of_failure},
};

#[tokio::test]
async fn a_server_without_an_admin_prints_one_token_once_and_keeps_it() {
    let data_dir = ServerDir::new();
    let mut first = serve_without_token(&data_dir).await;
    let line = first.process.next_line().await.unwrap();
    let (_, token) = line.rsplit_once(' ').unwrap();
    let token = token.to_owned();
    assert!(token.len() >= 32, "{line}");
    let hint = first.process.next_line().await.unwrap();
    assert!(hint.contains("`token add --role org-admin`"), "{hint}");
    assert!(hint.contains("REPLAY_ADMIN_TOKEN") && !hint.contains(&token), "{hint}");
    assert_eq!(first.api.get("v2/audit-log-webhook").await.code, 401);
    assert_eq!(first.api.with_token(&token).cancel().await.code, 409);
    let list = String::from_utf8(data_dir.run(&["token", "list"]).await.stdout).unwrap();
    let (id, _) = list.split_once(' ').unwrap();
    assert!(hint.contains(&format!("`token revoke {id}`")), "{hint}");
    first.process.signal("TERM").await;
    assert_eq!(first.process.next_line().await, None);
    first.process.exit_status().await;

    let mut second = serve_without_token(&data_dir).await;
    assert_eq!(second.api.with_token(&token).cancel().await.code, 409);
    second.process.signal("TERM").await;
    assert_eq!(second.process.next_line().await, None);
    assert!(!data_dir.log().contains(&token));
}

#[tokio::test]
async fn closing_stdout_after_the_first_line_does_not_stop_the_server() {
    let data_dir = ServerDir::new();
    let mut first = serve_without_token(&data_dir).await;
    first.process.close_stdout();
    assert_eq!(first.api.get("v2/audit-log-webhook").await.code, 401);
    first.process.signal("TERM").await;
    assert_eq!(first.process.exit_status().await.code(), Some(0));
}

#[tokio::test]
async fn a_token_in_the_environment_is_valid_while_it_is_set() {
    let data_dir = ServerDir::new();
    let mut server = data_dir.serve(&[]).await;
    assert_eq!(server.api.get("v2/audit-log-webhook").await.code, 200);
    server.process.signal("TERM").await;
    assert_eq!(server.process.next_line().await, None);
    server.process.exit_status().await;

    let server = serve_without_token(&data_dir).await;
    assert_eq!(server.api.with_token(TOKEN).get("v2/audit-log-webhook").await.code, 401);
}

#[tokio::test]
async fn a_short_token_in_the_environment_is_refused() {
    for (token, good) in [("", false), (&TOKEN[..31], false), (&TOKEN[..32], true)] {
        let data_dir = ServerDir::new();
        let mut command = data_dir.serve_command(&[]);
        command.env("REPLAY_ADMIN_TOKEN", token);
        if good {
            let server = Server::start(command).await;
            assert_eq!(server.api.with_token(token).get("v2/audit-log-webhook").await.code, 200);
        } else {
            let stderr = stderr_of_failure(command).await;
            assert!(stderr.contains("at least 32 characters"), "{stderr}");
        }
    }
}

#[tokio::test]
async fn tokens_are_added_and_revoked_while_the_server_runs() {
    let data_dir = ServerDir::new();
    let server = data_dir.serve(&[]).await;
    let added =
        data_dir.run(&["token", "add", "--role", "audit-logs-admin", "--region", "us"]).await;
    assert!(added.status.success(), "{added:?}");
    let added = String::from_utf8(added.stdout).unwrap();
    let [id, token] = added.lines().collect::<Vec<_>>()[..] else { panic!("{added:?}") };
    let api = server.api.with_token(token);
    assert_eq!(api.get("v2/audit-log-webhook").await.code, 200);
    assert_eq!(api.in_region("eu").get("v2/audit-log-webhook").await.code, 403);

    let list = String::from_utf8(data_dir.run(&["token", "list"]).await.stdout).unwrap();
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(list.starts_with(id) && list.contains("audit-logs-admin") && !list.contains(token));

    until("the list shows when the token was used", async || {
        let list = String::from_utf8(data_dir.run(&["token", "list"]).await.stdout).unwrap();
        (list.contains("  last used 2") && !list.contains("never used")).then_some(())
    })
    .await;

    assert!(data_dir.run(&["token", "revoke", id]).await.status.success());
    assert_eq!(api.get("v2/audit-log-webhook").await.code, 401);
    assert_eq!(data_dir.run(&["token", "list"]).await.stdout, b"");
    assert_eq!(data_dir.run(&["token", "revoke", id]).await.status.code(), Some(1));
    let regionless = data_dir.run(&["token", "add", "--role", "audit-logs-admin"]).await;
    assert_eq!(regionless.status.code(), Some(1));
}

#[tokio::test]
async fn the_expiry_of_a_token_is_set_and_listed() {
    let data_dir = ServerDir::new();
    let add = ["token", "add", "--role", "ingest", "--expires"];
    assert!(data_dir.run(&[&add[..], &["90d"]].concat()).await.status.success());
    let list = String::from_utf8(data_dir.run(&["token", "list"]).await.stdout).unwrap();
    assert!(list.contains("  expires 2"), "{list}");
    for (lifetime, rule) in [
        ("0", "must be longer than 0 and at most 36500d"),
        ("36501d", "must be longer than 0 and at most 36500d"),
        ("soon", "must be a whole number with a unit"),
    ] {
        let refused = data_dir.run(&[&add[..], &[lifetime]].concat()).await;
        let stderr = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && stderr.contains(rule), "{stderr}");
    }
}

#[tokio::test]
async fn a_token_can_be_limited_only_to_regions_of_the_last_serve() {
    let data_dir = ServerDir::new();
    let add = async |region| {
        let add = ["token", "add", "--role", "ingest", "--region", region];
        let output = data_dir.run(&add).await;
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    assert!(add("eu").await.0, "Konnect's regions are served by default");
    let (added, stderr) = add("prod").await;
    assert!(!added && stderr.contains("only us, eu, au, me, in, sg"), "{stderr}");

    data_dir.serve(&["--region", "prod", "us"]).await.kill().await;
    assert!(add("prod").await.0);
    let (added, stderr) = add("eu").await;
    assert!(!added && stderr.contains("--region eu is not served here, only prod, us"), "{stderr}");
    assert!(stderr.contains("start `serve` with --region prod us eu"), "{stderr}");
}

#[tokio::test]
async fn an_expired_token_is_listed_as_expired_and_does_not_count_as_admin() {
    let data_dir = ServerDir::new();
    let lifetime = Some(Lifetime::read("1d").unwrap());
    let made_at = Clock::system().now() - TimeDelta::days(2);
    let (token, stored) = token::draw(Role::OrgAdmin, &[], lifetime, made_at).unwrap();
    let store = DataDir::open(&data_dir.data()).unwrap().store().unwrap();
    store.add_token(stored).await.unwrap();
    let mut server = serve_without_token(&data_dir).await;
    assert!(server.process.next_line().await.unwrap().contains("alr_"), "no admin was made");
    assert_eq!(server.api.with_token(&token.text).get("v2/audit-log-webhook").await.code, 401);
    let list = String::from_utf8(data_dir.run(&["token", "list"]).await.stdout).unwrap();
    let expired = list.lines().find(|line| line.starts_with(&token.id)).unwrap();
    assert!(expired.contains("  expired 2"), "{list}");
}

/// A server without a token in its environment.
async fn serve_without_token(data_dir: &ServerDir) -> Server {
    let mut command = data_dir.serve_command(&[]);
    command.env_remove("REPLAY_ADMIN_TOKEN");
    Server::start(command).await
}
