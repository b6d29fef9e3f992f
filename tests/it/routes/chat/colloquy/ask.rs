//! ours POST /api/v1/knowledge/ask

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Site, eventually};

use crate::util::{
    botplot::Route,
    inbox::{ids, inbox},
};

const PATH: &str = "/api/v1/knowledge/ask";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_shown_with_scores_and_nothing_is_stored() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let page = "<main><h1>Boats</h1><p>The harbour has eleven boats, all of them blue.</p></main>";
    let site = Site::start(&[("/boats", page)]).await;
    let url = json!({"url": format!("{}/boats", site.url)});
    let added = app.post("/api/v1/knowledge/url").bearer(&ada.secret).json(&url).send().await.ok();
    let source = added["sourceId"].as_str().unwrap().to_owned();
    eventually("the source is ready", async || {
        let path = format!("/api/v1/knowledge/{source}");
        let found = app.get(&path).bearer(&ada.secret).send().await.ok();
        (found["source"]["status"] == "ready").then_some(())
    })
    .await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, for free."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();

    let ask = async |question: &str| -> Value {
        let body = json!({"question": question});
        app.post(PATH).bearer(&ada.secret).json(&body).send().await.ok()
    };
    let pair = ask("Do you have parking?").await;
    assert_eq!((&pair["outcome"], &pair["answer"]), (&json!("pair"), &json!("Yes, for free.")));
    assert_eq!((&pair["confidence"], &pair["threshold"]), (&json!(1.0), &json!(0.5)));
    assert_eq!(
        (&pair["passages"][0]["used"], &pair["asksBackends"]),
        (&json!(true), &json!(false))
    );

    let page = ask("How many boats does the harbour have?").await;
    assert_eq!(page["outcome"], "passages", "{page}");
    let best = &page["passages"][0];
    assert!(best["content"].as_str().unwrap().contains("eleven boats"));
    assert_eq!((&best["sourceId"], &best["used"]), (&json!(source), &json!(true)));
    assert_eq!(best["url"], format!("{}/boats", site.url));
    assert!(best["score"].as_f64().unwrap() > 0.0);
    assert!(page["confidence"].as_f64().unwrap() >= page["threshold"].as_f64().unwrap());

    let refusal = ask("Who won the world cup in 1954?").await;
    assert_eq!(refusal["outcome"], "refused", "{refusal}");
    assert!(refusal["confidence"].as_f64().unwrap() < refusal["threshold"].as_f64().unwrap());
    assert_eq!(ask("Hello!").await["outcome"], "small_talk");
    assert_eq!(ids(&inbox(&app, &ada, "").await).len(), 0, "no conversation was opened");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_a_question_and_a_secret_key() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"question": "Hello?"});
    Route::new(&app, Method::POST, PATH).with(body.clone()).refuses_strangers(&ada).await;
    let public = app.post(PATH).bearer(&ada.public).json(&body).send().await;
    assert_eq!(public.status, 403, "{}", public.text);
    for question in [json!(null), json!(""), json!("x".repeat(4_001)), json!(7)] {
        let body = json!({"question": question});
        let reply = app.post(PATH).bearer(&ada.secret).json(&body).send().await;
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert!(reply.text.contains("question"), "{}", reply.text);
    }
    app.finish().await;
}
