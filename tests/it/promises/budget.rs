//! What a chat turn may cost: at most 4 round trips one after the other, 4 read units and 8 write
//! units, warm and without a model.

use serde_json::json;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_turn_stays_within_its_budget() {
    let (app, demo) = App::demo().await;
    let public = &demo.keys.botplot_public;
    let question = "When is a failed webhook delivery retried?";
    app.ask(public, question).await;
    let ask = async |body: serde_json::Value| {
        app.post("/api/v1/chat").bearer(public).json(&body).send().await
    };

    let opens = ask(json!({"message": question, "visitorId": "visitor-1"})).await;
    let conversation = opens.ok()["conversationId"].clone();
    let goes_on = ask(json!({"message": question, "conversationId": conversation})).await;
    let refused = ask(json!({"message": "How do I cook pasta?"})).await;

    for (what, reply) in [("first turn", opens), ("next turn", goes_on), ("refusal", refused)] {
        reply.ok();
        let (read, write, round_trips) = reply.units();
        assert!(read > 0.0 && read <= 4.0, "{what}: {read} read units");
        assert!(write > 0.0 && write <= 8.0, "{what}: {write} write units");
        assert!((1..=4).contains(&round_trips), "{what}: {round_trips} round trips");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn getting_one_resource_takes_two_round_trips() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes."});
    let added =
        app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    let chatbot = app.get(&path).bearer(&tenant.session).send().await;
    chatbot.ok();
    let (read, write, round_trips) = chatbot.units();
    assert!(read <= 2.0 && write <= 1.0 && round_trips == 2, "{read} {write} {round_trips}");
    let path = format!("/api/v1/knowledge/{}", added["sourceId"].as_str().unwrap());
    app.get(&path).bearer(&tenant.secret).send().await.ok();
    // Calls that are counted are counted beside the read; the first of a minute opens it.
    let path = format!("/v1/bots/{}", tenant.chatbot);
    let get = async || app.get(&path).bearer(&tenant.chatbotplatform).send().await;
    get().await.ok();
    let bot = get().await;
    bot.ok();
    let (read, write, round_trips) = bot.units();
    assert!(read <= 2.0 && write <= 1.0 && round_trips == 2, "{read} {write} {round_trips}");
    app.finish().await;
}
