//! chatbotplatform GET /v1/bots/{bot_id}/conversations

use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};
use store::CounterDeltas;
use testkit::{App, Tenant, eventually};

use crate::util::{
    access::{is_time, nobody_elses, only_methods},
    botplot::text,
    chatbotplatform::*,
};

fn path_of(tenant: &Tenant) -> String {
    format!("{BOTS}/{}/conversations", tenant.chatbot)
}

async fn asked_by(app: &App, tenant: &Tenant, visitor: &str) -> String {
    let body = json!({"message": "Hello?", "visitorId": visitor});
    let asked = app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    text(&asked["conversationId"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_a_bots_conversations_newest_first_whichever_dialect_began_them() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (key, path) = (&ada.chatbotplatform, path_of(&ada));
    let empty = json!({"data": [], "meta": {"page": 1, "per_page": 20, "total": 0}});
    app.get(&path).bearer(key).send().await.is(200, &empty);
    let first = asked_by(&app, &ada, "visitor_abc").await;
    let question = json!({"question": "Hello?"});
    app.post("/api/v1/chat").bearer(&ada.helpbot).json(&question).send().await.ok();
    app.drain().await;
    let (rows, total) = list(&app, key, &path).await;
    assert_eq!((rows.len(), total), (2, 2));
    assert_eq!(rows[0]["user"]["id"], format!("visitor_{}", text(&rows[0]["id"])));
    let (created, updated) = (&rows[1]["created_at"], &rows[1]["updated_at"]);
    assert!(is_time(created) && is_time(updated) && text(created) <= text(updated));
    assert_eq!(
        rows[1],
        json!({
            "id": first, "bot_id": ada.chatbot, "status": "active",
            "user": {"id": "visitor_abc", "name": null, "username": null, "platform": "web"},
            "channel": {"type": "web", "id": null, "chat_id": null},
            "message_count": 2, "created_at": created, "updated_at": updated,
        })
    );
    // The same in botplot, and as many in conferbot.
    let botplot = app.get("/api/v1/conversations").bearer(&ada.secret).send().await.ok();
    for (own, theirs) in rows.iter().zip(botplot["conversations"].as_array().unwrap()) {
        assert_eq!((&own["id"], &own["user"]["id"]), (&theirs["id"], &theirs["visitorId"]));
        assert_eq!(own["created_at"], theirs["createdAt"]);
    }
    let conferbot = format!("/api/v1/external/v1/chatbots/{}", ada.chatbot);
    let seen = app.get(&conferbot).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(seen["data"]["responseCount"], 2);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_cut_the_list_and_the_total_is_exact() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let (key, path) = (&ada.chatbotplatform, path_of(&ada));
    asked_by(&app, &bob, "bob").await;
    let mut all = Vec::new();
    for n in 0..23 {
        all.insert(0, asked_by(&app, &ada, &format!("visitor_{n}")).await);
    }
    app.drain().await;
    let page = async |query: &str| ids(&app, key, &format!("{path}{query}")).await;
    assert_eq!(page("").await, (all[..20].to_vec(), 23), "20 unless asked otherwise");
    assert_eq!(page("?page=2").await, (all[20..].to_vec(), 23));
    assert_eq!(page("?per_page=100").await, (all.clone(), 23));
    assert_eq!(page("?page=3&per_page=4").await, (all[8..12].to_vec(), 23));
    assert_eq!(page("?page=24&per_page=1").await, (vec![], 23));
    assert_eq!(page("?status=active&page=2&per_page=5").await, (all[5..10].to_vec(), 23));
    for status in ["closed", "archived", "handed_off"] {
        assert_eq!(page(&format!("?status={status}")).await, (vec![], 0));
    }
    let gone = format!("{CONVERSATIONS}/{}", all[3]);
    app.delete(&gone).bearer(key).send().await.ok();
    app.drain().await;
    all.remove(3);
    assert_eq!(page("?per_page=100").await, (all.clone(), 22));
    assert_eq!(page("?per_page=3&status=active").await, (all[..3].to_vec(), 22));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_is_followed_by_list_and_total() {
    let app = App::with(|options| options.idle_seconds = 1).await;
    let ada = app.tenant("ada").await;
    let (key, path) = (&ada.chatbotplatform, path_of(&ada));
    let id = asked_by(&app, &ada, "ada").await;
    eventually("it is closed", async || {
        let (found, _) = ids(&app, key, &format!("{path}?status=closed")).await;
        (found == [id.clone()]).then_some(())
    })
    .await;
    app.drain().await;
    assert_eq!(ids(&app, key, &format!("{path}?status=closed")).await, (vec![id.clone()], 1));
    assert_eq!(ids(&app, key, &format!("{path}?status=active")).await, (vec![], 0));
    let (rows, _) = list(&app, key, &path).await;
    assert_eq!(rows[0]["status"], "closed");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_exact_matches_on_its_own_fields() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let (key, path) = (&ada.chatbotplatform, path_of(&ada));
    let foreign = asked_by(&app, &bob, "zoe").await;
    let mut all = Vec::new();
    for visitor in ["zoe", "max", "zoe", "zo\u{eb} & co"] {
        all.push(asked_by(&app, &ada, visitor).await);
        // Apart by a millisecond, by which times tell them apart.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let more = json!({"message": "And?", "conversationId": all[0]});
    app.post("/api/v1/chat").bearer(&ada.public).json(&more).send().await.ok();
    app.drain().await;
    let (rows, _) = list(&app, key, &path).await;
    let newest: Vec<String> = all.iter().rev().cloned().collect();
    let (created, updated) = (text(&rows[2]["created_at"]), text(&rows[3]["updated_at"]));
    for (query, expected) in [
        ("user_id=zoe".to_owned(), vec![all[2].clone(), all[0].clone()]),
        ("user_id=zo%C3%AB%20%26%20co".into(), vec![all[3].clone()]),
        ("user_id=Zoe".into(), vec![]),
        ("message_count=4".into(), vec![all[0].clone()]),
        ("message_count=4&user_id=max".into(), vec![]),
        ("message_count=3".into(), vec![]),
        (format!("created_at={created}"), vec![all[1].clone()]),
        (format!("updated_at={updated}"), vec![all[0].clone()]),
        (format!("id={}", all[1]), vec![all[1].clone()]),
        (format!("id={}&user_id=zoe", all[1]), vec![]),
        (format!("id={foreign}"), vec![]),
        ("id=1".into(), vec![]),
        (format!("bot_id={}", ada.chatbot), newest.clone()),
        (format!("bot_id={}", bob.chatbot), vec![]),
        ("platform=web&channel=web".into(), newest.clone()),
        ("platform=telegram".into(), vec![]),
        ("channel=slack".into(), vec![]),
        ("status=active&user_id=max".into(), vec![all[1].clone()]),
        ("status=closed&user_id=max".into(), vec![]),
    ] {
        let found = ids(&app, key, &format!("{path}?{query}")).await;
        assert_eq!(found, (expected.clone(), expected.len() as u64), "{query}");
    }
    let found = ids(&app, key, &format!("{path}?user_id=zoe&per_page=1&page=2")).await;
    assert_eq!(found, (vec![all[0].clone()], 2), "a total is of what the filter wants");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_looks_at_the_thousand_newest() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (key, path) = (&ada.chatbotplatform, path_of(&ada));
    let old = asked_by(&app, &ada, "old").await;
    let kept = asked_by(&app, &ada, "kept").await;
    let asked = stream::iter(0..999).map(|_| asked_by(&app, &ada, "new"));
    asked.buffer_unordered(16).collect::<Vec<_>>().await;
    app.drain().await;
    let filtered = async |query: &str| ids(&app, key, &format!("{path}?{query}")).await;
    assert_eq!(filtered("user_id=kept").await, (vec![kept], 1));
    assert_eq!(filtered("user_id=old").await, (vec![], 0));
    assert_eq!(filtered("channel=web&per_page=1").await.1, 1_000);
    // By its id it is found wherever it lies, and so it is without a filter.
    assert_eq!(filtered(&format!("id={old}&user_id=old")).await, (vec![old.clone()], 1));
    assert_eq!(filtered("page=1001&per_page=1").await, (vec![old], 1_001));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_a_depth() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (key, path) = (&ada.chatbotplatform, path_of(&ada));
    asked_by(&app, &ada, "ada").await;
    app.drain().await;
    let (store, bot) = (&app.platform.app.store, ada.chatbot.parse().unwrap());
    let (begun, _) = app.platform.app.conversations(bot, None, 0, 1).await.unwrap();
    // As if there were as many: a list of that length takes too long to make.
    let mut deltas = CounterDeltas::default();
    deltas.conversation(&begun[0], 20_000);
    let checkpoint = store.checkpoint("test", "shard").await.unwrap();
    store.apply_counters(&checkpoint, "1", &deltas).await.unwrap();
    // Without a status the counters lead to any depth; of one status what is skipped is read.
    for (status, ends) in [("", false), ("&status=active", true)] {
        let page = async |number: u32| {
            let path = format!("{path}?page={number}&per_page=100{status}");
            app.get(&path).bearer(key).send().await
        };
        for number in [101, 202] {
            let reply = page(number).await.ok();
            let meta = json!({"page": number, "per_page": 100, "total": 20_001});
            assert_eq!(reply, json!({"data": [], "meta": meta}));
        }
        for number in [102, 201] {
            match ends {
                true => platform_refused(&page(number).await, 422, &["page", "10000"]),
                false => assert_eq!(page(number).await.status, 200),
            }
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_bounds_or_no_filter_is_422() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    asked_by(&app, &ada, "ada").await;
    app.drain().await;
    let wrong = [
        ("status", &["open", "ACTIVE", "", "handed-off"][..]),
        ("platform", &["fax", "Web", ""]),
        ("channel", &["fax"]),
        ("message_count", &["-1", "two", "", "2.0"]),
        ("created_at", &["yesterday", ""]),
        ("updated_at", &["1"]),
        ("name", &["Ada"]),
        ("user", &["1"]),
    ];
    its_parameters_have_bounds(&app, &ada.chatbotplatform, &path_of(&ada), &wrong).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_bot_is_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    asked_by(&app, &eve, "eve").await;
    for query in ["", "?status=active", "?user_id=eve"] {
        let send = async |id: String| {
            let path = format!("{BOTS}/{id}/conversations{query}");
            app.get(&path).bearer(&ada.chatbotplatform).send().await
        };
        nobody_elses(&eve.chatbot, send, platform_refused).await;
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    only_its_key(&app, &ada, Method::GET, &path_of(&ada), &Value::Null).await;
    only_methods(&app, &path_of(&ada), &[Method::GET], platform_refused).await;
    app.finish().await;
}
