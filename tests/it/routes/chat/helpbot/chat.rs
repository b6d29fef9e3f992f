//! helpbot POST /api/v1/chat

use serde_json::{Value, json};
use testkit::{App, Site, Tenant, eventually};

async fn taught(app: &App) -> (Tenant, Site) {
    let tenant = app.tenant("ada").await;
    let page = "<main><h1>Shipping</h1><p>Parcels to Iceland take nine days.</p></main>";
    let site = Site::start(&[("/shipping", page)]).await;
    let url = json!({"url": format!("{}/shipping", site.url)});
    let added =
        app.post("/api/v1/knowledge/url").bearer(&tenant.secret).json(&url).send().await.ok();
    let path = format!("/api/v1/knowledge/{}", added["sourceId"].as_str().unwrap());
    eventually("the source is ready", async || {
        let found = app.get(&path).bearer(&tenant.secret).send().await.ok();
        (found["source"]["status"] == "ready").then_some(())
    })
    .await;
    (tenant, site)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_decides_which_of_the_two_documented_shapes_it_is() {
    let app = App::start().await;
    let (tenant, site) = taught(&app).await;
    let body = json!({
        "question": "How long do parcels to Iceland take?",
        "message": "How long do parcels to Iceland take?",
        "sessionId": "s-1", "language": "en",
    });

    let asked = app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&body).send().await.ok();
    assert_eq!(asked["answer"], "Parcels to Iceland take nine days.");
    assert_eq!(asked["sources"], json!([format!("{}/shipping", site.url)]));
    assert_eq!(asked.as_object().unwrap().len(), 3);

    let botplot = app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    assert_eq!(botplot["response"], asked["answer"]);
    assert_eq!(botplot["sources"], 1);

    // What one dialect asked is there in the other.
    let id = asked["conversationId"].as_str().unwrap();
    let path = format!("/api/v1/conversations/{id}");
    let seen = app.get(&path).bearer(&tenant.secret).send().await.ok();
    assert_eq!(seen["conversation"]["messages"][1]["content"], asked["answer"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_may_stand_in_header_query_or_body() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let question = json!({"question": "Is anybody there?"});
    let in_query = format!("/api/v1/chat?apiKey={}", tenant.helpbot);
    let mut with_key = question.clone();
    with_key["apiKey"] = json!(tenant.helpbot);

    let mut conversations = Vec::new();
    for reply in [
        app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&question).send().await,
        app.post(&in_query).json(&question).send().await,
        app.post("/api/v1/chat").json(&with_key).send().await,
        // Without a content type, as the reference's own example sends it.
        app.post("/api/v1/chat").bearer(&tenant.helpbot).body(question.to_string()).send().await,
    ] {
        let answer = reply.ok();
        assert_eq!(answer["sources"], json!([]));
        conversations.push(answer["conversationId"].clone());
    }
    conversations.dedup();
    assert_eq!(conversations.len(), 4, "every question opens its own conversation");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_bad_questions_are_refused() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let question = json!({"question": "Is anybody there?"});

    // With no valid key: botplot's shape, which contains helpbot's.
    for reply in [
        app.post("/api/v1/chat").json(&question).send().await,
        app.post("/api/v1/chat?apiKey=wk_live_0").json(&question).send().await,
        app.post("/api/v1/chat").bearer(&tenant.conferbot).json(&question).send().await,
        app.post("/api/v1/chat").body("{").send().await,
    ] {
        let body = json!({"error": "Invalid or missing API key", "code": "UNAUTHORIZED"});
        reply.is(401, &body);
    }
    let ask = async |body: Value| {
        let reply = app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&body).send().await;
        assert_eq!(reply.status, 400, "{}", reply.text);
        reply.json()
    };
    assert_eq!(ask(json!({})).await, json!({"error": "question is required"}));
    assert_eq!(ask(json!({"question": " "})).await, json!({"error": "question must not be empty"}));
    let long = ask(json!({"question": "x".repeat(1001)})).await;
    assert_eq!(long, json!({"error": "question must have at most 1000 characters"}));
    let tag = ask(json!({"question": "Hm?", "language": "english language"})).await;
    assert!(tag["error"].as_str().unwrap().starts_with("language "));
    let broken =
        app.post("/api/v1/chat").bearer(&tenant.helpbot).body("{\"question\":").send().await;
    assert_eq!(broken.status, 400);
    assert!(broken.json()["error"].as_str().unwrap().contains("line 1 column"));

    // A site's key has no stream.
    let stream =
        app.post("/api/v1/chat/stream").bearer(&tenant.helpbot).json(&question).send().await;
    assert_eq!(stream.status, 401);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_of_a_month_hold_exactly_however_many_race_for_the_last_ones() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    let ask = async || {
        let body = json!({"question": "Is anybody there?"});
        app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&body).send().await
    };
    for _ in 0..90 {
        ask().await.ok();
    }
    let racing: Vec<_> = futures::future::join_all((0..64).map(|_| ask())).await;
    let answered = racing.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(answered, 10, "free has 100 credits a month");
    for refused in racing.iter().filter(|reply| reply.status != 200) {
        refused.is(429, &json!({"error": "Monthly credit limit reached"}));
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!(wait > 0 && wait <= 31 * 24 * 3600 + 1);
    }
    app.finish().await;
}
