//! ours GET /v1/agent-loops/{id}/executions/{executionId}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    agent_loops::{
        LOOPS, NO_LOOP, calls, ended, executions, make, model, modelled, report, run, says,
    },
    chatbotplatform::{only_its_key, platform_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_each_step_with_its_model_call_and_its_tool_calls() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let pair = json!({"question": "When do you open?", "answer": "We open at ten."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    app.drain().await;
    let search = r#"{"query":"When do you open?"}"#;
    let model =
        model(vec![calls(&[("search_knowledge", search), ("nothing", "{}")]), says("At ten.")])
            .await;
    let body = json!({
        "name": "Ask", "user_message": "When do we open?", "bot_id": ada.chatbot,
        "tools": ["search_knowledge"], "integration_id": modelled(&app, &ada, &model).await,
    });
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    let record = ended(&app, &ada, &begun).await;
    assert_eq!(record["status"], "completed", "{record}");
    assert_eq!(record["result"]["output"], "At ten.");
    assert_eq!(record["result"]["iterations_used"], 2);
    assert_eq!(record["metadata"]["tokens_used"], 110 + 129);
    assert_eq!(record["metadata"]["model"], "fake");
    let steps = record["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2, "{record}");
    let [found, unknown] = &steps[0]["tool_calls"].as_array().unwrap()[..] else {
        panic!("{record}")
    };
    assert_eq!(record["result"]["tool_calls"], steps[0]["tool_calls"]);
    assert_eq!((&found["name"], &found["arguments"]), (&json!("search_knowledge"), &json!(search)));
    assert!(found["result"].as_str().unwrap().contains("We open at ten."), "{found}");
    assert_eq!((&found["error"], &found["server"]), (&Value::Null, &Value::Null));
    assert!(unknown["error"].as_str().unwrap().contains("nothing"), "{unknown}");
    let call = &steps[0]["model_call"];
    assert_eq!((&call["input_tokens"], &call["output_tokens"]), (&json!(100), &json!(10)));
    assert_eq!(steps[1]["model_call"]["text"], "At ten.");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_and_only_its_own() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (made, other) = (make(&app, &ada, report()).await, make(&app, &ada, report()).await);
    let begun = run(&app, &ada, &made).await;
    let id = begun["id"].as_str().unwrap();
    let path = format!("{}/{id}", executions(&made));
    only_its_key(&app, &ada, Method::GET, &path, &Value::Null).await;
    for (path, key, what) in [
        (path, &eve.chatbotplatform, "gent loop"),
        (format!("{}/{id}", executions(&other)), &ada.chatbotplatform, "xecution"),
        (format!("{}/{NO_LOOP}", executions(&made)), &ada.chatbotplatform, "xecution"),
        (format!("{LOOPS}/{NO_LOOP}/executions/{id}"), &ada.chatbotplatform, "gent loop"),
    ] {
        platform_refused(&app.get(&path).bearer(key).send().await, 404, &[what]);
    }
    app.finish().await;
}
