//! Two paths are documented twice, with different shapes. The key decides: here both dialects ask
//! about the same data.

use serde_json::{Value, json};
use testkit::{App, Reply};

async fn list(app: &App, key: &str) -> Reply {
    app.get("/api/v1/conversations").bearer(key).send().await
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        value.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn each_dialect_asks_and_lists_in_its_own_shape_and_sees_the_same_conversations() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();

    // A body with both dialects' fields is read by the key's own.
    let both = json!({
        "message": "Do you have parking?", "question": "Do you have parking?",
        "visitorId": "visitor-1", "sessionId": "session-1",
    });
    let ask = async |key: &str| app.post("/api/v1/chat").bearer(key).json(&both).send().await.ok();
    let botplot = ask(&tenant.public).await;
    let helpbot = ask(&tenant.helpbot).await;
    assert_eq!(names(&botplot), ["conversationId", "messageId", "response", "sources"]);
    assert_eq!(names(&helpbot), ["answer", "conversationId", "sources"]);
    assert_eq!(
        (&botplot["response"], &botplot["sources"]),
        (&json!("Yes, behind the house."), &json!(1))
    );
    assert_eq!(
        (&helpbot["answer"], &helpbot["sources"]),
        (&json!("Yes, behind the house."), &json!([]))
    );
    app.drain().await;

    let rows = list(&app, &tenant.secret).await.ok();
    let sites = list(&app, &tenant.helpbot).await.ok();
    assert_eq!(names(&rows), ["conversations", "total"]);
    assert_eq!(names(&sites), ["conversations", "limit", "page", "totalDocs", "totalPages"]);
    assert_eq!((&rows["total"], &sites["totalDocs"]), (&json!(2), &json!(2)));
    let ids = |list: &Value| -> Vec<String> {
        let rows = list["conversations"].as_array().expect("rows").iter();
        rows.map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    };
    let expected = [&helpbot, &botplot].map(|answer| answer["conversationId"].as_str().unwrap());
    assert_eq!(ids(&rows), expected, "newest first");
    assert_eq!(ids(&sites), expected);
    for (row, site) in rows["conversations"]
        .as_array()
        .unwrap()
        .iter()
        .zip(sites["conversations"].as_array().unwrap())
    {
        assert_eq!(row["firstMessage"], site["question"]);
        assert_eq!(row["createdAt"], site["createdAt"]);
        assert_eq!(site["answer"], "Yes, behind the house.");
    }
    assert_eq!(sites["conversations"][0]["sessionId"], "session-1");
    assert_eq!(rows["conversations"][1]["visitorId"], "visitor-1");

    // Each refuses in its own shape, also what the other would have taken.
    let wrong = async |key: &str, query: &str| {
        app.get(&format!("/api/v1/conversations?{query}")).bearer(key).send().await
    };
    let code = wrong(&tenant.secret, "limit=0").await;
    assert_eq!((code.status, &code.json()["code"]), (400, &json!("VALIDATION_ERROR")));
    let plain = wrong(&tenant.helpbot, "limit=0").await;
    assert_eq!((plain.status, names(&plain.json())), (400, vec!["error"]));
    assert_eq!(wrong(&tenant.helpbot, "range=2d").await.status, 400);
    assert_eq!(wrong(&tenant.secret, "range=2d").await.status, 200, "no parameter of botplot's");
    let empty =
        async |key: &str| app.post("/api/v1/chat").bearer(key).json(&json!({})).send().await;
    assert_eq!(empty(&tenant.public).await.json()["error"], "message is required");
    assert_eq!(empty(&tenant.helpbot).await.json(), json!({"error": "question is required"}));

    // Only helpbot's key may stand elsewhere than in the header.
    for (key, status) in [(&tenant.helpbot, 200), (&tenant.secret, 401)] {
        let found = app.get(&format!("/api/v1/conversations?apiKey={key}")).send().await;
        assert_eq!(found.status, status);
    }
    app.finish().await;
}
