//! What a newcomer does, from the first question to a signed webhook, against the merged routers;
//! and at the end no job is left.

use serde_json::json;
use testkit::{App, Receiver, Site, eventually};

const PAGE: &str = "<html><head><title>Opening</title></head><body><main><article><h1>Opening hours</h1>\
    <p>The Harbour Museum opens at ten in the morning and closes at six in the evening.</p>\
    <p>On Mondays the Harbour Museum stays closed.</p></article></main></body></html>";

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_from_the_first_question_to_a_signed_webhook() {
    let (app, demo) = App::demo().await;
    let (public, secret) = (&demo.keys.botplot_public, &demo.keys.botplot_secret);

    // A question about the product, answered from its own documentation.
    let answer = app.ask(public, "When is a failed webhook delivery retried?").await;
    assert!(answer["response"].as_str().unwrap().contains("5 minutes"), "{answer}");
    assert!(answer["sources"].as_u64().unwrap() >= 1);

    // The same, streamed: the pieces put together are the answer.
    let streamed = app
        .post("/api/v1/chat/stream")
        .bearer(public)
        .json(&json!({"message": "When is a failed webhook delivery retried?"}))
        .send()
        .await;
    assert!(streamed.header("content-type").starts_with("text/event-stream"));
    let lines: Vec<serde_json::Value> = streamed
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (done, tokens) = lines.split_last().unwrap();
    assert_eq!(done["type"], "done");
    assert!(done["conversationId"].is_string() && done["messageId"].is_string());
    assert!(tokens.len() > 5 && tokens.iter().all(|line| line["type"] == "token"));
    let text: String = tokens.iter().map(|line| line["content"].as_str().unwrap()).collect();
    assert_eq!(text, answer["response"].as_str().unwrap());

    // A question about something else: no guess.
    for question in ["What will the weather be like tomorrow?", "How do I cook pasta?"] {
        let refused = app.ask(public, question).await;
        assert!(refused["response"].as_str().unwrap().starts_with("I don't know"), "{refused}");
        assert_eq!(refused["sources"], 0);
    }

    // A page of their own: watched until it is ready, then asked about.
    let site = Site::start(&[("/opening", PAGE)]).await;
    let question = "When does the Harbour Museum open?";
    assert_eq!(app.ask(public, question).await["sources"], 0);
    let url = format!("{}/opening", site.url);
    let added = app
        .post("/api/v1/knowledge/url")
        .bearer(secret)
        .json(&json!({ "url": url }))
        .send()
        .await
        .ok();
    assert_eq!(added["status"], "processing");
    let path = format!("/api/v1/knowledge/{}", added["sourceId"].as_str().unwrap());
    let source = eventually("the source is ready", async || {
        let source = app.get(&path).bearer(secret).send().await.ok();
        (source["source"]["status"] == "ready").then_some(source)
    })
    .await;
    assert_eq!(source["source"]["name"], url);
    assert!(source["chunks"][0]["content"].as_str().unwrap().contains("Harbour Museum"));
    assert!(source["chunks"][0]["tokenCount"].as_u64().unwrap() > 0);
    let answer = app.ask(public, question).await;
    assert!(answer["response"].as_str().unwrap().contains("opens at ten"), "{answer}");

    // A Q&A pair answers at once, word for word.
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    let added = app.post("/api/v1/knowledge/qa").bearer(secret).json(&pair).send().await.ok();
    assert_eq!(added["status"], "processing");
    let answer = app.ask(public, "do you have parking").await;
    assert_eq!(
        (&answer["response"], &answer["sources"]),
        (&json!("Yes, behind the house."), &json!(1))
    );

    // A webhook: signed, over the exact bytes.
    let receiver = Receiver::start().await;
    let webhook = app
        .post(&format!("/api/v1/projects/{}/webhooks", demo.chatbot_id))
        .bearer(secret)
        .json(&json!({"url": receiver.url, "events": ["message.created"]}))
        .send()
        .await
        .ok();
    let signing = webhook["webhook"]["secret"].as_str().unwrap();
    assert!(signing.starts_with("whsec_"));
    let asked = app.ask(public, "Do you have parking?").await;
    eventually("both messages arrive", async || (receiver.received().len() == 2).then_some(()))
        .await;
    for received in receiver.received() {
        let expected = format!("sha256={}", dialects::events::hmac_hex(signing, &received.body));
        assert_eq!(received.header("x-botplot-signature"), expected);
        assert_eq!(received.header("x-botplot-event"), "message.created");
        assert_eq!(received.header("user-agent"), "BotPlot-Webhooks/1.0");
        let body = received.json();
        assert_eq!(body["project_id"], demo.chatbot_id);
        assert_eq!(body["data"]["conversation_id"], asked["conversationId"]);
    }
    let roles: Vec<_> =
        receiver.received().iter().map(|r| r.json()["data"]["role"].clone()).collect();
    assert!(roles.contains(&json!("user")) && roles.contains(&json!("assistant")));

    app.finish().await;
}
