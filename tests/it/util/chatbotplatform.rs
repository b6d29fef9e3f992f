//! What every route of Chatbot Platform is tested for alike.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

use crate::util::access::keys_of;

/// Where bots are.
pub const BOTS: &str = "/v1/bots";
/// Where conversations are.
pub const CONVERSATIONS: &str = "/v1/conversations";

/// An error in Chatbot Platform's shape: a code, what was wrong and, of a validation, the fields.
#[track_caller]
pub fn platform_refused(reply: &Reply, status: u16, words: &[&str]) {
    assert_eq!(reply.status, status, "{}", reply.text);
    let body = reply.json();
    let message = body["error"]["message"].as_str().expect("a message");
    let code = match status {
        400 => "bad_request",
        401 => "unauthorized",
        403 => "plan_required",
        404 => "not_found",
        405 => "method_not_allowed",
        413 => "payload_too_large",
        422 => "validation_error",
        _ => panic!("{status} has no code here"),
    };
    let mut expected = json!({"error": {"code": code, "message": message}});
    if status == 422 {
        let details = body["error"]["details"].as_object().expect("the fields at fault");
        let field = details.keys().next().expect("a field");
        assert!(details[field][0].is_string() && message.starts_with(field), "{body}");
        expected["error"]["details"] = body["error"]["details"].clone();
    }
    assert_eq!(body, expected);
    assert!(words.iter().all(|word| message.contains(word)), "{words:?} in {message:?}");
    assert!(!reply.header("x-request-id").is_empty());
}

/// What is 400 elsewhere for breaking a rule is 422 here.
#[track_caller]
pub fn broke_a_rule(reply: &Reply, _elsewhere: u16, words: &[&str]) {
    platform_refused(reply, 422, words);
}

/// Without a workspace key of this dialect as Bearer the answer is one and the same 401.
pub async fn only_its_key(app: &App, tenant: &Tenant, method: Method, path: &str, body: &Value) {
    let request = || app.request(method.clone(), path).json(body);
    let own = &tenant.chatbotplatform;
    let mut replies = vec![
        request().send().await,
        request().bearer("").send().await,
        request().bearer(&format!("sk_live_{}", "0".repeat(40))).send().await,
        request().bearer(&own[..own.len() - 1]).send().await,
        request().bearer(&tenant.session).send().await,
        request().cookie(&tenant.session).send().await,
        app.request(method.clone(), path).body("{").send().await,
        // The right key in the wrong place.
        request().api_key(own).send().await,
        request().header("authorization", own).send().await,
        app.request(method.clone(), &format!("{path}?apiKey={own}")).json(body).send().await,
    ];
    for key in keys_of(tenant).into_iter().filter(|key| key != own) {
        replies.push(request().bearer(key).send().await);
        replies.push(request().api_key(key).send().await);
    }
    let expected =
        json!({"error": {"code": "unauthorized", "message": "Invalid or missing API key"}});
    for reply in replies {
        reply.is(401, &expected);
        assert!(!reply.header("x-request-id").is_empty());
    }
}

/// The rows of a list and its total; `meta` is what was requested.
pub async fn list(app: &App, key: &str, path: &str) -> (Vec<Value>, u64) {
    let body = app.get(path).bearer(key).send().await.ok();
    let asked = |name: &str, default: u64| {
        let value = path.split(['?', '&']).find_map(|pair| pair.strip_prefix(name));
        value.map_or(default, |value| value.parse().expect("a number"))
    };
    let total = body["meta"]["total"].as_u64().expect("a total");
    let meta = json!({
        "page": asked("page=", 1), "per_page": asked("per_page=", 20), "total": total,
    });
    let rows = body["data"].as_array().expect("rows").clone();
    assert_eq!(body, json!({"data": rows, "meta": meta}));
    (rows, total)
}

/// The ids of a list's rows and its total.
pub async fn ids(app: &App, key: &str, path: &str) -> (Vec<String>, u64) {
    let (rows, total) = list(app, key, path).await;
    (rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect(), total)
}

/// Parameters out of bounds and those that are no filter are 422 and named.
pub async fn its_parameters_have_bounds(
    app: &App,
    key: &str,
    path: &str,
    wrong: &[(&str, &[&str])],
) {
    let pages = [
        ("page", &["0", "-1", "x", "", "1.5", "99999999999999999999"][..]),
        ("per_page", &["0", "101", "-1", "x", "", "1.5"]),
        ("limit", &["5"]),
        ("colour", &["red"]),
    ];
    for (name, values) in pages.iter().chain(wrong) {
        for value in *values {
            let reply = app.get(&format!("{path}?{name}={value}")).bearer(key).send().await;
            platform_refused(&reply, 422, &[name]);
            assert!(reply.json()["error"]["details"][name][0].is_string(), "{}", reply.text);
        }
    }
    let twice = app.get(&format!("{path}?page=1&page=2")).bearer(key).send().await;
    platform_refused(&twice, 422, &["page", "twice"]);
    list(app, key, &format!("{path}?page=1&per_page=100")).await;
    list(app, key, &format!("{path}?page=1&per_page=1")).await;
    let (rows, _) = list(app, key, &format!("{path}?page=4294967295&per_page=100")).await;
    assert!(rows.is_empty(), "behind the last page there is nothing");
}
