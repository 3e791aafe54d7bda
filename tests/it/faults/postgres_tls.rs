//! TLS to PostgreSQL: a certificate that is trusted, and one that is not.

use std::net::TcpListener;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use replay_tests::{
    postgres::{Server, Tls},
    process::ServerDir,
};

#[tokio::test]
async fn a_database_is_used_over_tls_only_with_a_trusted_certificate() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (certificate, key) = (cert.pem(), signing_key.serialize_pem());
    let _server = Server::start(Some(Tls { port, certificate: &certificate, key: &key }));
    let url = format!("postgres://postgres@localhost:{port}/postgres?sslmode=require");
    let file = ServerDir::new();
    let path = file.file("root.pem", &certificate);
    let trusting = ServerDir::with_database(format!("{url}&sslrootcert={}", path.display()));
    let token = trusting.stdout_of(&["token", "add", "--role", "read-only"]).await;
    assert_eq!(token.lines().count(), 2, "{token}");
    let refusing = ServerDir::with_database(url).run(&["token", "list"]).await;
    let stderr = String::from_utf8(refusing.stderr).unwrap();
    assert!(!refusing.status.success() && stderr.contains("certificate"), "{stderr}");
}
