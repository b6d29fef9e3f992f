//! `Idempotency-Key`: what is asked again is answered as it was the first time, in every dialect.

use std::time::Duration;

use domain::{Timestamp, WorkspaceId};
use futures::future::join_all;
use serde_json::{Value, json};
use store::{ClaimOutcome, keys::sha256};
use testkit::{App, Reply, Tenant, TestRequest};

const HEADER: &str = "idempotency-key";

/// A request that makes something, by dialect; `n` tells one body from another.
fn creations(app: &App, tenant: &Tenant, n: u32) -> Vec<(&'static str, TestRequest)> {
    let name = json!({"name": format!("Bot {n}")});
    let pair = json!({"question": format!("Is it {n}?"), "answer": "Yes."});
    let lead = json!({"email": format!("ada{n}@example.com")});
    let key = json!({"dialect": if n == 1 { "conferbot" } else { "chatbotplatform" }});
    let message = json!({"message": format!("Hello {n}")});
    let question = json!({"question": format!("Hello {n}?")});
    vec![
        (
            "conferbot",
            app.post("/api/v1/external/v1/chatbots").api_key(&tenant.conferbot).json(&name),
        ),
        ("chatbotplatform", app.post("/v1/bots").bearer(&tenant.chatbotplatform).json(&name)),
        ("botplot", app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair)),
        ("botplot lead", app.post("/api/v1/leads").bearer(&tenant.public).json(&lead)),
        ("botplot chat", app.post("/api/v1/chat").bearer(&tenant.public).json(&message)),
        ("botplot stream", app.post("/api/v1/chat/stream").bearer(&tenant.public).json(&message)),
        ("openbat", app.post("/api/v1/chatbots").bearer(&tenant.session).json(&name)),
        ("API key", app.post("/api/v1/api-keys").bearer(&tenant.session).json(&key)),
        ("helpbot chat", app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&question)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_and_body_return_the_first_answer_and_another_body_is_refused() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let send = async |n: u32| -> Vec<(&'static str, Reply)> {
        let mut replies = Vec::new();
        for (what, request) in creations(&app, &tenant, n) {
            replies.push((what, request.header(HEADER, &format!("{what} 1")).send().await));
        }
        replies
    };
    let first = send(1).await;
    for ((what, first), (_, again)) in first.iter().zip(send(1).await) {
        assert!((200..300).contains(&first.status), "{what}: {}", first.text);
        assert_eq!((first.status, &first.text), (again.status, &again.text), "{what}");
        assert_eq!(first.header("content-type"), again.header("content-type"), "{what}");
        assert_eq!(
            (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
            ("", "true")
        );
        assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
    }
    let reused = "This Idempotency-Key was used for another request";
    for (what, other) in send(2).await {
        let (status, body) = match what {
            "conferbot" => (409, json!({"error": "Conflict", "message": reused})),
            "chatbotplatform" => {
                (422, json!({"error": {"code": "idempotency_key_reused", "message": reused}}))
            }
            "openbat" | "API key" | "helpbot chat" => (409, json!({"error": reused})),
            _ => (409, json!({"error": reused, "code": "CONFLICT"})),
        };
        assert_eq!((other.status, other.json()), (status, body), "{what}");
    }
    app.drain().await;
    // Three chatbots beside the tenant's own, and four conversations: botplot's two, helpbot's one.
    let bots = app.get("/v1/bots").bearer(&tenant.chatbotplatform).send().await.ok();
    assert_eq!(bots["meta"]["total"], 4);
    let conversations = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    assert_eq!(conversations["total"], 3);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_its_callers_own_and_only_while_the_caller_is_known() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let create = async |key: &str| {
        let new = app.post("/v1/bots").bearer(key).json(&json!({"name": "Twin"}));
        new.header(HEADER, "1").send().await
    };
    let (first, other) =
        (create(&ada.chatbotplatform).await.json(), create(&bob.chatbotplatform).await.json());
    assert_ne!(first["data"]["id"], other["data"]["id"]);
    // Without a caller nothing is kept, and nothing is told.
    let stranger = app.post("/v1/bots").json(&json!({"name": "Twin"})).header(HEADER, "1");
    assert_eq!(stranger.send().await.status, 401);
    let keys = app.get("/api/v1/api-keys").bearer(&ada.session).send().await.ok();
    let of = |row: &&Value| row["dialect"] == "chatbotplatform";
    let id = keys["data"].as_array().unwrap().iter().find(of).unwrap()["id"].clone();
    let path = format!("/api/v1/api-keys/{}", id.as_str().unwrap());
    assert_eq!(app.delete(&path).bearer(&ada.session).send().await.status, 204);
    assert_eq!(create(&ada.chatbotplatform).await.status, 401, "a revoked key repeats nothing");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_may_be_tried_again_and_a_bad_key_is_refused() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let create = async |key: &str, body: &Value| {
        let new = app.post("/v1/bots").bearer(&tenant.chatbotplatform).json(body);
        new.header(HEADER, key).send().await
    };
    assert_eq!(create("1", &json!({"name": ""})).await.status, 422);
    assert_eq!(create("1", &json!({"name": "Mended"})).await.status, 201);
    let long = "k".repeat(256);
    create(&long, &json!({"name": "Long"})).await.is(
        422,
        &json!({"error": {
            "code": "validation_error",
            "message": "Idempotency-Key must have 1 to 255 printable ASCII characters",
            "details": {"Idempotency-Key": ["must have 1 to 255 printable ASCII characters"]},
        }}),
    );
    let large = app.post("/v1/bots").bearer(&tenant.chatbotplatform).header(HEADER, "2");
    assert_eq!(large.body("x".repeat(1024 * 1024 + 1)).send().await.status, 413);
    // Only what makes something is kept.
    let list = || app.get("/v1/bots").bearer(&tenant.chatbotplatform).header(HEADER, "3").send();
    list().await.ok();
    assert_eq!(list().await.header("idempotency-replayed"), "");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_at_the_same_moment_one_is_carried_out() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let ask = || {
        let question = json!({"question": "Do you have parking?"});
        let ask = app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&question);
        ask.header(HEADER, "at once").send()
    };
    let replies = join_all((0..32).map(|_| ask())).await;
    let busy = json!({"error": "A request with this Idempotency-Key is being carried out"});
    let mut answers: Vec<Value> = Vec::new();
    for reply in &replies {
        match reply.status {
            200 => answers.push(reply.json()),
            _ => {
                reply.is(409, &busy);
                assert_eq!(reply.header("retry-after"), "1");
            }
        }
    }
    answers.push(ask().await.ok());
    assert!(answers.len() > 1 && answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    let workspace: WorkspaceId = tenant.workspace.parse().unwrap();
    let used = app.platform.app.store.used(workspace, "helpbot-credits", Timestamp::now()).await;
    assert_eq!(used.unwrap(), 1, "one credit");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_for_a_day_and_sealed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let new = app.post("/api/v1/chatbots").bearer(&tenant.session).json(&json!({"name": "Kept"}));
    let made = new.header(HEADER, "1").send().await.ok();
    let key = made["apiKey"].as_str().unwrap();
    let (caller, name) = (sha256(&tenant.session), sha256("1"));
    let request = sha256("POST\n/api/v1/chatbots\n{\"name\":\"Kept\"}");
    let store = &app.platform.app.store;
    let claim = async |hours: u64| {
        let at = Timestamp::now().plus(Duration::from_secs(hours * 60 * 60));
        store.claim(&caller, &name, &request, at).await.unwrap()
    };
    let ClaimOutcome::Answered(kept) = claim(23).await else { panic!("it is gone") };
    assert!(kept.body.len() > key.len() && !kept.body.contains(key), "{}", kept.body);
    let claimed = claim(25).await;
    assert!(matches!(claimed, ClaimOutcome::New(_)), "{claimed:?}");
    // A claim whose function died is free again after two minutes.
    assert_eq!(claim(25).await, ClaimOutcome::Running);
    assert!(matches!(claim(26).await, ClaimOutcome::New(_)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_of_a_request_with_a_key_is_looked_up_once() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let add = |question: &str| {
        let body = json!({"question": question, "answer": "From six."});
        app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&body)
    };
    let read = async |request: TestRequest| {
        let answer = request.send().await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.units().0
    };
    let plain = read(add("When is the bakery open?")).await;
    let keyed = read(add("When are the baths open?").header(HEADER, "k-1")).await;
    assert_eq!(keyed, plain, "the claim is a write, and the caller is known from it");
    app.finish().await;
}
