//! chatbotplatform POST /v1/agent-loops

use reqwest::Method;
use serde_json::{Map, Value, json};
use testkit::App;

use crate::util::{
    agent_loops::{LOOPS, NO_LOOP, echoing, make, one, report},
    botplot::{is_id, is_time},
    chatbotplatform::{only_its_key, platform_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_every_field_but_no_secret() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let integration = echoing(&app, &ada).await;
    let body = json!({
        "name": "  Morning report ", "system_prompt": "You are brief.",
        "user_message": "Sum up what happened.", "integration_id": integration,
        "bot_id": ada.chatbot, "tools": ["search_knowledge", "http_get", "http_get"],
        "mcp_servers": [
            {"name": "crm", "url": "http://127.0.0.1:9/mcp",
                "headers": {"Authorization": "Bearer secret-1"}, "allowed_tools": ["find"]},
            {"name": "mail", "url": "http://127.0.0.1:8/mcp"},
        ],
        "callback_url": "http://127.0.0.1:9/done", "callback_headers": {"X-Key": "secret-2"},
        "max_iterations": 5, "timeout_seconds": 60, "max_tokens": 9000,
        "schedule": "cron(0 8 ? * MON-FRI *)", "status": "inactive",
    });
    let made = app.post(LOOPS).bearer(&ada.chatbotplatform).json(&body).send().await;
    let data = made.json()["data"].clone();
    assert!(is_id(&data["id"]) && is_time(&data["created_at"]), "{data}");
    let expected = json!({"data": {
        "id": data["id"], "name": "Morning report", "system_prompt": "You are brief.",
        "user_message": "Sum up what happened.", "integration_id": integration,
        "bot_id": ada.chatbot, "tools": ["search_knowledge", "http_get"],
        "mcp_servers": [
            {"name": "crm", "url": "http://127.0.0.1:9/mcp",
                "headers": {"authorization": "••••"}, "allowed_tools": ["find"]},
            {"name": "mail", "url": "http://127.0.0.1:8/mcp", "headers": {},
                "allowed_tools": null},
        ],
        "callback_url": "http://127.0.0.1:9/done", "callback_headers": {"x-key": "••••"},
        "max_iterations": 5, "timeout_seconds": 60, "max_tokens": 9000,
        "schedule": "cron(0 8 ? * MON-FRI *)", "next_run_at": null, "skipped_runs": 0,
        "status": "inactive", "created_at": data["created_at"], "updated_at": data["created_at"],
    }});
    made.is(201, &expected);
    let seen = app.get(&one(&data)).bearer(&ada.chatbotplatform).send().await;
    seen.is(200, &expected);
    assert!(!seen.text.contains("secret-") && !made.text.contains("secret-"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_left_out_has_a_default() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let data = make(&app, &ada, report()).await;
    let expected = json!({
        "system_prompt": "", "integration_id": null, "bot_id": null, "tools": [],
        "mcp_servers": [], "callback_url": null, "callback_headers": {}, "max_iterations": 10,
        "timeout_seconds": 300, "schedule": null, "next_run_at": null, "status": "active",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&data[name], value, "{name}");
    }
    app.finish().await;
}

/// A server with one field as it is given.
fn server(field: &str, value: Value) -> Value {
    let mut server = json!({"name": "crm", "url": "http://127.0.0.1:9/mcp"});
    server[field] = value;
    json!([server])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bound_is_422_and_named() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let headers = |n: usize| -> Map<String, Value> {
        (0..n).map(|n| (format!("x-{n}"), json!("v".repeat(1_900)))).collect()
    };
    let many = |n: usize| -> Vec<Value> {
        (0..n).map(|n| json!({"name": format!("s{n}"), "url": "http://127.0.0.1:9/mcp"})).collect()
    };
    let names = |n: usize| (0..n).map(|n| format!("tool-{n}")).collect::<Vec<_>>();
    for (field, value, named, words) in [
        ("name", json!(null), "name", "required"),
        ("name", json!(" "), "name", "empty"),
        ("name", json!("x".repeat(101)), "name", "100"),
        ("system_prompt", json!("x".repeat(16_001)), "system_prompt", "16000"),
        ("user_message", json!(null), "user_message", "required"),
        ("user_message", json!(""), "user_message", "empty"),
        ("user_message", json!("x".repeat(16_001)), "user_message", "16000"),
        ("user_message", json!("語".repeat(15_000)), "user_message", "40960 bytes"),
        ("tools", json!(["shell"]), "tools[0]", "search_knowledge, http_get"),
        ("tools", json!(["search_knowledge"]), "bot_id", "required"),
        ("mcp_servers", json!(many(11)), "mcp_servers", "10"),
        ("mcp_servers", json!([many(1)[0], many(1)[0]]), "mcp_servers[1].name", "twice"),
        ("mcp_servers", server("name", json!(null)), "mcp_servers[0].name", "required"),
        ("mcp_servers", server("name", json!("x".repeat(41))), "mcp_servers[0].name", "40"),
        ("mcp_servers", server("url", json!(null)), "mcp_servers[0].url", "required"),
        ("mcp_servers", server("url", json!("ftp://a.example")), "mcp_servers[0].url", "http"),
        (
            "mcp_servers",
            server("url", json!("http://10.0.0.1/mcp")),
            "mcp_servers[0].url",
            "private",
        ),
        (
            "mcp_servers",
            server("url", json!("https://a:b@example.com/")),
            "mcp_servers[0].url",
            "user",
        ),
        (
            "mcp_servers",
            server("url", json!("http://127.0.0.1:9/sse")),
            "mcp_servers[0].url",
            "deprecated",
        ),
        ("mcp_servers", server("headers", json!(headers(21))), "mcp_servers[0].headers", "20"),
        ("mcp_servers", server("headers", json!(headers(20))), "mcp_servers", "32768"),
        (
            "mcp_servers",
            server("headers", json!({"Host": "x"})),
            "mcp_servers[0].headers.Host",
            "connection",
        ),
        (
            "mcp_servers",
            server("headers", json!({"a b": "x"})),
            "mcp_servers[0].headers",
            "letters",
        ),
        (
            "mcp_servers",
            server("headers", json!({"a": "x\ny"})),
            "mcp_servers[0].headers.a",
            "ASCII",
        ),
        (
            "mcp_servers",
            server("headers", json!({"a": "••••"})),
            "mcp_servers[0].headers",
            "values",
        ),
        (
            "mcp_servers",
            server("allowed_tools", json!(names(129))),
            "mcp_servers[0].allowed_tools",
            "128",
        ),
        ("callback_url", json!("ftp://example.com"), "callback_url", "http"),
        ("callback_url", json!("http://169.254.169.254/latest"), "callback_url", "private"),
        ("callback_headers", json!(headers(21)), "callback_headers", "20"),
        (
            "callback_headers",
            json!({"Transfer-Encoding": "x"}),
            "callback_headers.Transfer-Encoding",
            "connection",
        ),
        (
            "callback_headers",
            json!({"Content-Length": "1"}),
            "callback_headers.Content-Length",
            "connection",
        ),
        ("max_iterations", json!(0), "max_iterations", "1 to 50"),
        ("max_iterations", json!(51), "max_iterations", "1 to 50"),
        ("max_iterations", json!(-1), "max_iterations", "1 to 50"),
        ("timeout_seconds", json!(9), "timeout_seconds", "10 to 840"),
        ("timeout_seconds", json!(841), "timeout_seconds", "10 to 840"),
        ("max_tokens", json!(999), "max_tokens", "1000 to"),
        ("schedule", json!("0 9 * * 1"), "schedule", "cron("),
        ("schedule", json!("rate(0 minutes)"), "schedule", ""),
        ("schedule", json!("rate(30 seconds)"), "schedule", ""),
        ("schedule", json!("cron(0 0 31 2 ? *)"), "schedule", "10 years"),
        ("schedule", json!("cron(0 0 1 1 ? 2001)"), "schedule", "10 years"),
        ("schedule", json!("cron(0 0 * * * *)"), "schedule", "?"),
        ("status", json!("asleep"), "status", "active, inactive"),
    ] {
        let mut body = report();
        body[field] = value.clone();
        let reply = app.post(LOOPS).bearer(&ada.chatbotplatform).json(&body).send().await;
        platform_refused(&reply, 422, &[named, words]);
        assert!(
            reply.json()["error"]["details"][named][0].is_string(),
            "{named} in {}",
            reply.text
        );
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_another_tenant_is_not_found() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let foreign = echoing(&app, &eve).await;
    for (field, value, word) in [
        ("integration_id", foreign.as_str(), "ntegration"),
        ("integration_id", NO_LOOP, "ntegration"),
        ("integration_id", "x", "ntegration"),
        ("bot_id", eve.chatbot.as_str(), "hatbot"),
        ("bot_id", "x", "hatbot"),
    ] {
        let mut body = report();
        body[field] = json!(value);
        let reply = app.post(LOOPS).bearer(&ada.chatbotplatform).json(&body).send().await;
        platform_refused(&reply, 404, &[word]);
    }
    only_its_key(&app, &ada, Method::POST, LOOPS, &report()).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_says_when_it_runs_next() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut body = report();
    body["schedule"] = json!("rate(2 hours)");
    let made = make(&app, &ada, body).await;
    let time = |value: &Value| domain::Timestamp::parse(value.as_str().unwrap()).unwrap();
    let after = time(&made["next_run_at"]).since(time(&made["created_at"]));
    assert_eq!(after.as_secs(), 2 * 60 * 60, "{made}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_has_at_most_two_hundred_however_many_come_at_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let create = || app.post(LOOPS).bearer(&ada.chatbotplatform).json(&report()).send();
    let mut made = 0;
    for _ in 0..8 {
        let replies = futures::future::join_all((0..26).map(|_| create())).await;
        for reply in replies {
            assert!([201, 409].contains(&reply.status), "{}", reply.text);
            made += usize::from(reply.status == 201);
        }
    }
    assert_eq!(made, 200);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_has_a_shortest_time_between_two_runs() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let ada = app.tenant("ada").await;
    let with = |schedule: &str| json!({"name": "Report", "user_message": "What happened?", "schedule": schedule});
    for often in ["rate(59 minutes)", "cron(0,30 * * * ? *)", "cron(0/15 8-9 ? * MON *)"] {
        let body = with(often);
        let reply = app.post(LOOPS).bearer(&ada.chatbotplatform).json(&body).send().await;
        assert_eq!(reply.status, 422, "{often}: {}", reply.text);
        let text = &reply.text;
        assert!(
            text.contains("schedule") && text.contains("at least 60 minutes"),
            "{often}: {text}"
        );
    }
    let made = make(&app, &ada, with("rate(1 hour)")).await;
    make(&app, &ada, with("cron(5 * * * ? *)")).await;
    let body = json!({"schedule": "rate(30 minutes)"});
    let patch = app.patch(&one(&made)).bearer(&ada.chatbotplatform).json(&body);
    assert_eq!(patch.send().await.status, 422);
    // What is not set is not asked.
    let body = json!({"name": "Another"});
    app.patch(&one(&made)).bearer(&ada.chatbotplatform).json(&body).send().await.ok();
    app.finish().await;
}
