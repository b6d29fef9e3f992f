//! Which era a server is of, and what ends a connection before it has begun.

use fakes::mcp::ProbeAnswer;

use super::*;

#[tokio::test]
async fn a_legacy_server_is_found_whatever_it_says_to_a_probe() {
    for probe in [
        ProbeAnswer::NotInitialized,
        ProbeAnswer::MethodNotFound,
        ProbeAnswer::Page,
        ProbeAnswer::OddResult,
        ProbeAnswer::Failure,
    ] {
        let (fake, client) = connected(McpMode { probe, ..McpMode::default() }).await;
        assert_eq!(client.era(), McpEra::Legacy, "{probe:?}");
        let methods = ["server/discover", "initialize", "notifications/initialized"];
        assert_eq!(fake.methods(), methods, "{probe:?}");
    }
}

#[tokio::test]
async fn silence_to_a_probe_is_an_answer_too() {
    let mode = McpMode { probe: ProbeAnswer::Silence, ..McpMode::default() };
    let fake = McpFake::start(mode).await.unwrap();
    // Half of the time is for the probe, half of it for the handshake.
    let within = Duration::from_secs(8);
    let client = McpClient::connect(outbound(), server(&fake), within).await;
    assert_eq!(client.unwrap_or_else(|error| panic!("{error}")).era(), McpEra::Legacy);
}

#[tokio::test]
async fn an_era_that_is_remembered_saves_the_probe_and_a_wrong_one_is_found_out() {
    let known = async |fake: &McpFake, era| {
        McpClient::connect(outbound(), McpServer { era: Some(era), ..server(fake) }, LONG).await
    };
    let fake = McpFake::start(McpMode::default()).await.unwrap();
    assert_eq!(known(&fake, McpEra::Legacy).await.ok().unwrap().era(), McpEra::Legacy);
    assert_eq!(fake.methods(), ["initialize", "notifications/initialized"]);
    let fake = McpFake::start(modern()).await.unwrap();
    assert_eq!(known(&fake, McpEra::Legacy).await.ok().unwrap().era(), McpEra::Modern);
    assert_eq!(fake.methods(), ["initialize", "server/discover"]);
    let fake = McpFake::start(McpMode::default()).await.unwrap();
    assert_eq!(known(&fake, McpEra::Modern).await.ok().unwrap().era(), McpEra::Legacy);
}

#[tokio::test]
async fn versions_decide() {
    let with = |supported: &[&str], speaks| McpMode {
        speaks,
        supported: supported.iter().map(|version| (*version).to_owned()).collect(),
        ..McpMode::default()
    };
    let (_, client) = connected(McpMode { no_discover: true, ..modern() }).await;
    assert_eq!(client.era(), McpEra::Modern, "a modern server without server/discover");
    let (_, client) = connected(with(&["2025-11-25"], Speaks::Both)).await;
    assert_eq!(client.era(), McpEra::Legacy, "it names legacy versions alone");
    let fake = McpFake::start(with(&["2027-01-01"], Speaks::Modern)).await.unwrap();
    let error = connect(&fake).await.err().unwrap();
    assert!(
        matches!(&error, McpError::Unsupported(text) if text.contains("2027-01-01")),
        "{error}"
    );
    for version in ["2024-11-05", "2030-01-01", ""] {
        let mode = McpMode { version: version.to_owned(), ..McpMode::default() };
        let error = connect(&McpFake::start(mode).await.unwrap()).await.err().unwrap();
        assert!(matches!(error, McpError::Unsupported(_)), "{version}: {error}");
    }
}

#[tokio::test]
async fn refused_credentials_end_it_at_once_and_show_no_key() {
    for status in [401, 403] {
        let body = format!("you sent Bearer s3cr3t-key {}", "x".repeat(1_000));
        let mode = McpMode { refuses: Some((status, body)), ..McpMode::default() };
        let fake = McpFake::start(mode).await.unwrap();
        let headers = vec![("Authorization".to_owned(), "Bearer s3cr3t-key".to_owned())];
        let server = McpServer { headers, ..server(&fake) };
        let error = McpClient::connect(outbound(), server, LONG).await.err().unwrap();
        assert!(matches!(error, McpError::Credentials(_)) && error.ends_server(), "{error}");
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
        assert!(error.to_string().chars().count() < 250, "{error}");
        assert_eq!(fake.asked().len(), 1, "not asked twice");
    }
}

