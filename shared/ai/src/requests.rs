//! Tests of all wires: what a request with tools, their calls and their results comes to on each.

use futures::StreamExt;
use outbound::{Client, Policy};
use serde_json::{Value, json};

use crate::{
    AnswerError, Anthropic, BedrockConverse, Endpoint, Message, OpenAi, Request, Rules, Tool,
    ToolCall, ToolChoice, calls::OpenCalls, request::tests::request,
};

fn endpoint() -> Endpoint {
    Endpoint {
        url: "https://api.example.com/v1".parse().unwrap(),
        model: Some("m".to_owned()),
        headers: Vec::new(),
        api_key: Some("k".to_owned()),
    }
}

fn client() -> Client {
    Client::new(Policy::Public, "test").unwrap()
}

/// The bodies of a request on the three wires.
fn bodies(request: &Request) -> [Value; 3] {
    [
        OpenAi::new(client(), endpoint()).call(request, "f00d").body,
        Anthropic::new(client(), endpoint()).call(request).body,
        BedrockConverse::new(client(), endpoint()).call(request).unwrap().body,
    ]
}

fn tool(name: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        description: format!("Does {name}."),
        parameters: json!({ "type": "object", "properties": {} }),
    }
}

fn call(id: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: "find".to_owned(), arguments: arguments.to_owned() }
}

/// Two calls in one turn, both with their results.
fn in_a_loop() -> Request {
    let mut request = request("", &[]);
    request.chatbot.rules = Rules::Verbatim;
    request.chatbot.instructions = "Work.".to_owned();
    let result = |id: &str, is_error| Message::ToolResult {
        call_id: id.to_owned(),
        content: format!("result of {id}"),
        is_error,
    };
    request.history = vec![
        Message::User("Do it.".to_owned()),
        Message::Assistant {
            content: String::new(),
            tool_calls: vec![call("c1_1", "{\"a\":1}"), call("c1_2", "not json")],
        },
        result("c1_1", false),
        result("c1_2", true),
    ];
    request.tools = vec![tool("find"), tool("list")];
    request
}

#[test]
fn calls_and_results_are_what_each_wire_takes() {
    let [openai, anthropic, bedrock] = bodies(&in_a_loop());
    let messages = openai["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages.iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "tool"]);
    assert_eq!(messages[2]["content"], Value::Null);
    let function = |at: usize| &messages[2]["tool_calls"][at]["function"];
    assert_eq!(function(0), &json!({ "name": "find", "arguments": "{\"a\":1}" }));
    assert_eq!(function(1)["arguments"], "{}", "what is no JSON is not sent back");
    assert_eq!(
        messages[3],
        json!({ "role": "tool", "tool_call_id": "c1_1", "content": "result of c1_1" })
    );
    assert_eq!(messages[4]["content"], "Error: result of c1_2");
    assert_eq!(openai["tools"][1]["function"]["name"], "list");

    assert_eq!(anthropic["system"], "Work.");
    let turns = anthropic["messages"].as_array().unwrap();
    assert_eq!(turns.len(), 3, "both results are one turn: {turns:?}");
    assert_eq!(turns[1]["content"][0]["input"], json!({ "a": 1 }));
    assert_eq!(turns[1]["content"][1]["input"], json!({}));
    assert_eq!(
        (&turns[2]["role"], &turns[2]["content"][1]["is_error"]),
        (&json!("user"), &json!(true))
    );
    assert_eq!(anthropic["tools"][0]["input_schema"]["type"], "object");

    let turns = bedrock["messages"].as_array().unwrap();
    assert_eq!(turns.len(), 3);
    assert_eq!(turns[1]["content"][1]["toolUse"]["input"], json!({}));
    assert_eq!(turns[2]["content"][0]["toolResult"]["status"], "success");
    assert_eq!(turns[2]["content"][1]["toolResult"]["status"], "error");
    assert_eq!(bedrock["toolConfig"]["tools"][1]["toolSpec"]["name"], "list");
    for body in [openai, anthropic] {
        assert!(body.get("tool_choice").is_none(), "{body}");
    }
    assert_eq!(bedrock["system"], json!([{ "text": "Work." }]));
}

#[test]
fn tools_that_may_not_be_called_stay_declared() {
    let mut request = in_a_loop();
    request.tool_choice = ToolChoice::Forbidden;
    for tools in [request.tools.clone(), Vec::new()] {
        // Without any, those that the history names: Anthropic and Bedrock refuse it otherwise.
        let names = if tools.is_empty() { 1 } else { 2 };
        request.tools = tools;
        let [openai, anthropic, bedrock] = bodies(&request);
        assert_eq!(openai["tool_choice"], "none");
        assert_eq!(anthropic["tool_choice"], json!({ "type": "none" }));
        assert!(bedrock["toolConfig"].get("toolChoice").is_none());
        assert!(bedrock["system"][0]["text"].as_str().unwrap().contains("Do not call any tool"));
        let declared = [&openai["tools"], &anthropic["tools"], &bedrock["toolConfig"]["tools"]];
        for tools in declared {
            assert_eq!(tools.as_array().unwrap().len(), names);
        }
    }
    request.history.truncate(1);
    for body in bodies(&request) {
        let body = body.to_string();
        assert!(
            !body.contains("tool"),
            "a conversation without tools says nothing of them: {body}"
        );
    }
}

#[test]
fn arguments_are_an_object_or_the_model_is_told() {
    let read = |arguments: &str| call("c", arguments).object().map(Value::Object);
    assert_eq!(read("{\"a\":[1]}"), Ok(json!({ "a": [1] })));
    for none in ["", "  ", "null", "{}"] {
        assert_eq!(read(none), Ok(json!({})), "{none:?}");
    }
    assert!(read("[1]").unwrap_err().contains("must be a JSON object"));
    assert!(read("{\"a\":").unwrap_err().contains("not valid JSON"));
}

#[test]
fn calls_that_never_end_are_bounded() {
    let mut calls = OpenCalls::default();
    calls.open(0, "c", "find").unwrap();
    let piece = "x".repeat(1_000);
    let pushed = (0..1_000).try_for_each(|_| calls.push(0, "", &piece));
    assert!(matches!(pushed, Err(AnswerError::Malformed { .. })));
    let mut calls = OpenCalls::default();
    let opened = (0..1_000).try_for_each(|place| calls.open(place, "c", "find").map(|_| ()));
    assert!(matches!(opened, Err(AnswerError::Malformed { .. })));
    assert_eq!(calls.close_all().count(), 64);
    assert!(calls.push(7, "", &piece).is_ok(), "what no call is open for is passed over");
}

#[tokio::test]
async fn a_backend_without_tools_says_so() {
    use crate::{Answerer, Builtin, Echo};
    assert!(!Builtin.calls_tools() && !Echo.calls_tools());
    assert!(OpenAi::new(client(), endpoint()).calls_tools());
    let said: Vec<_> = Echo.answer(in_a_loop()).collect().await;
    assert!(said.iter().all(Result::is_ok));
}
