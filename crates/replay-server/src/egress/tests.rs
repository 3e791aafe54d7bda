use super::*;

#[test]
fn an_address_that_is_not_public_is_denied() {
    let egress = Egress::default();
    for address in [
        "0.0.0.0",
        "127.0.0.1",
        "127.255.255.254",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        let ip: IpAddr = address.parse().unwrap();
        assert!(
            matches!(egress.admit(Scheme::Https, ip), Err(DeniedAddress::NotPublic(_))),
            "{address} was admitted"
        );
    }
}

#[test]
fn a_public_address_is_admitted_over_https_only() {
    for address in ["1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"]
    {
        let ip: IpAddr = address.parse().unwrap();
        assert_eq!(Egress::default().admit(Scheme::Https, ip), Ok(()), "{address}");
        let in_the_clear = Egress::default().admit(Scheme::Http, ip);
        assert_eq!(in_the_clear, Err(DeniedAddress::HttpsRequired(ip.to_canonical())), "{address}");
    }
}

#[test]
fn an_address_in_an_allowed_network_is_admitted_over_http_and_https() {
    let egress = Egress::new(vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
    for address in ["127.0.0.1", "::ffff:127.0.0.1", "fd00::1"] {
        for scheme in [Scheme::Http, Scheme::Https] {
            assert_eq!(egress.admit(scheme, address.parse().unwrap()), Ok(()), "{address}");
        }
    }
    assert!(egress.admit(Scheme::Https, "10.0.0.1".parse().unwrap()).is_err());
}

#[test]
fn a_literal_address_is_checked_in_every_notation() {
    let egress = Egress::default();
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fd00:ec2::254]/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://①②⑦.⓪.⓪.①/",
    ] {
        let reason = egress.endpoint(url).unwrap_err();
        assert!(reason.contains("which is not public"), "{url}: {reason}");
    }
}

#[test]
fn an_endpoint_is_an_https_url_without_user_and_password() {
    let egress = Egress::default();
    for (url, reason) in [
        ("", "must be a valid URL"),
        ("example.com/logs", "must be a valid URL"),
        ("https://", "must be a valid URL"),
        (" https://example.com/", "must be a valid URL"),
        ("https://example.com/a\nb", "must be a valid URL"),
        ("https:\\\\example.com/", "must be a valid URL"),
        ("https:example.com/", "must be a valid URL"),
        ("https://@example.com/", "must be a valid URL"),
        ("https://:@example.com/", "must be a valid URL"),
        ("ftp://example.com/", "must be an https URL"),
        ("file:///etc/passwd", "must be an https URL"),
        ("http://example.com/", "must be an https URL"),
        ("http://1.1.1.1/", "must be https to be sent to [1.1.1.1]"),
        (
            "https://user:secret@example.com/",
            "must not hold a user or password: that is what authorization is for",
        ),
    ] {
        assert_eq!(egress.endpoint(url), Err(reason.to_owned()), "{url}");
    }
}

#[test]
fn an_endpoint_has_a_valid_host_and_port() {
    let egress = Egress::default();
    let label = |bytes| "a".repeat(bytes);
    let name = |last| [label(63), label(63), label(63), label(last)].join(".");
    let no_host = "must name a host";
    let no_name = "must have a host with labels of 1 to 63 bytes";
    for (url, reason) in [
        ("https:///x", no_host),
        ("https:siem.example.com://x", "must be a valid URL"),
        ("https:/siem.example.com/?from=https://x", "must be a valid URL"),
        ("https:////siem.example.com/x", no_host),
        ("https://siem.example.com:0/", "must have a port from 1 to 65535"),
        (&format!("https://{}.example.com/", label(64)), no_name),
        (&format!("https://{}.example.com/", "\u{e4}".repeat(60)), no_name),
        ("https://siem..example.com/", no_name),
        ("https://.example.com/", no_name),
        ("https://siem.example.com../", no_name),
        ("https://./", no_name),
        (&format!("https://{}/", name(62)), "must have a host of at most 253 bytes"),
    ] {
        assert_eq!(egress.endpoint(url), Err(reason.to_owned()), "{url}");
    }
    for url in [
        &format!("https://{}.example.com/", label(63)),
        &format!("https://{}./", name(61)),
        "https://siem.example.com:65535/",
        "https://siem.example.com./",
        "https://siem",
    ] {
        assert!(egress.endpoint(url).is_ok(), "{url}");
    }
}

#[test]
fn an_origin_is_the_scheme_host_and_port() {
    let egress = Egress::default();
    let origin = |url: &str| egress.endpoint(url).unwrap().origin;
    assert_eq!(origin("https://Example.com/logs?x=1"), origin("https://example.com:443/"));
    assert_ne!(origin("https://example.com/"), origin("https://example.com:8443/"));
    assert_ne!(origin("https://example.com/"), origin("https://example.org/"));
}

#[tokio::test]
async fn a_name_that_resolves_to_denied_addresses_is_denied() {
    let resolve = |egress: Egress| async move {
        let name = "localhost".parse().unwrap();
        egress.resolver(Scheme::Https).resolve(name).await.map(Iterator::count)
    };
    let error = resolve(Egress::default()).await.unwrap_err();
    let denied = error.downcast_ref::<NameError>();
    assert!(matches!(denied, Some(NameError::Denied(DeniedAddress::NotPublic(_)))), "{error}");
    let loopback = ["127.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap());
    assert!(resolve(Egress::new(loopback.to_vec())).await.unwrap() > 0);
}

#[test]
fn an_error_about_a_name_does_not_contain_its_addresses() {
    let [internal, public] = ["10.1.2.3", "93.184.216.34"].map(|text| text.parse().unwrap());
    for (denied, reason) in [
        (DeniedAddress::NotPublic(internal), "must not resolve to an address that is not public"),
        (
            DeniedAddress::HttpsRequired(public),
            "must be https, since its name resolves to a public address",
        ),
    ] {
        assert_eq!(NameError::Denied(denied).to_string(), reason);
    }
}
