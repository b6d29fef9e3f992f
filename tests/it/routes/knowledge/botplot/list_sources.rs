//! botplot GET /api/v1/knowledge

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Site};

use crate::util::{
    botplot::{Route, is_id, is_time, keys, text},
    knowledge::{page, settled},
};

const PATH: &str = "/api/v1/knowledge";

#[tokio::test(flavor = "multi_thread")]
async fn sources_are_listed_newest_first_with_exactly_the_documented_fields() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let list = async |key: &str| {
        let list = app.get(PATH).bearer(key).send().await.ok();
        assert_eq!(keys(&list), ["sources"]);
        list["sources"].as_array().unwrap().clone()
    };
    assert_eq!(list(&tenant.secret).await, Vec::<Value>::new());

    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let url = format!("{}/visit", site.url);
    let body = json!({"url": url, "syncFrequency": "daily"});
    let path = "/api/v1/knowledge/url";
    let added = app.post(path).bearer(&tenant.secret).json(&body).send().await.ok();
    settled(&app, &tenant, text(&added["sourceId"])).await;
    let mut pairs = Vec::new();
    for n in 0..3 {
        let body = json!({"question": format!("Question {n}?"), "answer": "Three words here."});
        let added = app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&body).send();
        pairs.insert(0, added.await.ok()["sourceId"].clone());
    }

    for key in [&tenant.secret, &tenant.openbat] {
        let sources = list(key).await;
        assert_eq!(sources.len(), 4);
        for source in &sources {
            let named = ["chunkCount", "createdAt", "id", "name", "status", "syncFrequency"];
            assert_eq!(keys(source), [&named[..], &["type", "wordCount"]].concat());
            assert!(is_id(&source["id"]) && is_time(&source["createdAt"]), "{source}");
        }
        let ids: Vec<_> = sources[..3].iter().map(|source| source["id"].clone()).collect();
        assert_eq!(ids, pairs);
        let expected = json!({
            "id": pairs[0], "type": "qa", "name": "Question 2?", "status": "ready", "chunkCount": 1,
            "wordCount": 5, "syncFrequency": "manual", "createdAt": sources[0]["createdAt"],
        });
        assert_eq!(sources[0], expected);
        let crawled = &sources[3];
        let expected = json!({
            "id": added["sourceId"], "type": "url", "name": url, "status": "ready",
            "chunkCount": crawled["chunkCount"], "wordCount": crawled["wordCount"],
            "syncFrequency": "daily", "createdAt": crawled["createdAt"],
        });
        assert_eq!(*crawled, expected);
        assert!(crawled["chunkCount"].as_u64().unwrap() >= 1, "{crawled}");
        assert!(crawled["wordCount"].as_u64().unwrap() >= 5, "{crawled}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_and_a_chatbot_see_their_own_only() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let sibling = json!({"name": "Another one"});
    let sibling = app.post("/api/v1/chatbots").bearer(&ada.session).json(&sibling).send().await;
    let body = json!({"question": "Whose?", "answer": "Ada's."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&body).send().await.ok();
    for key in [&bob.secret, text(&sibling.ok()["apiKey"])] {
        app.get(PATH).bearer(key).send().await.is(200, &json!({"sources": []}));
        assert_eq!(app.ask(key, "Whose?").await["sources"], 0);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::GET, PATH);
    route.allows_only(&tenant.secret, &[Method::GET]).await;
    app.finish().await;
}
