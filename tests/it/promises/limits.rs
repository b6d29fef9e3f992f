//! Limits of a plan hold exactly, in the dialect's own words, however many calls race.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use domain::{ErrorKind, Timestamp};
use futures::future::join_all;
use serde_json::json;
use testkit::{App, Reply, Tenant};

#[tokio::test(flavor = "multi_thread")]
async fn chatbot_platforms_minute_holds_sixty_calls_on_the_free_plan() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let minute = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 60;
    // A round that a new minute falls into says nothing; two in a row are not cut.
    for round in 0..3 {
        let tenant = app.tenant(&format!("ada-{round}")).await;
        let begun = minute();
        let list = || app.get("/v1/bots").bearer(&tenant.chatbotplatform).send();
        let replies = join_all((0..124).map(|_| list())).await;
        if minute() != begun {
            continue;
        }
        let (taken, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|r| r.status == 200);
        assert_eq!((taken.len(), refused.len()), (60, 64));
        let body = json!({"error": {
            "code": "rate_limit_exceeded", "message": "You exceeded 60 requests in 1 minute.",
        }});
        for reply in refused {
            reply.is(429, &body);
            assert!((1..=60).contains(&reply.header("retry-after").parse::<u64>().unwrap()));
        }
        app.finish().await;
        return;
    }
    panic!("three rounds in a row were cut by a new minute");
}

