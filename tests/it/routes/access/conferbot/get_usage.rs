//! conferbot GET /api/v1/external/v1/usage

use std::time::{SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use serde_json::json;
use testkit::{App, Reply, Tenant};

const USAGE: &str = "/api/v1/external/v1/usage";

async fn on(plan: &str) -> (App, Tenant) {
    let app = App::with(|options| options.signup_plan = plan.parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    (app, tenant)
}

async fn usage(app: &App, tenant: &Tenant) -> Reply {
    app.get(USAGE).api_key(&tenant.conferbot).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_was_used_of_the_months_calls_and_counts_itself() {
    let (app, tenant) = on("starter").await;
    let first = usage(&app, &tenant).await.ok();
    let month = first["data"]["month"].as_str().unwrap();
    assert!(month.len() == 7 && month.as_bytes()[4] == b'-', "{month}");
    let said = |used: u64| {
        json!({"data": {
            "month": month, "plan": "Starter", "used": used, "limit": 10_000,
            "remaining": 10_000 - used,
        }})
    };
    assert_eq!(first, said(1));
    app.get("/api/v1/external/v1/chatbots").api_key(&tenant.conferbot).send().await.ok();
    assert_eq!(usage(&app, &tenant).await.ok(), said(3));
    // What another dialect asks is not conferbot's.
    app.get("/v1/bots").bearer(&tenant.chatbotplatform).send().await.ok();
    assert_eq!(usage(&app, &tenant).await.ok(), said(4));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_limit_is_null_and_no_access_is_403() {
    let (app, tenant) = on("enterprise").await;
    let data = usage(&app, &tenant).await.ok()["data"].clone();
    assert_eq!((&data["plan"], &data["limit"]), (&json!("Enterprise"), &json!(null)));
    assert_eq!(data["remaining"], json!(null));
    app.finish().await;

    let (app, tenant) = on("free").await;
    let refused = json!({
        "error": "Forbidden", "message": "The free plan does not include API access",
    });
    usage(&app, &tenant).await.is(403, &refused);
    let list = app.get("/api/v1/external/v1/chatbots").api_key(&tenant.conferbot).send().await;
    list.is(403, &refused);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_conferbot_key_opens_it() {
    let (app, tenant) = on("starter").await;
    let refused = json!({"error": "Unauthorized", "message": "Invalid or missing API key"});
    for reply in [
        app.get(USAGE).send().await,
        app.get(USAGE).api_key("cb_live_0").send().await,
        app.get(USAGE).api_key(&tenant.secret).send().await,
        app.get(USAGE).bearer(&tenant.conferbot).send().await,
    ] {
        reply.is(401, &refused);
    }
    assert_eq!(usage(&app, &tenant).await.ok()["data"]["used"], 1, "strangers use nothing up");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minutes_calls_hold_exactly_however_many_race_for_the_last_ones() {
    let app = App::with(|options| options.signup_plan = "starter".parse().unwrap()).await;
    let minute = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 60;
    // A round that a new minute falls into says nothing; two in a row are not cut.
    for round in 0..3 {
        let tenant = app.tenant(&format!("ada-{round}")).await;
        let begun = minute();
        let replies = join_all((0..124).map(|_| usage(&app, &tenant))).await;
        if minute() != begun {
            continue;
        }
        let (taken, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|r| r.status == 200);
        assert_eq!((taken.len(), refused.len()), (60, 64));
        let body = json!({
            "error": "Rate limit exceeded", "message": "You exceeded 60 requests in 1 minute.",
        });
        for reply in refused {
            reply.is(429, &body);
            let wait: u64 = reply.header("retry-after").parse().unwrap();
            assert!((1..=60).contains(&wait), "{wait}");
        }
        app.finish().await;
        return;
    }
    panic!("three rounds in a row were cut by a new minute");
}
