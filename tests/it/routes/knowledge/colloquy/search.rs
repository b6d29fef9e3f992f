//! ours POST /api/v1/knowledge/search

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::botplot::{Route, keys};

const PATH: &str = "/api/v1/knowledge/search";

async fn told(app: &App, tenant: &Tenant) {
    for (question, answer) in [
        ("Do you have parking?", "Yes, behind the house."),
        ("When is the kitchen open?", "From noon to nine."),
    ] {
        let pair = json!({"question": question, "answer": answer});
        app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    }
}

async fn search(app: &App, key: &str, question: &str) -> Value {
    app.post(PATH).bearer(key).json(&json!({ "question": question })).send().await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_was_found_and_what_a_visitor_would_read_and_stores_nothing() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    told(&app, &tenant).await;
    for key in [&tenant.secret, &tenant.openbat] {
        let found = search(&app, key, "Hello, do you have parkng?").await;
        let fields = [
            "answer",
            "confidence",
            "confidenceThreshold",
            "corrections",
            "hits",
            "nearThreshold",
            "outcome",
            "searched",
        ];
        assert_eq!(keys(&found), fields);
        assert_eq!(
            (&found["outcome"], &found["answer"]),
            (&json!("answer"), &json!("Yes, behind the house."))
        );
        assert_eq!(found["searched"], "do you have parkng?");
        assert_eq!(found["corrections"], json!([{"asked": "parkng", "searched": "parking"}]));
        let hit = &found["hits"][0];
        assert_eq!(
            (&hit["kind"], &hit["heading"]),
            (&json!("pair"), &json!("Do you have parking?"))
        );
        assert!(
            hit["words"].as_f64().unwrap() > 0.0 && hit["score"].as_f64().unwrap() > 0.0,
            "{hit}"
        );
        assert!(hit["confidence"].as_f64().unwrap() >= 0.5, "{hit}");
        assert_eq!((&hit["url"], &hit["isApart"]), (&json!(null), &json!(false)));
        assert_eq!((&hit["textKind"], &hit["language"]), (&json!("pair"), &json!(null)));
    }
    let apart = search(&app, &tenant.secret, "Where is the kitchen open?").await;
    assert_ne!(apart["outcome"], "answer");
    assert_eq!(apart["hits"][0]["isApart"], true);
    assert_eq!(search(&app, &tenant.secret, "Good morning!").await["outcome"], "smallTalk");
    let refused = search(&app, &tenant.secret, "How tall is Mount Everest?").await;
    assert_eq!(refused["outcome"], "refusal");
    app.drain().await;
    let rows = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    assert_eq!(rows["conversations"], json!([]));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_the_secret_key_and_a_question_within_its_bounds() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    told(&app, &bob).await;
    assert_eq!(search(&app, &ada.secret, "Do you have parking?").await["hits"], json!([]));
    let route = Route::new(&app, Method::POST, PATH).with(json!({"question": "Hello?"}));
    route.refuses_strangers(&ada).await;
    route.wants_json(&ada.secret).await;
    let with = |field: &str, value: Value| {
        let mut body = json!({"question": "Hello?"});
        body[field] = value;
        body
    };
    for value in [json!(null), json!(" "), json!("x".repeat(4_001)), json!(7)] {
        route.refuses(&ada.secret, "question", with("question", value)).await;
    }
    for value in [json!(0), json!(21), json!("x"), json!(1.5)] {
        route.refuses(&ada.secret, "limit", with("limit", value)).await;
    }
    app.finish().await;
}
