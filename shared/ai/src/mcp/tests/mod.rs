//! The client against a server that plays every quirk.

mod calls;
mod connections;
mod lists;
mod official;
mod streams;

use fakes::mcp::{McpFake, McpMode, Speaks};
use serde_json::json;

use super::*;

/// Long enough for a busy machine; a test that reaches it fails.
const LONG: Duration = Duration::from_secs(60);

fn outbound() -> Client {
    Client::new(Policy::Local, "test").unwrap()
}

fn server(fake: &McpFake) -> McpServer {
    let url = fake.url().parse().unwrap();
    McpServer { name: "crm".to_owned(), url, headers: Vec::new(), era: None }
}

async fn connect(fake: &McpFake) -> Result<McpClient, McpError> {
    McpClient::connect(outbound(), server(fake), LONG).await
}

/// A fake and a client that is connected to it.
async fn connected(mode: McpMode) -> (McpFake, McpClient) {
    let fake = McpFake::start(mode).await.unwrap();
    let client = connect(&fake).await.unwrap_or_else(|error| panic!("{error}"));
    (fake, client)
}

fn modern() -> McpMode {
    McpMode { speaks: Speaks::Modern, ..McpMode::default() }
}

fn time() -> CallTime {
    CallTime { silence: LONG, total: LONG }
}

/// Calls the tool of this name, which the server lists.
async fn call(client: &McpClient, name: &str, arguments: Value) -> Result<ToolOutput, McpError> {
    call_within(client, name, arguments, time()).await
}

async fn call_within(
    client: &McpClient,
    name: &str,
    arguments: Value,
    time: CallTime,
) -> Result<ToolOutput, McpError> {
    let listed = client.list_tools(LONG).await.unwrap();
    let tool = listed.tools.iter().find(|tool| tool.name == name).expect(name);
    client.call(tool, arguments.as_object().unwrap().clone(), time).await
}

fn output(text: &str) -> Result<ToolOutput, McpError> {
    Ok(ToolOutput { text: text.to_owned(), is_error: false })
}

/// How often a tool was run.
fn runs(fake: &McpFake, name: &str) -> usize {
    fake.calls().iter().filter(|(called, _)| called == name).count()
}

/// Every form that a server may answer in.
fn forms() -> Vec<McpMode> {
    let mut forms = Vec::new();
    for speaks in [Speaks::Legacy, Speaks::Modern, Speaks::Both] {
        for sse in [false, true] {
            for sessions in [false, true] {
                forms.push(McpMode { speaks, sse, sessions, ..McpMode::default() });
            }
        }
    }
    let legacy = |mode: McpMode| McpMode { speaks: Speaks::Legacy, ..mode };
    for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        let version = version.to_owned();
        forms.push(legacy(McpMode { version, sse: true, primed: true, ..McpMode::default() }));
    }
    for accepts in [200, 204] {
        forms.push(legacy(McpMode { accepts, sessions: true, ..McpMode::default() }));
    }
    forms.push(legacy(McpMode {
        version: "2025-03-26".to_owned(),
        array: true,
        ..McpMode::default()
    }));
    forms
}

#[tokio::test]
async fn every_form_lists_and_calls_and_ends() {
    for mode in forms() {
        let (fake, client) = connected(mode.clone()).await;
        let is_modern = mode.speaks != Speaks::Legacy;
        let era = if is_modern { McpEra::Modern } else { McpEra::Legacy };
        assert_eq!(client.era(), era, "{mode:?}");
        let echoed = call(&client, "echo", json!({ "text": "Grüße" })).await;
        assert_eq!(echoed, output("{\"text\":\"Grüße\"}"), "{mode:?}");
        client.close().await;
        let has_session = !is_modern && mode.sessions;
        assert_eq!(fake.methods().contains(&"DELETE".to_owned()), has_session, "{mode:?}");
        assert_eq!(fake.complaints(), [""; 0], "{mode:?}");
        assert!(!fake.methods().contains(&"GET".to_owned()), "no standing stream: {mode:?}");
    }
}