async fn on(plan: &str) -> (App, Tenant) {
    let app = App::with(|options| options.signup_plan = plan.parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    (app, tenant)
}

async fn sources(app: &App, key: &str) -> Reply {
    app.get("/api/v1/knowledge").bearer(key).send().await
}

async fn use_up(app: &App, tenant: &Tenant, calls: u32) {
    let workspace = tenant.workspace.parse().unwrap();
    for _ in 0..calls {
        let store = &app.platform.app.store;
        assert!(store.take(workspace, "botplot-calls", None, Timestamp::now()).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_ten_calls_of_botplots_month_go_to_ten_of_sixty_four_clients() {
    let (app, tenant) = on("pro").await;
    use_up(&app, &tenant, 990).await;
    let question = json!({"question": "Do you have parking?", "answer": "Yes."});
    // Reads are counted beside the work and writes before it; both hold.
    let replies = join_all((0..64).map(|at| {
        let add = app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&question);
        let list = app.get("/api/v1/knowledge").bearer(&tenant.secret);
        if at % 2 == 0 { list.send() } else { add.send() }
    }))
    .await;
    let (taken, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|r| r.status == 200);
    assert_eq!((taken.len(), refused.len()), (10, 54));
    let mut left: Vec<u32> =
        taken.iter().map(|r| r.header("x-ratelimit-remaining").parse().unwrap()).collect();
    left.sort_unstable();
    assert_eq!(left, (0..10).collect::<Vec<_>>(), "each knows its own place");
    let body = json!({"error": "Monthly API limit exceeded", "code": "QUOTA_EXCEEDED"});
    for reply in refused {
        reply.is(429, &body);
        assert_eq!(reply.header("x-ratelimit-remaining"), "0");
        let wait: i64 = reply.header("retry-after").parse().unwrap();
        assert!((1..=31 * 24 * 60 * 60).contains(&wait), "{wait}");
    }
    let added = taken.iter().filter(|reply| reply.json().get("sourceId").is_some()).count();
    let kept = app.platform.app.store.sources(tenant.chatbot.parse().unwrap()).await.unwrap();
    assert_eq!(kept.len(), added, "what was refused wrote nothing");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn botplots_answers_say_what_is_left_of_the_month() {
    let (app, tenant) = on("business").await;
    let now = Timestamp::now();
    let headers = |reply: &Reply| {
        let number =
            |name: &str| reply.header(&format!("x-ratelimit-{name}")).parse::<i64>().unwrap();
        let reset = number("reset");
        assert!([now, Timestamp::now()].iter().any(|at| at.next_month().seconds() == reset));
        (number("limit"), number("remaining"))
    };
    let public = app.post("/api/v1/chat").bearer(&tenant.public).json(&json!({"message": "Hi"}));
    assert_eq!(headers(&public.send().await), (5_000, 4_999));
    let stream = app.post("/api/v1/chat/stream").bearer(&tenant.public);
    assert_eq!(headers(&stream.json(&json!({"message": "Hi"})).send().await), (5_000, 4_998));
    assert_eq!(headers(&sources(&app, &tenant.secret).await), (5_000, 4_997));
    let openbat = sources(&app, &tenant.openbat).await;
    assert_eq!(headers(&openbat), (5_000, 4_996), "an openbat key speaks botplot here");
    let missing = app.get("/api/v1/conversations/x").bearer(&tenant.secret).send().await;
    assert_eq!((missing.status, headers(&missing)), (404, (5_000, 4_995)));
    // A key that may not is no call; nor is what another dialect asks.
    for reply in [
        sources(&app, &tenant.public).await,
        sources(&app, "sk_0").await,
        app.get("/v1/bots").bearer(&tenant.chatbotplatform).send().await,
        app.post("/api/v1/chat")
            .bearer(&tenant.helpbot)
            .json(&json!({"question": "Hi"}))
            .send()
            .await,
    ] {
        assert_eq!(reply.header("x-ratelimit-limit"), "", "{}", reply.text);
    }
    assert_eq!(headers(&sources(&app, &tenant.secret).await), (5_000, 4_994));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_counts_from_the_next_request_on() {
    let (app, tenant) = on("free").await;
    let refused = json!({
        "error": "The free plan does not include API access", "code": "PLAN_REQUIRED",
    });
    let chat = async |app: &App| {
        let ask = json!({"message": "Hi"});
        app.post("/api/v1/chat").bearer(&tenant.public).json(&ask).send().await
    };
    sources(&app, &tenant.secret).await.is(403, &refused);
    sources(&app, &tenant.openbat).await.is(403, &refused);
    chat(&app).await.is(403, &refused);
    let lambda_env = app.platform.lambda_env();
    let admin = async |words: &[&str]| {
        let before = ["admin", "--env-file", lambda_env.to_str().unwrap(), "plan"];
        let words = before.iter().chain(words);
        admin::run(admin::Options::try_parse_from(words).unwrap()).await
    };
    let said = async |words: &[&str]| admin(words).await.unwrap();
    let id = &tenant.workspace;
    assert_eq!(said(&["ada@example.com"]).await, format!("{id} ada is on free\n"));
    assert_eq!(said(&["Ada@example.com", "pro"]).await, format!("{id} ada is on pro now\n"));
    assert_eq!(said(&[id]).await, format!("{id} ada is on pro\n"));
    for stranger in ["bob@example.com", "0197a000-0000-7000-8000-000000000001"] {
        assert_eq!(admin(&[stranger, "pro"]).await.unwrap_err().kind, ErrorKind::NotFound);
    }
    sources(&app, &tenant.secret).await.ok();
    sources(&app, &tenant.openbat).await.ok();
    chat(&app).await.ok();
    // Keys that come later have the plan too.
    let rotated = app.post(&format!("/api/v1/chatbots/{}/rotate-key", tenant.chatbot));
    let rotated = rotated.bearer(&tenant.session).send().await.ok();
    let reply = sources(&app, rotated["apiKey"].as_str().unwrap()).await;
    assert_eq!(reply.header("x-ratelimit-limit"), "1000");
    said(&[id, "starter"]).await;
    assert_eq!(sources(&app, &tenant.secret).await.status, 403);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_is_each_keys_own() {
    let (app, tenant) = on("free").await;
    let minute = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 60;
    let list = |key: String| app.get("/v1/bots").bearer(&key).send();
    for _ in 0..3 {
        let new = json!({"dialect": "chatbotplatform"});
        let other = app.post("/api/v1/api-keys").bearer(&tenant.session).json(&new).send().await;
        let other = other.json()["key"].as_str().unwrap().to_owned();
        let begun = minute();
        let first = join_all((0..61).map(|_| list(tenant.chatbotplatform.clone()))).await;
        let second = list(other).await;
        if minute() == begun {
            assert!(first.iter().any(|reply| reply.status == 429));
            assert_eq!(second.status, 200, "another key has a minute of its own");
            app.finish().await;
            return;
        }
    }
    panic!("three rounds in a row were cut by a new minute");
}
