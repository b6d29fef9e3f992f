//! chatbotplatform GET /v1/bots

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::*,
    chatbotplatform::*,
    chatbots::{make, make_in_conferbot},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_workspaces_bots_newest_first() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let key = &ada.chatbotplatform;
    let body = json!({"name": "Support", "description": "Helps", "status": "disabled"});
    let made = app.post(BOTS).bearer(key).json(&body).send().await.json();
    let listed = app.get(BOTS).bearer(key).send().await;
    let first = listed.json()["data"][1].clone();
    assert!(is_time(&first["created_at"]) && is_time(&first["updated_at"]));
    listed.is(
        200,
        &json!({
            "data": [
                {
                    "id": made["data"]["id"], "name": "Support", "description": "Helps",
                    "status": "disabled", "created_at": made["data"]["created_at"],
                    "updated_at": made["data"]["updated_at"],
                },
                {
                    "id": ada.chatbot, "name": "ada's bot", "description": "",
                    "status": "active", "created_at": first["created_at"],
                    "updated_at": first["updated_at"],
                },
            ],
            "meta": {"page": 1, "per_page": 20, "total": 2},
        }),
    );
    assert_eq!(ids(&app, &eve.chatbotplatform, BOTS).await, (vec![eve.chatbot], 1));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_without_bots_has_an_empty_list() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    app.delete(&format!("{BOTS}/{}", ada.chatbot)).bearer(&ada.chatbotplatform).send().await.ok();
    let listed = app.get(BOTS).bearer(&ada.chatbotplatform).send().await;
    listed.is(200, &json!({"data": [], "meta": {"page": 1, "per_page": 20, "total": 0}}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_cut_the_list_and_the_total_is_of_all() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let mut all = vec![ada.chatbot.clone()];
    for n in 0..21 {
        // Of whichever dialect they are.
        let id = match n % 2 {
            0 => make(&app, &ada.session, &format!("Bot {n}")).await.0,
            _ => make_in_conferbot(&app, &ada.conferbot, json!({"name": "Bot"})).await,
        };
        all.insert(0, id);
    }
    let page = async |query: &str| ids(&app, key, &format!("{BOTS}{query}")).await;
    assert_eq!(page("").await, (all[..20].to_vec(), 22), "20 unless asked otherwise");
    assert_eq!(page("?page=2").await, (all[20..].to_vec(), 22));
    assert_eq!(page("?per_page=100").await, (all.clone(), 22));
    assert_eq!(page("?page=3&per_page=5").await, (all[10..15].to_vec(), 22));
    assert_eq!(page("?page=22&per_page=1").await, (all[21..].to_vec(), 22));
    assert_eq!(page("?page=23&per_page=1").await, (vec![], 22));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_exact_matches_on_its_own_fields() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let key = &ada.chatbotplatform;
    let mut made = Vec::new();
    for body in [
        json!({"name": "Blue", "description": "One & all"}),
        json!({"name": "Blue", "status": "disabled"}),
        json!({"name": "Bluer"}),
    ] {
        let bot = app.post(BOTS).bearer(key).json(&body).send().await.json()["data"].clone();
        made.push(bot);
    }
    let id = |n: usize| made[n]["id"].as_str().unwrap().to_owned();
    let rename = json!({"name": "Bluest"});
    let path = format!("{BOTS}/{}", id(2));
    let renamed = app.patch(&path).bearer(key).json(&rename).send().await.ok();
    let created = made[0]["created_at"].as_str().unwrap();
    let updated = renamed["data"]["updated_at"].as_str().unwrap();
    let mut since: Vec<String> = Vec::new();
    for bot in [&made[2], &made[1], &made[0]] {
        since.extend((bot["created_at"] == created).then(|| bot["id"].as_str().unwrap().into()));
    }
    for (query, expected) in [
        ("name=Blue".to_owned(), vec![id(1), id(0)]),
        ("name=Blue&status=active".into(), vec![id(0)]),
        ("name=blue".into(), vec![]),
        ("status=disabled".into(), vec![id(1)]),
        ("description=One%20%26%20all".into(), vec![id(0)]),
        (format!("id={}", id(1)), vec![id(1)]),
        (format!("id={}", eve.chatbot), vec![]),
        ("id=1".into(), vec![]),
        (format!("created_at={created}"), since),
        (format!("updated_at={updated}"), vec![id(2)]),
        ("created_at=2020-01-01T00:00:00Z".into(), vec![]),
    ] {
        let found = ids(&app, key, &format!("{BOTS}?{query}")).await;
        assert_eq!(found, (expected.clone(), expected.len() as u64), "{query}");
    }
    let found = ids(&app, key, &format!("{BOTS}?name=Blue&per_page=1&page=2")).await;
    assert_eq!(found, (vec![id(0)], 2), "a total is of what the filter wants");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_bounds_or_no_filter_is_422() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let wrong = [
        ("status", &["closed", "ACTIVE", ""][..]),
        ("created_at", &["yesterday", "", "2026-02-30"]),
        ("updated_at", &["1"]),
        ("settings", &["{}"]),
    ];
    its_parameters_have_bounds(&app, &ada.chatbotplatform, BOTS, &wrong).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    only_its_key(&app, &ada, Method::GET, BOTS, &json!({})).await;
    only_methods(&app, BOTS, &[Method::GET, Method::POST], platform_refused).await;
    app.finish().await;
}
