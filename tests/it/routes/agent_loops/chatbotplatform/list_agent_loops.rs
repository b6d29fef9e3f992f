//! chatbotplatform GET /v1/agent-loops

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    agent_loops::{LOOPS, echoing, make, report},
    chatbotplatform::{ids, its_parameters_have_bounds, list, only_its_key},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_those_of_the_workspace_newest_first_in_pages() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let mut all = Vec::new();
    for n in 0..5 {
        let mut body = report();
        body["name"] = json!(format!("Report {n}"));
        all.insert(0, make(&app, &ada, body).await);
    }
    make(&app, &eve, report()).await;
    let key = &ada.chatbotplatform;
    assert_eq!(list(&app, key, LOOPS).await, (all.clone(), 5));
    let page = list(&app, key, &format!("{LOOPS}?page=2&per_page=2")).await;
    assert_eq!(page, (all[2..4].to_vec(), 5));
    only_its_key(&app, &ada, Method::GET, LOOPS, &Value::Null).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_exact_matches_on_its_own_fields() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let body = json!({
        "name": "Weekly", "user_message": "Report.", "bot_id": ada.chatbot,
        "integration_id": echoing(&app, &ada).await, "schedule": "rate(7 days)",
        "status": "inactive",
    });
    let wanted = make(&app, &ada, body).await;
    make(&app, &ada, report()).await;
    for name in
        ["id", "name", "integration_id", "bot_id", "schedule", "status", "created_at", "updated_at"]
    {
        let value = wanted[name].as_str().unwrap().replace(' ', "%20");
        let found = ids(&app, key, &format!("{LOOPS}?{name}={value}")).await;
        assert_eq!(found, (vec![wanted["id"].as_str().unwrap().to_owned()], 1), "{name}");
    }
    assert_eq!(ids(&app, key, &format!("{LOOPS}?name=weekly")).await.1, 0);
    let wrong = [("status", &["asleep", ""][..]), ("created_at", &["yesterday"])];
    its_parameters_have_bounds(&app, key, LOOPS, &wrong).await;
    app.finish().await;
}
