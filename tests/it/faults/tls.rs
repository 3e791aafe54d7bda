//! TLS receivers: which certificates are accepted, and that no data is sent to others.

use replay_tests::{
    client::failure,
    in_process::{InProcessServer, Settings, window},
    polling::until,
    process::{self, Server, ServerDir},
    receiver::Receiver,
};
use serde_json::json;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

#[tokio::test]
async fn a_certificate_from_an_unknown_root_is_accepted_only_without_verification() {
    let server = InProcessServer::start(Settings::default()).await;
    let lines = server.archive(3).await;
    let receiver = Receiver::accepting_over_tls(Certificate::of("localhost").acceptor()).await;
    let webhook = json!({
        "endpoint": url(&receiver),
        "authorization": "a secret",
        "enabled": true,
    });
    assert_eq!(server.api.patch(webhook).await.code, 200);
    server.api.replay(window()).await;
    let job = server.api.settled().await;
    assert!(failure(&job).contains("certificate"), "{job}");
    assert!(receiver.connections() > 0 && receiver.requests().is_empty());
    assert_eq!(server.api.health().await.status, "inactive");

    assert_eq!(server.api.patch(json!({ "skip_ssl_verification": true })).await.code, 200);
    server.api.replay(window()).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window().replayed(&lines));
    assert!(receiver.requests().iter().all(|one| one.header("authorization") == "a secret"));

    assert_eq!(server.api.patch(json!({ "skip_ssl_verification": false })).await.code, 200);
    server.api.replay(window()).await;
    failure(&server.api.settled().await);
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_certificate_from_a_trusted_root_is_accepted() {
    let (data_dir, window) = (ServerDir::new(), process::window());
    let certificate = Certificate::of("localhost");
    let server = trusting(&data_dir, &certificate).await;
    let lines = window.filled(3);
    server.api.ingest(&lines).await;
    let receiver = Receiver::accepting_over_tls(certificate.acceptor()).await;
    server.api.point_at(&url(&receiver)).await;
    server.api.replay(window).await;
    assert_eq!(server.api.settled().await["status"], "completed");
    assert_eq!(receiver.acknowledged_text(), window.replayed(&lines));
}

#[tokio::test]
async fn a_certificate_with_another_name_is_rejected_and_its_text_is_not_shown() {
    let (data_dir, window) = (ServerDir::new(), process::window());
    let certificate = Certificate::of("a-secret.example");
    let server = trusting(&data_dir, &certificate).await;
    server.api.ingest(&window.filled(3)).await;
    let receiver = Receiver::accepting_over_tls(certificate.acceptor()).await;
    server.api.point_at(&url(&receiver)).await;
    server.api.replay(window).await;
    let message =
        until("the failure is reported", async || server.api.health().await.message).await;
    assert!(message.contains("certificate") && !message.contains("secret"), "{message}");
    assert_eq!(server.api.cancel().await.code, 202);
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn a_receiver_without_tls_is_rejected_for_https() {
    let server = InProcessServer::start(Settings::default()).await;
    server.archive(3).await;
    let receiver = Receiver::accepting().await;
    server.api.point_at(&url(&receiver)).await;
    assert_eq!(server.api.patch(json!({ "skip_ssl_verification": true })).await.code, 200);
    server.api.replay(window()).await;
    let job = server.api.settled().await;
    assert!(failure(&job).starts_with("the webhook did not answer: "), "{job}");
    assert!(receiver.requests().is_empty());
}

struct Certificate(rcgen::CertifiedKey<rcgen::KeyPair>);

impl Certificate {
    fn of(name: &str) -> Self {
        Self(rcgen::generate_simple_self_signed([name.to_owned()]).unwrap())
    }

    fn acceptor(&self) -> TlsAcceptor {
        let key = PrivatePkcs8KeyDer::from(self.0.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.0.cert.der().clone()], PrivateKeyDer::from(key))
            .unwrap();
        TlsAcceptor::from(std::sync::Arc::new(config))
    }
}

/// A server that trusts only this certificate as a root.
async fn trusting(data_dir: &ServerDir, certificate: &Certificate) -> Server {
    let file = data_dir.file("trusted.pem", &certificate.0.cert.pem());
    let mut command = data_dir.serve_command(&["--allow-net", "127.0.0.0/8"]);
    command.env("SSL_CERT_FILE", file).env_remove("SSL_CERT_DIR");
    Server::start(command).await
}

fn url(receiver: &Receiver) -> String {
    format!("https://localhost:{}/", receiver.address.port())
}
