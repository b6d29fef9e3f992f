//! SIGKILL in a burst of chats: every turn that was acknowledged is there after the restart, and
//! its webhook arrives.

use std::{
    collections::HashSet,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::Client;
use serde_json::{Value, json};
use testkit::{DEADLINE, Receiver, eventually};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

async fn start(data: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_platform-under-test"))
        .args(["--port", "0", "--no-demo", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the platform starts");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
    let url = tokio::time::timeout(DEADLINE, lines.next_line()).await.expect("in time");
    (child, url.expect("stdout is read").expect("an address"))
}

async fn post(http: &Client, url: &str, bearer: &str, body: &Value) -> Option<Value> {
    let sent = http.post(url).bearer_auth(bearer).json(body).send().await.ok()?;
    sent.error_for_status().ok()?.json().await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_by_a_kill() {
    let data = tempfile::tempdir().expect("a folder");
    let http = testkit::plain_http().timeout(Duration::from_secs(10)).build().unwrap();
    let (mut child, url) = start(data.path()).await;

    let signed = http
        .post(format!("{url}/api/v1/auth/signup"))
        .json(
            &json!({"email": "ada@example.com", "password": "correct horse", "organization": "A"}),
        )
        .send()
        .await
        .unwrap();
    let cookie = signed.headers()["set-cookie"].to_str().unwrap();
    let session = cookie["session=".len()..].split(';').next().unwrap().to_owned();
    let made = post(&http, &format!("{url}/api/v1/chatbots"), &session, &json!({"name": "A"}))
        .await
        .unwrap();
    let chatbot = made["chatbot"]["id"].as_str().unwrap().to_owned();
    // An openbat key is as good as the chatbot's secret key.
    let key = made["apiKey"].as_str().unwrap().to_owned();
    let receiver = Receiver::start().await;
    let hooks = format!("{url}/api/v1/projects/{chatbot}/webhooks");
    let hook = json!({"url": receiver.url, "events": ["message.created", "conversation.started"]});
    post(&http, &hooks, &key, &hook).await.unwrap();

    // Eight clients chat for as long as there is a platform to answer.
    let acknowledged: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let (http, url, key) = (http.clone(), url.clone(), key.clone());
            let acknowledged = acknowledged.clone();
            tokio::spawn(async move {
                for n in 0..10_000 {
                    let body = json!({"message": format!("question {n} of {client}")});
                    let answer = post(&http, &format!("{url}/api/v1/chat"), &key, &body).await;
                    let Some(answer) = answer else { return };
                    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
                    acknowledged.lock().unwrap().push((text("conversationId"), text("messageId")));
                }
            })
        })
        .collect();
    eventually("a hundred answers", async || {
        (acknowledged.lock().unwrap().len() > 100).then_some(())
    })
    .await;
    child.start_kill().unwrap();
    child.wait().await.unwrap();
    for client in clients {
        client.await.unwrap();
    }
    let acknowledged = acknowledged.lock().unwrap().clone();

    let (_child, url) = start(data.path()).await;
    for (conversation, message) in &acknowledged {
        let found: Value = http
            .get(format!("{url}/api/v1/conversations/{conversation}"))
            .bearer_auth(&key)
            .send()
            .await
            .unwrap()
            .error_for_status()
            .expect("an acknowledged conversation is there")
            .json()
            .await
            .unwrap();
        let messages = found["conversation"]["messages"].as_array().unwrap();
        assert!(messages.iter().any(|m| m["id"] == message.as_str()), "{message} is lost");
    }
    eventually("every acknowledged turn's webhook", async || {
        let received = receiver.received();
        let seen: HashSet<String> = received
            .iter()
            .filter_map(|r| r.json()["data"]["message_id"].as_str().map(str::to_owned))
            .collect();
        acknowledged.iter().all(|(_, message)| seen.contains(message)).then_some(())
    })
    .await;
    // A delivery that came twice came under the same id.
    let mut ids = std::collections::HashMap::new();
    for received in receiver.received() {
        let id = received.header("x-botplot-delivery").to_owned();
        let body = ids.entry(id).or_insert_with(|| received.body.clone());
        assert_eq!(*body, received.body);
    }
}
