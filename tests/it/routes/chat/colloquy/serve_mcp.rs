//! ours POST /mcp

use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

const MODERN: &str = "2026-07-28";

/// A platform whose tenant knows when the museum opens.
async fn knowing() -> (App, Tenant) {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let pair = json!({"question": "When does the museum open?", "answer": "It opens at ten."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    app.drain().await;
    (app, ada)
}

/// A request of the era with a handshake.
async fn legacy(app: &App, key: &str, method: &str, params: Value) -> Reply {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let request = app.post("/mcp").bearer(key).header("mcp-protocol-version", "2025-11-25");
    request.header("accept", "application/json, text/event-stream").json(&body).send().await
}

/// A request of the era without one.
async fn modern(app: &App, key: &str, method: &str, mut params: Value) -> Reply {
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = json!({"jsonrpc": "2.0", "id": "a", "method": method, "params": params});
    let request = app.post("/mcp").bearer(key).header("mcp-protocol-version", MODERN);
    let request = request.header("mcp-method", method).json(&body);
    let request = if name.is_empty() { request } else { request.header("mcp-name", &name) };
    request.send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_a_handshake_finds_and_calls_both_tools() {
    let (app, ada) = knowing().await;
    let key = &ada.secret;
    let hello =
        legacy(&app, key, "initialize", json!({"protocolVersion": "2025-06-18"})).await.ok();
    assert_eq!(hello["result"]["protocolVersion"], "2025-06-18");
    assert!(hello["result"]["capabilities"]["tools"].is_object(), "{hello}");
    let body = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let noted = app.post("/mcp").bearer(key).json(&body).send().await;
    assert_eq!((noted.status, noted.text.as_str()), (202, ""));
    let list = legacy(&app, key, "tools/list", json!({})).await.ok();
    let names: Vec<_> =
        list["result"]["tools"].as_array().unwrap().iter().map(|t| &t["name"]).collect();
    assert_eq!(names, ["ask", "search_knowledge"]);
    let question = "When does the museum open?";
    let found = json!({"name": "search_knowledge", "arguments": {"query": question}});
    let found = legacy(&app, key, "tools/call", found).await.ok();
    assert_eq!(found["result"]["isError"], false);
    assert!(found["result"]["content"][0]["text"].as_str().unwrap().contains("It opens at ten."));
    let ask = json!({"name": "ask", "arguments": {"question": question}});
    let answer = legacy(&app, key, "tools/call", ask).await.ok();
    assert_eq!(answer["result"]["content"][0]["text"], "It opens at ten.");
    let structured = &answer["result"]["structuredContent"];
    assert_eq!(
        (&structured["answer"], &structured["answered"]),
        (&json!("It opens at ten."), &json!(true))
    );
    // The turn is kept, and the conversation continues.
    let conversation = structured["conversationId"].as_str().unwrap();
    let more =
        json!({"name": "ask", "arguments": {"question": question, "conversationId": conversation}});
    let more = legacy(&app, key, "tools/call", more).await.ok();
    assert_eq!(more["result"]["structuredContent"]["conversationId"], conversation);
    let path = format!("/api/v1/conversations/{conversation}");
    let kept = app.get(&path).bearer(key).send().await.ok();
    assert!(kept.to_string().contains("It opens at ten."), "{kept}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_a_handshake_does_too() {
    let (app, ada) = knowing().await;
    let key = &ada.openbat;
    let about = modern(&app, key, "server/discover", json!({})).await.ok();
    assert_eq!(about["result"]["resultType"], "complete");
    assert_eq!(about["result"]["supportedVersions"], json!([MODERN]));
    let list = modern(&app, key, "tools/list", json!({})).await.ok();
    assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 2);
    assert!(list["result"]["ttlMs"].is_u64() && list["id"] == "a", "{list}");
    let ask = json!({"name": "ask", "arguments": {"question": "When does the museum open?"}});
    let answer = modern(&app, key, "tools/call", ask).await.ok();
    assert_eq!(answer["result"]["content"][0]["text"], "It opens at ten.");
    assert_eq!(answer["result"]["resultType"], "complete");
    // Headers that say something else than the body.
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {
        "_meta": {"io.modelcontextprotocol/protocolVersion": MODERN}}});
    let reply = app.post("/mcp").bearer(key).json(&body).send().await;
    assert_eq!((reply.status, &reply.json()["error"]["code"]), (400, &json!(-32_020)));
    let reply = modern(&app, key, "resources/list", json!({})).await;
    assert_eq!((reply.status, &reply.json()["error"]["code"]), (404, &json!(-32_601)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_call_is_a_result_or_an_error_of_the_protocol() {
    let (app, ada) = knowing().await;
    let key = &ada.secret;
    for (arguments, words) in [
        (json!({"question": ""}), "empty"),
        (json!({}), "empty"),
        (json!({"question": "x".repeat(4_001)}), "4000"),
        (json!({"question": "Hello?", "conversationId": "x"}), "not found"),
    ] {
        let reply = legacy(&app, key, "tools/call", json!({"name": "ask", "arguments": arguments}));
        let body = reply.await.ok();
        assert_eq!(body["result"]["isError"], true, "{body}");
        assert!(body["result"]["content"][0]["text"].as_str().unwrap().contains(words), "{body}");
    }
    for params in [json!({"name": "delete"}), json!({}), json!({"name": "ask", "arguments": []})] {
        let body = legacy(&app, key, "tools/call", params).await.ok();
        assert_eq!(body["error"]["code"], -32_602, "{body}");
    }
    let body = legacy(&app, key, "prompts/list", json!({})).await.ok();
    assert_eq!(body["error"]["code"], -32_601);
    for text in ["", "{", "[]", "{}"] {
        let reply = app.post("/mcp").bearer(key).body(text).send().await;
        assert_eq!(reply.status, 400, "{text}: {}", reply.text);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_secret_key_opens_it_and_no_page_does() {
    let (app, ada) = knowing().await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let send = |key: &str| app.post("/mcp").bearer(key).json(&list).send();
    for key in [&ada.secret, &ada.openbat] {
        assert_eq!(send(key).await.status, 200);
    }
    for key in [&ada.chatbotplatform, &ada.conferbot, &ada.helpbot, &ada.session, &String::new()] {
        assert_eq!(send(key).await.status, 401);
    }
    let public = send(&ada.public).await;
    assert!([401, 403].contains(&public.status), "{}", public.text);
    let page = app.post("/mcp").bearer(&ada.secret).header("origin", "https://example.com");
    assert_eq!(page.json(&list).send().await.status, 403);
    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        let reply = app.request(method, "/mcp").bearer(&ada.secret).send().await;
        assert_eq!(reply.status, 405, "no stream is offered, and there is no session to end");
    }
    app.finish().await;
}
