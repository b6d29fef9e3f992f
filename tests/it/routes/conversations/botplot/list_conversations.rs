//! botplot GET /api/v1/conversations

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Received, Receiver, eventually};

use crate::util::botplot::{Route, is_id, is_time, keys, problem, text};

const PATH: &str = "/api/v1/conversations";

async fn list(app: &App, key: &str, query: &str) -> (Vec<Value>, u64) {
    let page = app.get(&format!("{PATH}{query}")).bearer(key).send().await.ok();
    assert_eq!(keys(&page), ["conversations", "total"]);
    (page["conversations"].as_array().unwrap().clone(), page["total"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_has_exactly_the_documented_fields() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    assert_eq!(list(&app, &tenant.secret, "").await, (vec![], 0));
    let body = json!({"message": "Hi, I have a question…", "visitorId": "visitor_abc"});
    let asked = app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    app.ask(&tenant.public, "Nobody says who I am").await;
    app.drain().await;
    for key in [&tenant.secret, &tenant.openbat] {
        let (rows, total) = list(&app, key, "").await;
        assert_eq!((rows.len(), total), (2, 2));
        for row in &rows {
            let named = ["createdAt", "firstMessage", "handoffStatus", "id", "messageCount"];
            let named = [&named[..], &["overallRating", "status", "visitorId"]].concat();
            assert_eq!(keys(row), named);
            assert!(is_time(&row["createdAt"]) && is_id(&row["id"]), "{row}");
            assert!(!text(&row["visitorId"]).is_empty());
        }
        let expected = json!({
            "id": asked["conversationId"], "visitorId": "visitor_abc", "status": "active",
            "overallRating": null, "handoffStatus": "none", "messageCount": 2,
            "firstMessage": "Hi, I have a question…", "createdAt": rows[1]["createdAt"],
        });
        assert_eq!(rows[1], expected);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_newest_first_and_the_total_is_exact() {
    let app = App::start().await;
    let (tenant, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    app.ask(&bob.public, "Somebody else's").await;
    join_all((0..18).map(async |_| app.ask(&tenant.public, "Hello?").await)).await;
    let mut newest = Vec::new();
    for n in 0..5 {
        let asked = app.ask(&tenant.public, &format!("Question {n}")).await;
        newest.insert(0, asked["conversationId"].clone());
    }
    app.drain().await;
    let page = async |query: &str| {
        let (rows, total) = list(&app, &tenant.secret, query).await;
        (rows.into_iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), total)
    };
    let (all, total) = page("?limit=100").await;
    assert_eq!((all.len(), total), (23, 23));
    assert_eq!(all[..5], newest);
    assert_eq!(page("").await, (all[..20].to_vec(), 23), "20 unless asked otherwise");
    assert_eq!(page("?limit=3").await, (all[..3].to_vec(), 23));
    assert_eq!(page("?limit=1&offset=4").await, (all[4..5].to_vec(), 23));
    assert_eq!(page("?offset=20").await, (all[20..].to_vec(), 23));
    assert_eq!(page("?limit=100&offset=23").await, (vec![], 23));
    assert_eq!(page("?status=active&limit=2&offset=1").await, (all[1..3].to_vec(), 23));
    for status in ["closed", "archived", "handed_off"] {
        assert_eq!(page(&format!("?status={status}")).await, (vec![], 0));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_out_of_bounds_are_named_and_not_clamped() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for (name, values) in [
        ("limit", &["0", "101", "x", "-1", "", "1.5", "99999999999999999999"][..]),
        ("offset", &["-1", "x", "", "0.5", "99999999999999999999"]),
        ("status", &["open", "ACTIVE", "", "handed-off"]),
    ] {
        for value in values {
            let path = format!("{PATH}?{name}={value}");
            let reply = app.get(&path).bearer(&tenant.secret).send().await;
            let message = problem(&reply, 400, "VALIDATION_ERROR");
            assert!(message.starts_with(name), "{path}: {message}");
        }
    }
    list(&app, &tenant.secret, "?limit=100&offset=0&unknown=1").await;
    // What a status skips is read, so it ends sooner.
    for (fits, is_too_much) in [
        ("?offset=10000000", "?offset=10000001"),
        ("?status=active&offset=10000", "?status=active&offset=10001"),
    ] {
        assert_eq!(list(&app, &tenant.secret, fits).await, (vec![], 0));
        let path = format!("{PATH}{is_too_much}");
        let reply = app.get(&path).bearer(&tenant.secret).send().await;
        assert!(problem(&reply, 400, "VALIDATION_ERROR").starts_with("offset"), "{path}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::GET, PATH);
    // helpbot's key is known here: the route is its own too.
    problem(&route.request().bearer(&tenant.public).send().await, 403, "FORBIDDEN");
    route.allows_only(&tenant.secret, &[Method::GET]).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_conversation_ends_by_itself_once_and_goes_on_when_spoken_to() {
    let app = App::with(|options| options.idle_seconds = 1).await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let hook =
        json!({"url": receiver.url, "events": ["conversation.started", "conversation.ended"]});
    let hooks = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    app.post(&hooks).bearer(&tenant.secret).json(&hook).send().await.ok();
    let came = |event: &str| -> Vec<Received> {
        receiver.received().into_iter().filter(|r| r.header("x-botplot-event") == event).collect()
    };
    let ends = async |times: usize| {
        eventually("it is closed", async || {
            let (rows, _) = list(&app, &tenant.secret, "?status=closed").await;
            (rows.len() == 1).then_some(())
        })
        .await;
        eventually("its end is announced", async || {
            (came("conversation.ended").len() >= times).then_some(())
        })
        .await;
        app.drain().await;
        assert_eq!(came("conversation.ended").len(), times);
        assert_eq!(list(&app, &tenant.secret, "?status=closed").await.1, 1);
        assert_eq!(list(&app, &tenant.secret, "?status=active").await, (vec![], 0));
        assert_eq!(list(&app, &tenant.secret, "").await.1, 1);
    };

    let id = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    ends(1).await;
    let (rows, _) = list(&app, &tenant.secret, "").await;
    assert_eq!((&rows[0]["id"], &rows[0]["status"]), (&id, &json!("closed")));

    // Only a conversation that is active can end, so a second end says that it was active again.
    let body = json!({"message": "Are you there?", "conversationId": id});
    let again = app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    assert_eq!(again["conversationId"], id);
    eventually("its second end is announced", async || {
        (came("conversation.ended").len() == 2).then_some(())
    })
    .await;
    ends(2).await;

    let ended = came("conversation.ended");
    assert!(ended.iter().all(|e| e.json()["data"]["conversation_id"] == id));
    assert_ne!(ended[0].header("x-botplot-delivery"), ended[1].header("x-botplot-delivery"));
    assert_eq!(came("conversation.started").len(), 1, "it began once");
    let (rows, _) = list(&app, &tenant.secret, "").await;
    assert_eq!(rows[0]["messageCount"], 4);
    app.finish().await;
}
