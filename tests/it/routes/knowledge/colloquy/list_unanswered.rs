//! ours GET /api/v1/knowledge/unanswered

use domain::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    botplot::{Route, keys, problem, text},
    knowledge::unanswered,
};

const PATH: &str = "/api/v1/knowledge/unanswered";

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_ask_the_same_are_one_group_most_asked_first() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    assert_eq!(unanswered(&app, &ada, "").await, (vec![], 0));
    let pair = json!({"question": "Do you have parking?", "answer": "Yes."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    let before = Timestamp::now().day();
    for question in [
        "Do you ship to Norway?",
        "Is there a student discount?",
        "do you ship to NORWAY",
        "Shipping to Norway",
        "Do you have parking?",
    ] {
        app.ask(&ada.public, question).await;
    }
    app.ask(&bob.public, "Somebody else's question?").await;
    app.drain().await;
    for key in [&ada.secret, &ada.openbat] {
        let page = app.get(PATH).bearer(key).send().await.ok();
        assert_eq!((keys(&page), &page["total"]), (vec!["groups", "total"], &json!(2)));
        let (first, second) = (&page["groups"][0], &page["groups"][1]);
        let day = text(&first["lastAsked"]);
        assert!(day == before || day == Timestamp::now().day(), "{first}");
        let expected = json!({
            "id": first["id"], "question": "Do you ship to Norway?", "count": 3,
            "examples": ["Do you ship to Norway?", "Shipping to Norway"], "lastAsked": day,
        });
        assert_eq!(first, &expected);
        assert_eq!(text(&first["id"]).len(), 36, "{first}");
        assert_eq!(second["examples"], json!(["Is there a student discount?"]));
        assert_ne!(first["id"], second["id"]);
    }
    // The same questions are the same group, whenever it is looked at.
    let (first, _) = unanswered(&app, &ada, "").await;
    app.ask(&ada.public, "ship? norway!").await;
    app.drain().await;
    let (then, _) = unanswered(&app, &ada, "").await;
    assert_eq!((&then[0]["id"], &then[0]["count"]), (&first[0]["id"], &json!(4)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_in_pages_and_a_deleted_conversation_is_not_in_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut conversations = Vec::new();
    for question in ["Alpha?", "Beta?", "Beta!", "Gamma?"] {
        let answer = app.ask(&ada.public, question).await;
        conversations.push(text(&answer["conversationId"]).to_owned());
    }
    app.drain().await;
    let named = |(groups, total): (Vec<Value>, u64)| {
        let names = groups.iter().map(|group| text(&group["question"]).to_owned());
        (names.collect::<Vec<_>>(), total)
    };
    let page = async |query: &str| named(unanswered(&app, &ada, query).await);
    let of = |names: &[&str], total| (names.iter().map(|n| (*n).to_owned()).collect(), total);
    assert_eq!(page("?days=1").await, of(&["Beta?", "Alpha?", "Gamma?"], 3));
    assert_eq!(page("?limit=1&offset=1&days=90").await, of(&["Alpha?"], 3));
    assert_eq!(page("?offset=3").await, of(&[], 3));
    let path = format!("/api/v1/conversations/{}", conversations[0]);
    app.delete(&path).bearer(&ada.secret).send().await.ok();
    app.drain().await;
    assert_eq!(page("").await, of(&["Beta?", "Gamma?"], 2));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_bound_is_named_and_only_a_secret_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for (query, named) in [
        ("days=0", "days must be a whole number from 1 to 90"),
        ("days=91", "days must be a whole number from 1 to 90"),
        ("days=30d", "days must be a whole number from 1 to 90"),
        ("limit=0", "limit must be a whole number from 1 to 100"),
        ("limit=101", "limit must be a whole number from 1 to 100"),
        ("offset=-1", "offset must be a whole number from 0 to 10000"),
        ("offset=10001", "offset must be a whole number from 0 to 10000"),
    ] {
        let reply = app.get(&format!("{PATH}?{query}")).bearer(&ada.secret).send().await;
        assert_eq!(problem(&reply, 400, "VALIDATION_ERROR"), named, "{query}");
    }
    let route = Route::new(&app, Method::GET, PATH);
    route.needs_a_secret_key(&ada).await;
    route.allows_only(&ada.secret, &[Method::GET]).await;
    app.finish().await;
}
