//! botplot POST /api/v1/knowledge/qa

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    botplot::{Route, is_id, keys},
    knowledge::said,
};

const PATH: &str = "/api/v1/knowledge/qa";

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_answers_at_once_and_word_for_word() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let answer = "Monday–Friday, 9am-5pm EST.\n\n  * \"Not\" on <holidays> & Sundays 😀";
    for (n, key) in [&tenant.secret, &tenant.openbat].into_iter().enumerate() {
        let question = format!("What are your hours in town {n}?");
        let body = json!({"question": question, "answer": answer, "unknown": true});
        let added = app.post(PATH).bearer(key).json(&body).send().await.ok();
        assert_eq!(keys(&added), ["sourceId", "status"]);
        assert_eq!(added["status"], "processing");
        assert!(is_id(&added["sourceId"]), "{added}");
        assert_eq!(said(&app, &tenant, &question).await, answer);
        assert_eq!(said(&app, &tenant, &question.to_lowercase().replace('?', "")).await, answer);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_alternative_is_a_question_of_the_pair() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let ways = ["Wann sperrt ihr auf?", "opening time", "From when on may I come?"];
    let body = json!({"question": "When do you open?", "answer": "At nine.", "alternatives": ways});
    app.post(PATH).bearer(&tenant.secret).json(&body).send().await.ok();
    for way in ways.into_iter().chain(["When do you open?"]) {
        assert_eq!(said(&app, &tenant, way).await, "At nine.", "{way}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_out_of_bounds_are_named() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH);
    let (question, answer) = ("ü".repeat(1_001), "ü".repeat(10_001));
    for value in [json!(null), json!(""), json!(" "), json!(question), json!(5), json!(["a"])] {
        let body = json!({"question": value, "answer": "Yes."});
        route.refuses(&tenant.secret, "question", body).await;
    }
    for value in [json!(null), json!(""), json!(" "), json!(answer), json!(5), json!({})] {
        let body = json!({"question": "Really?", "answer": value});
        route.refuses(&tenant.secret, "answer", body).await;
    }
    let (long, many) = (vec!["ü".repeat(1_001)], vec!["Is it?"; 21]);
    for value in [json!(long), json!(many), json!([""]), json!([5]), json!("Is it?")] {
        let body = json!({"question": "Really?", "answer": "Yes.", "alternatives": value});
        route.refuses(&tenant.secret, "alternatives", body).await;
    }
    route.refuses(&tenant.secret, "question", json!({"answer": "Yes."})).await;
    route.refuses(&tenant.secret, "answer", json!({"question": "Really?"})).await;
    let empty = json!({"sources": []});
    app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.is(200, &empty);
    let longest = json!({"question": "ü".repeat(1_000), "answer": "ü".repeat(10_000)});
    route.with(longest).request().bearer(&tenant.secret).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_json_object_only() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let body = json!({"question": "Really?", "answer": "Yes."});
    let route = Route::new(&app, Method::POST, PATH).with(body);
    route.wants_json(&tenant.secret).await;
    route.allows_only(&tenant.secret, &[Method::POST]).await;
    let empty = json!({"sources": []});
    app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.is(200, &empty);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_values_is_no_object() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH);
    route.takes_no_list(&tenant.secret, json!(["Really?", "Yes."])).await;
    app.finish().await;
}