#[tokio::test]
async fn headers_of_the_team_go_along_and_those_of_the_protocol_are_ours() {
    let key = ("x-key".to_owned(), "s3cr3t".to_owned());
    let mode = McpMode { key: Some(key), sessions: true, ..McpMode::default() };
    let fake = McpFake::start(mode).await.unwrap();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header("X-Key", "s3cr3t"),
        header("Accept", "text/html"),
        header("Content-Length", "3"),
        header("Host", "internal"),
        header("Origin", "https://evil.example"),
        header("MCP-Session-Id", "mine"),
        header("Mcp-Method", "tools/list"),
    ];
    let client = McpClient::connect(outbound(), McpServer { headers, ..server(&fake) }, LONG).await;
    let client = client.unwrap_or_else(|error| panic!("{error}"));
    assert!(call(&client, "echo", json!({})).await.is_ok());
    client.close().await;
    assert_eq!(fake.complaints(), [""; 0]);
    for asked in fake.asked() {
        assert_eq!(asked.header("x-key"), Some("s3cr3t"), "{}", asked.method());
        assert!(asked.header("host").unwrap().starts_with("127.0.0.1"));
    }
}

#[tokio::test]
async fn a_redirect_is_refused_and_not_followed() {
    let inside = McpFake::start(McpMode::default()).await.unwrap();
    for location in [inside.url(), "http://169.254.169.254/latest/meta-data".to_owned()] {
        let mode = McpMode { redirects: Some(location), ..McpMode::default() };
        let fake = McpFake::start(mode).await.unwrap();
        let error = connect(&fake).await.err().unwrap();
        assert!(matches!(error, McpError::Refused(_)) && error.ends_server(), "{error}");
    }
    assert!(inside.asked().is_empty());
}

#[tokio::test]
async fn addresses_inside_and_http_are_refused_in_a_deployment() {
    let fake = McpFake::start(McpMode::default()).await.unwrap();
    let public = || Client::new(Policy::Public, "test").unwrap();
    for (client, url) in [
        (public(), fake.url()),
        (public(), fake.url().replace("http:", "https:")),
        (public(), fake.url().replace("http://127.0.0.1", "https://localhost")),
        (public(), "https://169.254.169.254/mcp".to_owned()),
        (outbound(), "http://169.254.169.254/mcp".to_owned()),
        (outbound(), "http://10.0.0.1/mcp".to_owned()),
        (outbound(), "http://user:pass@127.0.0.1/mcp".to_owned()),
    ] {
        let server = McpServer { url: url.parse().unwrap(), ..server(&fake) };
        let error = McpClient::connect(client, server, LONG).await.err().unwrap();
        assert!(matches!(error, McpError::Refused(_)), "{url}: {error}");
        assert!(!error.to_string().contains("pass"), "{error}");
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn what_is_no_server_of_streamable_http_is_told_so() {
    for (status, body) in [(404, "<h1>Not Found</h1>"), (405, ""), (400, "nope"), (406, "")] {
        let mode = McpMode { refuses: Some((status, body.to_owned())), ..McpMode::default() };
        let error = connect(&McpFake::start(mode).await.unwrap()).await.err().unwrap();
        let McpError::Unsupported(text) = &error else { panic!("{error}") };
        assert!(text.contains("/mcp") && text.contains(&status.to_string()), "{error}");
    }
    let mode = McpMode { refuses: Some((200, "<h1>Hello</h1>".to_owned())), ..McpMode::default() };
    let error = connect(&McpFake::start(mode).await.unwrap()).await.err().unwrap();
    assert!(matches!(error, McpError::Protocol(_)), "{error}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let fake = McpFake::start(McpMode::default()).await.unwrap();
    let url = format!("http://{closed}/mcp").parse().unwrap();
    let error = McpClient::connect(outbound(), McpServer { url, ..server(&fake) }, LONG).await;
    let error = error.err().unwrap();
    assert!(matches!(error, McpError::Unavailable(_)) && !error.may_have_run(), "{error}");
}

#[tokio::test]
async fn instructions_are_kept_within_their_bound() {
    for speaks in [Speaks::Legacy, Speaks::Modern] {
        let instructions = Some("é".repeat(3_000));
        let (_, client) = connected(McpMode { speaks, instructions, ..McpMode::default() }).await;
        let kept = client.instructions().unwrap();
        assert!(kept.len() == 2_048 && kept.chars().all(|c| c == 'é'));
    }
    let (_, client) = connected(McpMode::default()).await;
    assert_eq!(client.instructions(), None);
}
