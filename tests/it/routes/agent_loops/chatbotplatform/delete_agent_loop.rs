//! chatbotplatform DELETE /v1/agent-loops/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    agent_loops::{LOOPS, echoing, ended, executions, make, one, report, run},
    chatbotplatform::{ids, only_its_key, platform_refused},
    table,
};

#[tokio::test(flavor = "multi_thread")]
async fn takes_it_away_with_its_executions_and_makes_room() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let key = &ada.chatbotplatform;
    let mut body = report();
    body["integration_id"] = json!(echoing(&app, &ada).await);
    body["callback_url"] = json!("http://127.0.0.1:9/done");
    body["schedule"] = json!("rate(1 day)");
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    ended(&app, &ada, &begun).await;
    only_its_key(&app, &ada, Method::DELETE, &one(&made), &Value::Null).await;
    let foreign = app.delete(&one(&made)).bearer(&eve.chatbotplatform).send().await;
    platform_refused(&foreign, 404, &["gent loop"]);
    let deleted = app.delete(&one(&made)).bearer(key).send().await;
    deleted.is(200, &json!({"data": {"id": made["id"], "deleted": true}}));
    let again = app.delete(&one(&made)).bearer(key).send().await;
    platform_refused(&again, 404, &["gent loop"]);
    let listed = app.get(&executions(&made)).bearer(key).send().await;
    platform_refused(&listed, 404, &["gent loop"]);
    assert_eq!(ids(&app, key, LOOPS).await, (Vec::new(), 0));
    app.drain().await;
    let left = table::partitions(&app).await;
    let (id, execution) = (made["id"].as_str().unwrap(), begun["id"].as_str().unwrap());
    let of_it = |pk: &&String| pk.contains(id) || pk.contains(execution);
    assert_eq!(left.iter().filter(of_it).collect::<Vec<_>>(), Vec::<&String>::new());
    app.finish().await;
}
