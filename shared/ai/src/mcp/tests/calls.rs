//! Calls: results, errors, sessions that are gone, and what is never run twice.

use super::*;

#[tokio::test]
async fn results_of_every_kind_reach_the_model_as_text() {
    for speaks in [Speaks::Legacy, Speaks::Modern] {
        for sse in [false, true] {
            let (_, client) = connected(McpMode { speaks, sse, ..McpMode::default() }).await;
            let of = async |name: &str| call(&client, name, json!({})).await.unwrap();
            let big = of("big").await;
            assert!(big.text.len() <= MAX_OUTPUT && !big.is_error);
            assert!(big.text.starts_with("HEADx") && big.text.ends_with("xTAIL"));
            assert_eq!(of("structured").await.text, "{\"total\":7}");
            assert_eq!(
                of("binary").await.text,
                "[image image/png, 12 KB]\n[link to metadata: http://169.254.169.254/]\n\
                 [resource file:///a]\ninside"
            );
            let failed = of("fails").await;
            assert!(failed.is_error && failed.text == "no such order");
            let refused = of("refused").await;
            assert!(refused.is_error && refused.text.contains("bad arguments"), "{refused:?}");
            assert!(of("asks").await.text.contains("unattended"));
            let tool = McpTool::read(&json!({ "name": "not there" })).unwrap();
            let unknown = client.call(&tool, Map::new(), time()).await.unwrap();
            assert!(unknown.is_error && unknown.text.contains("Unknown tool"), "{unknown:?}");
        }
    }
}

#[tokio::test]
async fn names_and_arguments_of_any_characters_arrive() {
    for speaks in [Speaks::Legacy, Speaks::Modern] {
        let (fake, client) = connected(McpMode { speaks, ..McpMode::default() }).await;
        for name in ["dotted.name", "dotted name", "dotted_name", "Größe/日本"] {
            assert_eq!(call(&client, name, json!({})).await, output("{}"), "{name}");
        }
        for region in ["eu-central-1", "Zürich", " padded ", "=?base64?eA==?="] {
            let arguments = json!({ "region": region });
            let said = call(&client, "region", arguments.clone()).await;
            assert_eq!(said, output(&arguments.to_string()));
        }
        assert_eq!(call(&client, "region", json!({})).await, output("{}"));
        assert_eq!(fake.complaints(), [""; 0]);
    }
}

