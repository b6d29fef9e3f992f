//! botplot GET /api/v1/analytics

use domain::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, eventually};

use crate::util::{
    analytics::days,
    botplot::{Route, problem},
};

const PATH: &str = "/api/v1/analytics";

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_the_period_was_like_with_every_day_of_it() {
    let app = App::with(|options| options.idle_seconds = 1).await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let today = Timestamp::now().day_start();
    let zeros = json!({"date": "", "messages": 0, "conversations": 0});
    let expected = |number: u32, overview: Value, today: Option<Value>, top: Value| {
        let mut days = days(number, &zeros);
        if let (Some(last), Some(today)) = (days.last_mut(), today) {
            last["messages"] = today[0].clone();
            last["conversations"] = today[1].clone();
        }
        json!({"overview": overview, "messagesOverTime": days, "topQuestions": top})
    };
    let nothing = json!({
        "totalConversations": 0, "totalMessages": 0, "uniqueVisitors": 0,
        "avgMessagesPerConversation": 0.0, "leadsCollected": 0, "conversationsClosed": 0,
        "resolutionRate": 0.0,
    });
    let read = async |query: &str| {
        app.get(&format!("{PATH}{query}")).bearer(&ada.secret).send().await.ok()
    };
    assert_eq!(read("").await, expected(30, nothing.clone(), None, json!([])));

    app.ask(&eve.public, "Somebody else's?").await;
    let ask = async |message: &str, visitor: &str| {
        let body = json!({"message": message, "visitorId": visitor});
        app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok()
    };
    ask("What is your pricing?", "v-1").await;
    ask("what is your PRICING", "v-1").await;
    let third = ask("Do you ship?", "v-2").await;
    let on = json!({"message": "What  is your pricing", "conversationId": third["conversationId"]});
    app.post("/api/v1/chat").bearer(&ada.public).json(&on).send().await.ok();
    let lead = json!({"email": "ada@example.com"});
    app.post("/api/v1/leads").bearer(&ada.public).json(&lead).send().await;
    let rate = eventually("all have ended", async || {
        let overview = read("?period=7d").await["overview"].clone();
        (overview["conversationsClosed"] == 3).then_some(overview)
    })
    .await;
    app.drain().await;
    if Timestamp::now().day_start() != today {
        return app.finish().await; // Midnight came between.
    }
    assert_eq!(rate["totalConversations"], 3);
    let overview = json!({
        "totalConversations": 3, "totalMessages": 8, "uniqueVisitors": 2,
        "avgMessagesPerConversation": 2.7, "leadsCollected": 1, "conversationsClosed": 3,
        "resolutionRate": 100.0,
    });
    let top = json!([
        {"question": "What is your pricing?", "count": 3},
        {"question": "Do you ship?", "count": 1},
    ]);
    for (query, number) in [("?period=7d", 7), ("", 30), ("?period=90d", 90)] {
        let all = expected(number, overview.clone(), Some(json!([8, 3])), top.clone());
        assert_eq!(read(query).await, all, "{query}");
    }

    // What is deleted counts no more, its questions and its visitor neither.
    let path = format!("/api/v1/conversations/{}", third["conversationId"].as_str().unwrap());
    app.delete(&path).bearer(&ada.secret).send().await.ok();
    app.drain().await;
    let left = read("").await;
    assert_eq!(left["overview"]["uniqueVisitors"], 1);
    assert_eq!(left["overview"]["totalMessages"], 4);
    assert_eq!(left["topQuestions"], json!([{"question": "What is your pricing?", "count": 2}]));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_is_one_of_three() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for period in ["", "all", "1d", "30", "7D"] {
        let path = format!("{PATH}?period={period}");
        let reply = app.get(&path).bearer(&ada.secret).send().await;
        let message = problem(&reply, 400, "VALIDATION_ERROR");
        assert_eq!(message, "period must be one of 7d, 30d, 90d");
    }
    let route = Route::new(&app, Method::GET, PATH);
    route.allows_only(&ada.secret, &[Method::GET]).await;
    app.finish().await;
}
