//! helpbot GET /api/v1/conversations

use domain::Timestamp;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::{
    access::refused,
    analytics::{ask_site, first_answer, rate},
    botplot::{problem, text},
    conversations::seed,
};

const PATH: &str = "/api/v1/conversations";

async fn list(app: &App, tenant: &Tenant, query: &str) -> Value {
    app.get(&format!("{PATH}{query}")).bearer(&tenant.helpbot).send().await.ok()
}

/// The ids on a page, after its total.
async fn found(app: &App, tenant: &Tenant, query: &str) -> (u64, Vec<Value>) {
    let page = list(app, tenant, query).await;
    let rows = page["conversations"].as_array().unwrap().iter();
    (page["totalDocs"].as_u64().unwrap(), rows.map(|row| row["id"].clone()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_sessions_and_searches_find_what_they_name() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the HOUSE."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    ask_site(&app, &eve, "Is this mine?", "s-1").await;
    let a = ask_site(&app, &ada, "Do you have parking?", "s-1").await;
    let b = ask_site(&app, &ada, "What is the moon made of?", "s-1").await;
    let c = ask_site(&app, &ada, "Do you have parking?", "s-2").await;
    let asked = app.ask(&ada.public, "Will it rain on Sunday?").await;
    let d = asked["conversationId"].clone();
    let on = json!({"message": "Do you have parking?", "conversationId": d});
    app.post("/api/v1/chat").bearer(&ada.public).json(&on).send().await.ok();
    for (of, rating) in [(&a, 1), (&b, -1), (&c, 1), (&c, -1)] {
        let answer = first_answer(&app, &ada, of).await;
        rate(&app, &ada, &answer, rating).await;
    }
    let path = format!("/api/v1/conversations/{}/handoff", text(&d));
    app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
    app.drain().await;

    let page = list(&app, &ada, "").await;
    let row = |at: usize| page["conversations"][at].clone();
    assert_eq!(
        row(3),
        json!({
            "id": a, "sessionId": "s-1", "question": "Do you have parking?",
            "answer": "Yes, behind the HOUSE.", "sources": [], "helpful": "yes", "handoff": false,
            "unanswered": false, "createdAt": row(3)["createdAt"],
        })
    );
    let last = row(0);
    assert_eq!(last["question"], "Will it rain on Sunday?");
    let flags = (&last["helpful"], &last["handoff"], &last["unanswered"], &last["sessionId"]);
    assert_eq!(flags, (&json!(null), &json!(true), &json!(true), &json!(null)));
    let counts = (&page["totalDocs"], &page["page"], &page["totalPages"], &page["limit"]);
    assert_eq!(counts, (&json!(4), &json!(1), &json!(1), &json!(20)));

    for (query, expected) in [
        ("", vec![&d, &c, &b, &a]),
        ("?sort=oldest", vec![&a, &b, &c, &d]),
        ("?range=all&filter=all&sort=newest", vec![&d, &c, &b, &a]),
        ("?filter=unanswered", vec![&d, &b]),
        ("?filter=unanswered&sort=oldest", vec![&b, &d]),
        ("?filter=handoff", vec![&d]),
        ("?filter=helpful&range=7d", vec![&a]),
        ("?filter=unhelpful", vec![&c, &b]),
        ("?filter=unhelpful&search=MOON", vec![&b]),
        ("?sessionId=s-1", vec![&b, &a]),
        ("?sessionId=s-1&sort=oldest", vec![&a, &b]),
        ("?sessionId=s-1&filter=unanswered", vec![&b]),
        ("?sessionId=s-3", vec![]),
        ("?search=BEHIND", vec![&c, &a]),
        ("?search=house&sessionId=s-2", vec![&c]),
        ("?search=", vec![&d, &c, &b, &a]),
        ("?search=nothing+of+the+sort", vec![]),
    ] {
        let expected: Vec<Value> = expected.into_iter().cloned().collect();
        let total = expected.len() as u64;
        assert_eq!(found(&app, &ada, query).await, (total, expected), "{query}");
    }
    for (query, expected) in [("?filter=unanswered&limit=1&page=2", &b), ("?limit=3&page=2", &a)] {
        assert_eq!(found(&app, &ada, query).await.1, std::slice::from_ref(expected), "{query}");
    }

    // What is deleted is in none of them.
    app.delete(&format!("{PATH}/{}", text(&b))).bearer(&ada.secret).send().await.ok();
    app.drain().await;
    for (query, total) in
        [("", 3), ("?filter=unanswered", 1), ("?filter=unhelpful", 1), ("?sessionId=s-1", 1)]
    {
        let (found, rows) = found(&app, &ada, query).await;
        assert_eq!((found, rows.len() as u64), (total, total), "{query}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_pages_join_in_both_orders_within_a_range_and_cost_alike() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let now = Timestamp::now().millis();
    // Two hundred within the last day, a hundred of a year ago.
    let recent = (0..200).map(|n| now - n * 61_000);
    let old = (0..100).map(|n| now - 365 * 86_400_000 - n * 3_600_000);
    let times: Vec<_> = recent.chain(old).map(Timestamp::from_millis).collect();
    let ids = seed(&app, &ada, &times).await;
    let reversed: Vec<String> = ids.iter().rev().cloned().collect();
    let recent: Vec<String> = ids[..200].iter().rev().cloned().collect();
    for (query, expected) in [
        ("range=all", &ids),
        ("range=all&sort=oldest", &reversed),
        ("range=30d&sort=oldest", &recent),
    ] {
        let mut walked = Vec::new();
        let mut units = Vec::new();
        for page in 1..=expected.len() / 20 + 1 {
            let path = format!("{PATH}?{query}&page={page}");
            let reply = app.get(&path).bearer(&ada.helpbot).send().await;
            let body = reply.ok();
            assert_eq!(body["totalDocs"], expected.len());
            units.push(reply.units().0);
            let rows = body["conversations"].as_array().unwrap().clone();
            walked.extend(rows.iter().map(|row| text(&row["id"]).to_owned()));
        }
        assert_eq!(&walked, expected, "{query}");
        let most = units.iter().copied().fold(0.0, f64::max);
        assert!(most <= 3.0 * units[4] + 5.0, "{query}: {units:?}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_decides_and_every_bound_is_named() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let helpbot = list(&app, &ada, "").await;
    let expected =
        json!({"conversations": [], "totalDocs": 0, "page": 1, "totalPages": 0, "limit": 20});
    assert_eq!(helpbot, expected);
    app.get(&format!("{PATH}?apiKey={}", ada.helpbot)).send().await.is(200, &expected);
    let botplot = app.get(PATH).bearer(&ada.secret).send().await;
    botplot.is(200, &json!({"conversations": [], "total": 0}));
    problem(&app.get(PATH).send().await, 401, "UNAUTHORIZED");
    problem(&app.get(PATH).bearer(&ada.public).send().await, 403, "FORBIDDEN");
    let long = "x".repeat(129);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("page=0", "page"),
        ("page=x", "page"),
        ("range=1d", "range"),
        ("filter=closed", "filter"),
        ("sort=asc", "sort"),
        ("sessionId=", "sessionId"),
        (&format!("sessionId={long}"), "sessionId"),
        (&format!("search={long}"), "search"),
        ("filter=helpful&limit=100&page=102", "page"),
    ] {
        let reply = app.get(&format!("{PATH}?{query}")).bearer(&ada.helpbot).send().await;
        refused(&reply, 400, &[&format!("{field} ")]);
    }
    app.finish().await;

    let app = App::with(|options| options.signup_plan = "starter".parse().unwrap()).await;
    let ada = app.tenant("ada").await;
    refused(&app.get(PATH).bearer(&ada.helpbot).send().await, 403, &["pro plan"]);
    app.finish().await;
}
