//! What tests of statistics share.

use domain::{Days, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::access::{keys_of, only_methods, refused};

/// Asks in helpbot's dialect, within a session; the conversation's id.
pub async fn ask_site(app: &App, tenant: &Tenant, question: &str, session: &str) -> Value {
    let body = json!({"question": question, "sessionId": session});
    let asked = app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&body).send().await.ok();
    asked["conversationId"].clone()
}

/// Rates an answer.
pub async fn rate(app: &App, tenant: &Tenant, message: &Value, rating: i64) {
    let path = format!("/api/v1/messages/{}/rating", message.as_str().unwrap());
    app.post(&path).bearer(&tenant.public).json(&json!({"rating": rating})).send().await.ok();
}

/// The first answer of a conversation.
pub async fn first_answer(app: &App, tenant: &Tenant, conversation: &Value) -> Value {
    let path = format!("/api/v1/conversations/{}", conversation.as_str().unwrap());
    let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
    shown["conversation"]["messages"][1]["id"].clone()
}

/// The days of a period up to today, each with `zeros` beside its date.
pub fn days(number: u32, zeros: &Value) -> Vec<Value> {
    let names = Days::until(Timestamp::now(), number).names();
    let day = |date: String| {
        let mut day = zeros.clone();
        day["date"] = json!(date);
        day
    };
    names.map(day).collect()
}

/// Only a site's key opens it, of a plan that has insights; and a range is one of those named.
pub async fn is_an_insight(path: &str) {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let unauthorized = app.get(path).send().await;
    refused(&unauthorized, 401, &[]);
    for key in keys_of(&ada).into_iter().filter(|key| *key != ada.helpbot) {
        let reply = app.get(path).bearer(key).send().await;
        assert_eq!((reply.status, &reply.text), (401, &unauthorized.text), "{key}");
    }
    app.get(&format!("{path}?apiKey={}", ada.helpbot)).send().await.ok();
    for range in ["", "1d", "365d", "30", "ALL"] {
        let reply = app.get(&format!("{path}?range={range}")).bearer(&ada.helpbot).send().await;
        refused(&reply, 400, &["range must be one of 7d, 30d, 90d, all"]);
    }
    only_methods(&app, path, &[Method::GET], refused).await;
    app.finish().await;

    for (plan, status) in [("starter", 403), ("pro", 200)] {
        let app = App::with(|options| options.signup_plan = plan.parse().unwrap()).await;
        let ada = app.tenant("ada").await;
        let reply = app.get(path).bearer(&ada.helpbot).send().await;
        assert_eq!(reply.status, status, "{plan}: {}", reply.text);
        if status == 403 {
            refused(&reply, 403, &["pro plan"]);
        }
        app.finish().await;
    }
}
