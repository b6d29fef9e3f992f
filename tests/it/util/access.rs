//! What routes of the `access` function are tested for alike.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

/// The id of nothing.
pub const UNKNOWN: &str = "0197a000-0000-7000-8000-000000000001";

/// Asserts an error in a dialect's shape: its status, and words that its message has.
pub type Refused = fn(&Reply, u16, &[&str]);

/// An error in openbat's shape: `{"error": …}` and nothing else.
#[track_caller]
pub fn refused(reply: &Reply, status: u16, words: &[&str]) {
    assert_eq!(reply.status, status, "{}", reply.text);
    let body = reply.json();
    let message = body["error"].as_str().expect("a message");
    assert_eq!(body, json!({ "error": message }));
    assert!(words.iter().all(|word| message.contains(word)), "{words:?} in {message:?}");
    assert!(!reply.header("x-request-id").is_empty());
}

/// The codes that were sent to members, in no order.
pub fn codes(app: &App) -> Vec<String> {
    codes_of(app, "")
}

/// Those in mails that name `email`.
fn codes_of(app: &App, email: &str) -> Vec<String> {
    let mails = app.mails().into_iter().map(|mail| String::from_utf8(mail).expect("text"));
    let mails = mails.filter(|mail| mail.contains(email));
    let of = |mail: String| {
        let mut lines = mail.lines().skip_while(|line| !line.starts_with("Your code to "));
        lines.nth(2).map(|line| line.trim().to_owned())
    };
    mails.filter_map(of).collect()
}

/// The id of the member whose session it is.
pub async fn id_of(app: &App, session: &str) -> String {
    let seen = app.get("/api/v1/auth/session").bearer(session).send().await.ok();
    seen["user"]["id"].as_str().expect("an id").to_owned()
}

/// Invites `email` to the workspace of `owner` with `role`, and joins with the code that was sent: the
/// session's token.
pub async fn join(app: &App, owner: &str, email: &str, role: &str) -> String {
    let code = invite(app, owner, email, role).await;
    let body = json!({"code": code, "password": "correct horse"});
    let joined = app.post("/api/v1/auth/join").json(&body).send().await;
    assert_eq!(joined.status, 201, "{}", joined.text);
    joined.session().expect("a session")
}

/// Invites `email`; the code that was sent there.
pub async fn invite(app: &App, owner: &str, email: &str, role: &str) -> String {
    let before = codes_of(app, email);
    let body = json!({"email": email, "role": role});
    let path = "/api/v1/members/invitations";
    let invited = app.post(path).bearer(owner).json(&body).send().await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    app.drain().await;
    let mut sent = codes_of(app, email);
    sent.retain(|code| !before.contains(code));
    sent.pop().expect("a letter with a code")
}

/// Whether `value` is an RFC 3339 time in UTC with milliseconds.
pub fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let digit = |at: char| if at.is_ascii_digit() { '0' } else { at };
    text.chars().map(digit).eq("0000-00-00T00:00:00.000Z".chars())
}

/// Whether `text` is `head` and this many hex digits.
pub fn is_key(text: &str, head: &str, digits: usize) -> bool {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    text.strip_prefix(head).is_some_and(|rest| rest.len() == digits && rest.chars().all(hex))
}

/// Every key of `tenant`, none of which is a session.
pub fn keys_of(tenant: &Tenant) -> [&str; 6] {
    let Tenant { conferbot, chatbotplatform, public, secret, helpbot, openbat, .. } = tenant;
    [conferbot, chatbotplatform, public, secret, helpbot, openbat]
}

/// Makes a key of `chatbot`.
pub async fn key_for(app: &App, session: &str, kind: &str, chatbot: &str) -> String {
    let asked = json!({"dialect": "botplot", "kind": kind, "chatbotId": chatbot});
    let made = app.post("/api/v1/api-keys").bearer(session).json(&asked).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["key"].as_str().expect("a key").to_owned()
}

/// Without a session, and with anything else in its place, the answer is one and the same 401.
pub async fn only_a_session(app: &App, tenant: &Tenant, method: Method, path: &str, body: &Value) {
    let request = || app.request(method.clone(), path).json(body);
    let home = &app.platform.base_url;
    let bare = request().send().await;
    refused(&bare, 401, &[]);
    let mut others = vec![
        request().bearer("nobody").send().await,
        request().bearer("").send().await,
        request().cookie("nobody").header("origin", home).send().await,
        request().header("authorization", &tenant.session).send().await,
        app.request(method.clone(), path).body("{").send().await,
    ];
    for key in keys_of(tenant) {
        others.push(request().bearer(key).send().await);
        others.push(request().api_key(key).send().await);
        others.push(request().cookie(key).header("origin", home).send().await);
    }
    for other in others {
        assert_eq!((other.status, &other.text), (401, &bare.text));
    }
}

/// A write with the cookie needs an Origin that is the platform's own; then it answers `status`.
pub async fn a_cookie_writes_from_home_only(
    app: &App,
    session: &str,
    (method, path): (Method, &str),
    body: &Value,
    status: u16,
) {
    let request = || app.request(method.clone(), path).cookie(session).json(body);
    let home = app.platform.base_url.as_str();
    let longer = format!("{home}.example.com");
    refused(&request().send().await, 403, &["Origin"]);
    for foreign in ["https://example.com", "http://127.0.0.1:1", "null", "", &longer] {
        refused(&request().header("origin", foreign).send().await, 403, &["Origin"]);
    }
    let written = request().header("origin", home).send().await;
    assert_eq!(written.status, status, "{}", written.text);
}

/// Malformed JSON is 400 with the position, anything but an object 400, over 1 MiB 413.
pub async fn bodies_are_looked_at(send: impl AsyncFn(String) -> Reply, refused: Refused) {
    refused(&send("{\"name\": }".into()).await, 400, &["line 1 column 10"]);
    refused(&send("{\n  \"name\": \"A\"\n".into()).await, 400, &["line 3 column"]);
    refused(&send("{\"name\": \"A\"} {}".into()).await, 400, &["line 1 column"]);
    for text in ["", "[]", "7", "\"name\"", "null"] {
        refused(&send(text.into()).await, 400, &["JSON object"]);
    }
    let large = format!("{{\"name\": \"A\"}}{}", " ".repeat(1024 * 1024));
    refused(&send(large).await, 413, &["1048576"]);
}

/// Another tenant's id is answered as one that names nothing: 404, to the letter.
pub async fn nobody_elses(foreign: &str, send: impl AsyncFn(String) -> Reply, refused: Refused) {
    let unknown = send(UNKNOWN.into()).await;
    refused(&unknown, 404, &["not found"]);
    let upper = UNKNOWN.to_uppercase();
    for id in [foreign, "nothing", "1", "64f8a2b3c1d4e5f6a7b8c9d0", &upper] {
        let reply = send(id.into()).await;
        assert_eq!((reply.status, &reply.text), (404, &unknown.text), "{id}");
    }
}

/// Another method is 405, and `Allow` names those there are.
pub async fn only_methods(app: &App, path: &str, allowed: &[Method], refused: Refused) {
    for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        if allowed.contains(&method) {
            continue;
        }
        let reply = app.request(method.clone(), path).send().await;
        refused(&reply, 405, &[method.as_str()]);
        let mut named: Vec<&str> = reply.header("allow").split(',').map(str::trim).collect();
        // Where there is GET there is HEAD.
        named.retain(|method| *method != "HEAD");
        let mut expected: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected, "{method} {path}");
    }
}
