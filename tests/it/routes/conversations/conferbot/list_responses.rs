//! conferbot GET /api/v1/external/v1/chatbots/{id}/responses

use domain::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::{
    access::{nobody_elses, only_methods},
    botplot::{keys, text},
    chatbots::{CONFERBOT, conferbot_refused},
    conversations::seed,
};

async fn list(app: &App, tenant: &Tenant, query: &str) -> Value {
    let path = format!("{CONFERBOT}/{}/responses{query}", tenant.chatbot);
    app.get(&path).api_key(&tenant.conferbot).send().await.ok()
}

/// The ids of a page, and its total, number and number of pages.
fn page(shown: &Value) -> (Vec<String>, [u64; 3]) {
    let ids = shown["data"].as_array().unwrap().iter().map(|row| text(&row["_id"]).to_owned());
    let number = |name: &str| shown[name].as_u64().unwrap();
    (ids.collect(), ["total", "page", "totalPages"].map(number))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_shown_to_the_letter() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let none = json!({"data": [], "total": 0, "page": 1, "totalPages": 0});
    assert_eq!(list(&app, &ada, "").await, none);
    let body = json!({"message": "Hello?", "visitorId": "visitor_xyz789"});
    let asked = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    app.drain().await;
    let shown = list(&app, &ada, "").await;
    assert_eq!(keys(&shown), ["data", "page", "total", "totalPages"]);
    let (row, id) = (&shown["data"][0], &asked["conversationId"]);
    let record = &row["record"];
    let expected = json!({
        "_id": id,
        "chatSessionId": id,
        "visitorId": "visitor_xyz789",
        "chatDate": record[0]["time"],
        "record": [
            {"type": "user", "message": "Hello?", "time": record[0]["time"]},
            {"type": "bot", "message": asked["response"], "time": record[1]["time"]},
        ],
        "answerVariables": {},
    });
    assert_eq!(*row, expected);
    assert_eq!(page(&shown).1, [1, 1, 1]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_utc_both_included_and_counted_exactly() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let times: Vec<Timestamp> = [
        "2026-02-13T23:59:59.999Z",
        "2026-02-14T00:00:00.000Z",
        "2026-02-14T12:00:00.000Z",
        "2026-02-14T23:59:59.999Z",
        "2026-02-15T00:00:00.000Z",
        "2026-02-17T08:00:00.000Z",
    ]
    .map(|at| Timestamp::parse(at).unwrap())
    .to_vec();
    let ids = seed(&app, &ada, &times).await;
    seed(&app, &eve, &times[..2]).await;
    for (query, expected, pages) in [
        ("", &ids[..], 1),
        ("?startDate=2026-02-14&endDate=2026-02-14", &ids[2..5], 1),
        ("?startDate=2026-02-14&endDate=2026-02-15", &ids[1..5], 1),
        ("?startDate=2026-02-15", &ids[..2], 1),
        ("?endDate=2026-02-13", &ids[5..], 1),
        ("?startDate=2026-02-16&endDate=2026-02-16", &ids[..0], 0),
        ("?startDate=0001-01-01&endDate=9999-12-31", &ids[..], 1),
    ] {
        let (found, numbers) = page(&list(&app, &ada, query).await);
        assert_eq!(found, expected, "{query}");
        assert_eq!(numbers, [expected.len() as u64, 1, pages], "{query}");
    }
    let two = |page: u32| format!("?startDate=2026-02-14&endDate=2026-02-15&limit=3&page={page}");
    assert_eq!(page(&list(&app, &ada, &two(1)).await), (ids[1..4].to_vec(), [4, 1, 2]));
    assert_eq!(page(&list(&app, &ada, &two(2)).await), (ids[4..5].to_vec(), [4, 2, 2]));
    assert_eq!(page(&list(&app, &ada, &two(3)).await), (vec![], [4, 3, 2]));
    // One that is deleted counts no more, on its day neither.
    let path = format!("/api/v1/conversations/{}", ids[3]);
    app.delete(&path).bearer(&ada.secret).send().await.ok();
    app.drain().await;
    let left = page(&list(&app, &ada, "?startDate=2026-02-14&endDate=2026-02-14").await);
    assert_eq!(left, (vec![ids[2].clone(), ids[4].clone()], [2, 1, 1]));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_out_of_bounds_are_named_and_not_clamped() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let days = ["", "x", "2026-02-30", "2026-2-3", "2026-02-03T00:00:00Z", "20260203"];
    for (name, values) in [
        ("limit", &["0", "101", "x", "-1", "", "1.5", "99999999999999999999"][..]),
        ("page", &["0", "-1", "x", "", "1000001", "99999999999999999999"]),
        ("startDate", &days),
        ("endDate", &days),
    ] {
        for value in values {
            let path = format!("{CONFERBOT}/{}/responses?{name}={value}", ada.chatbot);
            let reply = app.get(&path).api_key(&ada.conferbot).send().await;
            conferbot_refused(&reply, 400, &[name]);
        }
    }
    let backwards = "responses?startDate=2026-02-15&endDate=2026-02-14";
    let path = format!("{CONFERBOT}/{}/{backwards}", ada.chatbot);
    let reply = app.get(&path).api_key(&ada.conferbot).send().await;
    conferbot_refused(&reply, 400, &["endDate", "startDate"]);
    assert_eq!(
        page(&list(&app, &ada, "?page=1000000&limit=100&unknown=1").await).1,
        [0, 1000000, 0]
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_is_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    app.ask(&eve.public, "Hello").await;
    let send = async |id: String| {
        app.get(&format!("{CONFERBOT}/{id}/responses")).api_key(&ada.conferbot).send().await
    };
    nobody_elses(&eve.chatbot, send, conferbot_refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}/responses", ada.chatbot);
    only_methods(&app, &path, &[Method::GET], conferbot_refused).await;
    app.finish().await;
}