#[tokio::test]
async fn a_wrong_argument_for_a_header_is_told_and_not_sent() {
    let (fake, client) = connected(modern()).await;
    let said = call(&client, "region", json!({ "region": [1] })).await.unwrap();
    assert!(said.is_error && said.text.contains("region"), "{said:?}");
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn a_header_that_a_changed_list_wants_is_sent_at_the_second_try() {
    let plain = json!({ "name": "move", "inputSchema": { "type": "object", "properties": {
        "to": { "type": "string" },
    }}});
    let mut wants = plain.clone();
    wants["inputSchema"]["properties"]["to"]["x-mcp-header"] = json!("To");
    let with = |tool: Value| McpMode { tools: Some(vec![tool]), ..modern() };
    let (fake, client) = connected(with(plain)).await;
    let listed = client.list_tools(LONG).await.unwrap();
    fake.set(with(wants));
    let arguments = json!({ "to": "here" }).as_object().unwrap().clone();
    let said = client.call(&listed.tools[0], arguments, time()).await;
    assert_eq!(said, output("{\"to\":\"here\"}"));
    assert_eq!(runs(&fake, "move"), 1);
}

#[tokio::test]
async fn a_session_that_is_gone_is_begun_again_and_the_call_runs_once() {
    for gone_is_400 in [false, true] {
        let mode = McpMode {
            sessions: true,
            session_dies_after: Some(2),
            gone_is_400,
            ..McpMode::default()
        };
        let (fake, client) = connected(mode).await;
        let listed = client.list_tools(LONG).await.unwrap();
        let order = listed.tools.iter().find(|tool| tool.name == "order").unwrap();
        for n in 1..=5 {
            assert_eq!(client.call(order, Map::new(), time()).await, output("{}"), "{n}");
            assert_eq!(runs(&fake, "order"), n);
        }
        let begun = fake.methods().iter().filter(|method| *method == "initialize").count();
        assert_eq!(begun, 3, "{:?}", fake.methods());
        assert_eq!(fake.complaints(), [""; 0], "initialize came without the old session");
    }
}

#[tokio::test]
async fn calls_side_by_side_begin_one_session_again() {
    let (fake, client) = connected(McpMode { sessions: true, ..McpMode::default() }).await;
    let listed = client.list_tools(LONG).await.unwrap();
    let echo = listed.tools.iter().find(|tool| tool.name == "echo").unwrap();
    fake.forget_sessions();
    let calls = (0..4).map(|_| client.call(echo, Map::new(), time()));
    let said = futures::future::join_all(calls).await;
    assert_eq!(said, vec![output("{}"); 4]);
    assert_eq!(fake.methods().iter().filter(|method| *method == "initialize").count(), 2);
}

#[tokio::test]
async fn a_session_that_is_gone_twice_is_a_failure() {
    let (fake, client) = connected(McpMode { sessions: true, ..McpMode::default() }).await;
    let listed = client.list_tools(LONG).await.unwrap();
    fake.set(McpMode { sessions: true, session_dies_after: Some(0), ..McpMode::default() });
    fake.forget_sessions();
    let said = client.call(&listed.tools[0], Map::new(), time()).await;
    let error = said.map(|said| said.is_error);
    assert!(!matches!(error, Ok(false)), "{error:?}");
    assert!(fake.calls().is_empty());
    assert_eq!(fake.methods().iter().filter(|method| *method == "initialize").count(), 2);
}

#[tokio::test]
async fn a_key_that_a_tool_echoes_reaches_no_model() {
    let fake = McpFake::start(McpMode::default()).await.unwrap();
    let headers = vec![
        ("authorization".to_owned(), "Bearer s3cr3t-key".to_owned()),
        ("x-region".to_owned(), "eu-central-1".to_owned()),
    ];
    let client = McpClient::connect(outbound(), McpServer { headers, ..server(&fake) }, LONG).await;
    let client = client.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(call(&client, "leaks", json!({})).await, output("asked with [redacted]"));
    let said = call(&client, "echo", json!({ "text": "eu-central-1" })).await;
    assert_eq!(said, output("{\"text\":\"eu-central-1\"}"));
}

#[tokio::test]
async fn a_server_that_fails_is_told_from_one_that_refuses() {
    let (fake, client) = connected(McpMode::default()).await;
    let listed = client.list_tools(LONG).await.unwrap();
    let order = listed.tools.iter().find(|tool| tool.name == "order").unwrap();
    for (status, may_have_run) in
        [(401, false), (429, false), (404, false), (500, true), (503, true)]
    {
        fake.set(McpMode { refuses: Some((status, "no".to_owned())), ..McpMode::default() });
        let before = fake.asked().len();
        let error = client.call(order, Map::new(), time()).await.unwrap_err();
        assert_eq!(error.may_have_run(), may_have_run, "{status}: {error}");
        assert_eq!(fake.asked().len(), before + 1, "{status}: not sent again");
    }
    // What may be repeated is, once.
    fake.set(McpMode { refuses: Some((502, "no".to_owned())), ..McpMode::default() });
    for name in ["echo", "put"] {
        let tool = listed.tools.iter().find(|tool| tool.name == name).unwrap();
        let before = fake.asked().len();
        let error = client.call(tool, Map::new(), time()).await.unwrap_err();
        assert!(matches!(error, McpError::Lost(_)), "{error}");
        assert_eq!(fake.asked().len(), before + 2, "{name}");
    }
    let text = "x".repeat(5 * 1024 * 1024);
    fake.set(McpMode { tools: Some(vec![json!({ "name": "echo" })]), ..McpMode::default() });
    let echo = listed.tools.iter().find(|tool| tool.name == "echo").unwrap();
    let arguments = json!({ "text": text }).as_object().unwrap().clone();
    let error = client.call(echo, arguments, time()).await.unwrap_err();
    assert!(!matches!(error, McpError::Timeout(_)), "a body over the bound: {error}");
}
