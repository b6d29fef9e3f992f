//! Our clients of the platforms against their stand-ins, which know nothing of each other.

use std::{sync::Arc, time::Duration};

use axum::http::Method;
use domain::{Platform, Timestamp};
use platforms::{
    ChannelAccount, ChannelCredentials, ConnectFailure, Piece, PieceError, PlatformApi,
    PlatformHosts, ReplyContext, SendFailure, SendTarget, SentPiece, WebhookHealth, WebhookTarget,
    render,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use super::{
    FakeDiscord, FakeGraph, FakeReply, FakeServer, FakeSlack, FakeTelegram, PlannedFailure,
    RecordedCall, server::Behaviour,
};

const TIME: Duration = Duration::from_secs(20);
const SECRET: &str = "a-webhook_secret";

/// A channel's side of a connection.
struct Ours {
    api: PlatformApi,
    credentials: ChannelCredentials,
    account: ChannelAccount,
}

impl Ours {
    fn new(platform: Platform, host: &str, url: &str, credentials: Value) -> Self {
        let http = outbound::Client::new(outbound::Policy::Local, "test").unwrap();
        let mut hosts = PlatformHosts::public().unwrap();
        assert!(hosts.set(host, Url::parse(url).unwrap()));
        let given = serde_json::from_value(credentials).unwrap();
        let credentials = ChannelCredentials::parse(platform, &given, "made").unwrap();
        Self { api: PlatformApi::new(http, hosts), credentials, account: ChannelAccount::default() }
    }

    async fn identified(mut self) -> Self {
        self.account = self.api.identify(&self.credentials, TIME).await.unwrap();
        self
    }

    async fn register(&self, url: &str) -> Result<(), platforms::ConnectError> {
        let url = Url::parse(url).unwrap();
        let target = WebhookTarget { url: &url, secret: SECRET };
        self.api.register(&self.credentials, &self.account, target, TIME).await
    }

    async fn unregister(&self, url: &str) {
        let url = Url::parse(url).unwrap();
        let target = WebhookTarget { url: &url, secret: SECRET };
        self.api.unregister(&self.credentials, &self.account, target, TIME).await.unwrap();
    }

    async fn check(&self, url: &str) -> WebhookHealth {
        let url = Url::parse(url).unwrap();
        self.api.check(&self.credentials, WebhookTarget { url: &url, secret: SECRET }, TIME).await
    }

    async fn send(&self, peer: &str, text: &str) -> Result<SentPiece, PieceError> {
        let piece = render(self.credentials.platform(), text, 9).remove(0);
        self.send_piece(peer, &piece).await
    }

    async fn send_piece(&self, peer: &str, piece: &Piece) -> Result<SentPiece, PieceError> {
        let reply = ReplyContext::default();
        self.api.send(self.target(peer, &reply), piece, 0, "key", TIME).await
    }

    fn target<'a>(&'a self, peer: &'a str, reply: &'a ReplyContext) -> SendTarget<'a> {
        let (credentials, account) = (&self.credentials, &self.account);
        SendTarget { credentials, account, peer, reply, now: Timestamp::now() }
    }

    async fn failure(&self, peer: &str) -> SendFailure {
        self.send(peer, "hello").await.unwrap_err().failure
    }
}

/// Something that is delivered to: it answers by what it was told.
struct Endpoint {
    server: FakeServer,
}

struct Script(Box<dyn Fn(&RecordedCall) -> FakeReply + Send + Sync>);

impl Behaviour for Script {
    fn answer<'a>(&'a self, call: &'a RecordedCall) -> futures::future::BoxFuture<'a, FakeReply> {
        let reply = self.0(call);
        Box::pin(async move { reply })
    }
}

impl Endpoint {
    async fn start(script: impl Fn(&RecordedCall) -> FakeReply + Send + Sync + 'static) -> Self {
        let (server, listener): (FakeServer, TcpListener) = FakeServer::bind(0).await.unwrap();
        server.serve(listener, Arc::new(Script(Box::new(script))));
        Self { server }
    }

    fn url(&self) -> String {
        format!("{}/hook", self.server.url())
    }
}

fn taken() -> FakeReply {
    FakeReply::new(200, Value::Null)
}

async fn telegram(fake: &FakeTelegram) -> Ours {
    let credentials = json!({ "bot_token": FakeTelegram::TOKEN });
    Ours::new(Platform::Telegram, "telegram", &fake.url(), credentials).identified().await
}

#[tokio::test]
async fn telegram_connects_and_disconnects() {
    let fake = FakeTelegram::start().await.unwrap();
    let ours = telegram(&fake).await;
    assert_eq!(ours.account.username, FakeTelegram::username(FakeTelegram::TOKEN));
    ours.register("https://x.test/hook").await.unwrap();
    // One call a second: the second one is made again after the wait that the answer names.
    ours.register("https://x.test/hook").await.unwrap();
    let sets = fake.calls_of("/setWebhook");
    assert_eq!(sets[0].body["allowed_updates"], json!(["message", "my_chat_member"]));
    assert_eq!(ours.check("https://x.test/hook").await, WebhookHealth::Ours);
    assert!(matches!(ours.check("https://x.test/other").await, WebhookHealth::Lost(_)));
    // Another's webhook is left alone.
    ours.unregister("https://x.test/other").await;
    assert_eq!(fake.webhook(FakeTelegram::TOKEN), "https://x.test/hook");
    ours.unregister("https://x.test/hook").await;
    assert_eq!(fake.webhook(FakeTelegram::TOKEN), "");
    tokio::time::sleep(Duration::from_millis(20)).await;
    let refused = ours.register("http://x.test/hook").await.unwrap_err();
    assert_eq!(refused.failure, ConnectFailure::OwnerSetup);
    assert!(refused.reason.contains("HTTPS"), "{}", refused.reason);
    fake.revoke(FakeTelegram::TOKEN);
    let lost = ours.api.identify(&ours.credentials, TIME).await.unwrap_err();
    assert_eq!(lost.failure, ConnectFailure::Refused);
    assert!(matches!(ours.check("https://x.test/hook").await, WebhookHealth::Lost(_)));
}

#[tokio::test]
async fn no_error_names_a_token() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}");
    let ours =
        Ours::new(Platform::Telegram, "telegram", &url, json!({ "bot_token": "1:HUSH-token" }));
    let error = ours.send("5", "x").await.unwrap_err();
    assert_eq!(error.failure, SendFailure::Transient { may_have_arrived: false });
    assert!(!error.reason.contains("HUSH"), "{}", error.reason);
    let error = ours.api.identify(&ours.credentials, TIME).await.unwrap_err();
    assert_eq!(error.failure, ConnectFailure::Unreachable);
    assert!(!error.reason.contains("HUSH"), "{}", error.reason);
    assert!(!format!("{:?}", ours.credentials).contains("HUSH"));
}

#[tokio::test]
async fn telegram_gets_plain_text_where_it_refuses_markup() {
    let fake = FakeTelegram::start().await.unwrap();
    let ours = telegram(&fake).await;
    let sent = ours.send("5", "**b** & [x](tg://user?id=1)").await.unwrap();
    assert!(!sent.is_plain);
    let piece = Piece { markup: "<b>broken".into(), plain: "broken".into() };
    assert!(ours.send_piece("5", &piece).await.unwrap().is_plain);
    let texts: Vec<_> = fake.sent().into_iter().map(|sent| (sent.text, sent.parse_mode)).collect();
    assert_eq!(
        texts,
        [("<b>b</b> &amp; x".into(), "HTML".into()), ("broken".to_owned(), String::new())]
    );
    // A topic and a group's message are named.
    let reply: ReplyContext = serde_json::from_value(json!({ "message_id": "77" })).unwrap();
    let piece = render(Platform::Telegram, "x", 1).remove(0);
    ours.api.send(ours.target("-9:3", &reply), &piece, 0, "k", TIME).await.unwrap();
    ours.api.typing(ours.target("-9:3", &reply), TIME).await.unwrap();
    let body = fake.calls_of("/sendMessage").pop().unwrap().body;
    assert_eq!((&body["chat_id"], &body["message_thread_id"]), (&json!(-9), &json!(3)));
    assert_eq!(body["reply_parameters"]["message_id"], 77);
    fake.fail("sendMessage", 429, "Too Many Requests: retry after 3", json!({ "retry_after": 3 }));
    assert_eq!(ours.failure("5").await, SendFailure::RetryAfter(Some(Duration::from_secs(3))));
    fake.revoke(FakeTelegram::TOKEN);
    assert_eq!(ours.failure("5").await, SendFailure::ChannelLost);
}

/// In order within a chat, again until it is taken, and a `method` in an answer is run.
#[tokio::test]
async fn telegram_delivers_as_it_does() {
    let endpoint = Endpoint::start(|call| match call.body["message"]["text"].as_str() {
        Some("run") => {
            FakeReply::new(200, json!({ "method": "sendMessage", "chat_id": 5, "text": "ran" }))
        }
        Some("get") => FakeReply::new(200, json!({ "method": "getMe" })),
        _ => taken(),
    })
    .await;
    let fake = FakeTelegram::start().await.unwrap();
    let ours = telegram(&fake).await;
    ours.register(&endpoint.url()).await.unwrap();
    let failing = |status| PlannedFailure {
        path: "/hook".into(),
        reply: FakeReply::new(status, Value::Null),
        takes_effect: false,
    };
    endpoint.server.fail_next(failing(500));
    endpoint.server.fail_next(failing(403));
    for text in ["1", "2", "run", "get"] {
        fake.write(FakeTelegram::TOKEN, 5, text);
    }
    fake.idle().await;
    let texts: Vec<_> =
        endpoint.server.calls().iter().map(|call| call.body["message"]["text"].clone()).collect();
    assert_eq!(texts, ["1", "1", "1", "2", "run", "get"]);
    assert!(
        endpoint
            .server
            .calls()
            .iter()
            .all(|call| call.header("x-telegram-bot-api-secret-token") == SECRET)
    );
    let sent = fake.sent();
    assert_eq!((sent.len(), sent[0].text.as_str(), sent[0].by_answer), (1, "ran", true));
    // An update that is no part of the list is not delivered.
    fake.deliver(FakeTelegram::TOKEN, json!({ "edited_message": fake.message(5, "x") }));
    fake.idle().await;
    assert_eq!(endpoint.server.calls().len(), 6);
}

#[tokio::test]
async fn slack_is_called_and_repeats() {
    let endpoint = Endpoint::start(|call| match call.body["challenge"].as_str() {
        Some(challenge) => FakeReply::new(200, json!({ "challenge": challenge })),
        None => taken(),
    })
    .await;
    let fake = FakeSlack::start().await.unwrap();
    let credentials = json!({ "bot_token": FakeSlack::TOKEN, "signing_secret": FakeSlack::SECRET });
    let ours = Ours::new(Platform::Slack, "slack", &fake.url(), credentials).identified().await;
    assert_eq!(
        (ours.account.team_id.as_str(), ours.account.id.as_str()),
        (FakeSlack::TEAM, FakeSlack::BOT)
    );
    assert!(fake.subscribe(&endpoint.url(), FakeSlack::SECRET).await);
    let sent = ours.send("T0FAKE:C1:1700000000.000100", "**b** <!channel>").await.unwrap();
    let posted = fake.posted().remove(0);
    assert_eq!(
        (posted.text.as_str(), posted.thread_ts.as_str()),
        ("*b* &lt;!channel&gt;", "1700000000.000100")
    );
    assert_eq!(posted.ts, sent.message_id);
    fake.fail("chat.postMessage", "not_in_channel");
    assert_eq!(ours.failure("T:C1").await, SendFailure::ThisConversation);
    fake.limit("chat.postMessage", 2);
    assert_eq!(ours.failure("T:C1").await, SendFailure::RetryAfter(Some(Duration::from_secs(2))));
    fake.revoke(FakeSlack::TOKEN, "account_inactive");
    assert_eq!(ours.failure("T:C1").await, SendFailure::ChannelLost);
    assert!(matches!(ours.check("https://x.test/").await, WebhookHealth::Lost(_)));
    // Four attempts and no more, the repeated ones with their number.
    fake.lose_answers(1);
    fake.write("U2", "hello");
    fake.idle().await;
    let tries: Vec<_> = endpoint
        .server
        .calls()
        .into_iter()
        .skip(1)
        .map(|call| call.header("x-slack-retry-num").to_owned())
        .collect();
    assert_eq!(tries, ["", "1", "2", "3"]);
}

/// The endpoint's answer to a ping by whether its signature is good, which it tells by the header.
fn pong(good: Option<bool>) -> impl Fn(&RecordedCall) -> FakeReply {
    let key = super::sign::SigningKey::of([7; 32]);
    move |call| {
        let signed = format!("{}{}", call.header("x-signature-timestamp"), call.body);
        let is_good = key.sign_hex(signed.as_bytes()) == call.header("x-signature-ed25519");
        match (good.unwrap_or(is_good), call.body["type"].as_u64()) {
            (false, _) => FakeReply::new(401, Value::Null),
            (true, Some(1)) => FakeReply::new(200, json!({ "type": 1 })),
            (true, _) => FakeReply::new(200, json!({ "type": 5 })),
        }
    }
}

async fn discord(fake: &FakeDiscord) -> Ours {
    let credentials = json!({ "bot_token": FakeDiscord::TOKEN });
    Ours::new(Platform::Discord, "discord", &fake.url(), credentials).identified().await
}

#[tokio::test]
async fn discord_takes_an_endpoint_that_refuses_bad_signatures() {
    let fake = FakeDiscord::start().await.unwrap();
    let ours = discord(&fake).await;
    for (answers, is_taken) in [(Some(true), false), (Some(false), false), (None, true)] {
        let endpoint = Endpoint::start(pong(answers)).await;
        let registered = ours.register(&endpoint.url()).await;
        assert_eq!(registered.is_ok(), is_taken, "{registered:?}");
        if let Err(error) = registered {
            assert_eq!(error.failure, ConnectFailure::OwnerSetup);
            assert!(error.reason.contains("could not be verified"), "{}", error.reason);
            continue;
        }
        assert_eq!(ours.check(&endpoint.url()).await, WebhookHealth::Ours);
        assert_eq!(fake.probe().await, Some(401));
        fake.remove_endpoint();
        assert!(matches!(ours.check(&endpoint.url()).await, WebhookHealth::Lost(_)));
    }
    // The command was made once, however often it was sent.
    assert_eq!(fake.commands().len(), 1);
    assert_eq!(fake.commands()[0]["name"], "ask");
}

#[tokio::test]
async fn discord_is_answered_within_its_times() {
    let (fake, endpoint) = (FakeDiscord::start().await.unwrap(), Endpoint::start(pong(None)).await);
    let ours = discord(&fake).await;
    ours.register(&endpoint.url()).await.unwrap();
    let interaction = fake.interaction("5", "6", "why?");
    let token = interaction["token"].as_str().unwrap().to_owned();
    let until = Timestamp::now().millis() + 15 * 60 * 1_000;
    let reply: ReplyContext =
        serde_json::from_value(json!({ "token": token, "until": until })).unwrap();
    let piece = |text: &str| render(Platform::Discord, text, 9).remove(0);
    let answer = async |nth: usize, text: &str| {
        ours.api.send(ours.target("6:5", &reply), &piece(text), nth, "key", TIME).await
    };
    // Before the acknowledgment it is too early, not too late.
    let early = answer(0, "x").await.unwrap_err();
    assert_eq!(early.failure, SendFailure::RetryAfter(Some(Duration::from_secs(1))));
    fake.interact(&interaction).await;
    answer(0, "one").await.unwrap();
    answer(0, "one").await.unwrap();
    answer(1, "two @everyone").await.unwrap();
    let sent = fake.sent();
    let contents: Vec<_> = sent.iter().map(|sent| sent.content.as_str()).collect();
    assert_eq!(
        contents,
        ["one", "two @everyone"],
        "the first piece is one message, however often it is sent"
    );
    assert!(sent.iter().all(|sent| !sent.pings));
    fake.limit("@original", 0.5);
    assert_eq!(
        answer(0, "x").await.unwrap_err().failure,
        SendFailure::RetryAfter(Some(Duration::from_millis(500)))
    );
    fake.advance(Duration::from_secs(16 * 60));
    let late: ReplyContext =
        serde_json::from_value(json!({ "token": token, "until": until - 60_000 })).unwrap();
    let error =
        ours.api.send(ours.target("6:5", &late), &piece("x"), 0, "key", TIME).await.unwrap_err();
    assert_eq!(error.failure, SendFailure::Expired);
    // A person's words need no interaction, and are one message for one key.
    ours.send("6:5", "a person").await.unwrap();
    ours.send("6:5", "a person").await.unwrap();
    assert_eq!(fake.sent().iter().filter(|sent| sent.channel == "6").count(), 1);
    fake.revoke();
    assert_eq!(ours.failure("6:5").await, SendFailure::ChannelLost);
}

#[tokio::test]
async fn whatsapp_is_called_and_tells_failures_later() {
    let endpoint =
        Endpoint::start(|call| match call.query.iter().find(|(name, _)| name == "hub.challenge") {
            Some((_, challenge)) => FakeReply::new(200, challenge.parse().unwrap()),
            None => taken(),
        })
        .await;
    let fake = FakeGraph::start().await.unwrap();
    let credentials = json!({
        "access_token": FakeGraph::TOKEN, "phone_number_id": FakeGraph::PHONE_NUMBER, "app_secret": FakeGraph::SECRET,
        "verify_token": "v", "waba_id": FakeGraph::WABA,
    });
    let ours = Ours::new(Platform::Whatsapp, "graph", &fake.url(), credentials).identified().await;
    assert_eq!(ours.account.name, "Fake business");
    ours.register(&endpoint.url()).await.unwrap();
    assert!(fake.subscribe(&endpoint.url(), FakeGraph::SECRET, "v").await);
    ours.send("49123", "**hi** [x](https://x.test)").await.unwrap();
    ours.send("DE.1", "hi").await.unwrap();
    let sent: Vec<_> = fake.sent().into_iter().map(|sent| (sent.to, sent.text)).collect();
    assert_eq!(
        sent,
        [("49123".into(), "*hi* x (https://x.test)".into()), ("DE.1".to_owned(), "hi".to_owned())]
    );
    let reply: ReplyContext = serde_json::from_value(json!({ "message_id": "wamid.1" })).unwrap();
    ours.api.typing(ours.target("49123", &reply), TIME).await.unwrap();
    fake.close_window("49123");
    let id = ours.send("49123", "late").await.unwrap().message_id;
    let receipt = until(|| {
        endpoint.server.calls().into_iter().find(|call| call.body.to_string().contains(&id))
    })
    .await;
    assert_eq!(
        receipt.body["entry"][0]["changes"][0]["value"]["statuses"][0]["errors"][0]["code"],
        131_047
    );
    fake.fail("/messages", 400, 131_056, None, "pair limit");
    assert_eq!(ours.failure("49123").await, SendFailure::RetryAfter(None));
    fake.revoke(FakeGraph::TOKEN);
    assert_eq!(ours.failure("49123").await, SendFailure::ChannelLost);
}

#[tokio::test]
async fn messenger_is_called_and_delivers_in_metas_form() {
    let endpoint = Endpoint::start(|_| taken()).await;
    let fake = FakeGraph::start().await.unwrap();
    let credentials =
        json!({ "page_access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET });
    let ours = Ours::new(Platform::Messenger, "graph", &fake.url(), credentials).identified().await;
    ours.register(&endpoint.url()).await.unwrap();
    assert!(fake.is_page_subscribed());
    ours.send("2", "**hi**").await.unwrap();
    assert_eq!(fake.sent()[0].text, "hi");
    fake.close_window("2");
    assert_eq!(ours.failure("2").await, SendFailure::WindowClosed);
    ours.unregister(&endpoint.url()).await;
    assert!(!fake.is_page_subscribed());
    fake.subscribe(&endpoint.url(), FakeGraph::SECRET, "v").await;
    fake.lose_answers(2);
    fake.messenger_write("2", "é/😀");
    fake.idle().await;
    let attempt = fake.attempts().pop().unwrap();
    let text = String::from_utf8(attempt.sent).unwrap();
    assert!(text.is_ascii() && text.contains(r#""text":"\u00e9\/\ud83d\ude00""#), "{text}");
    assert_eq!(fake.attempt(Method::GET, &endpoint.url(), &[], Vec::new()).await.status, Some(200));
}

/// Waits for something, up to a deadline.
async fn until<T>(look: impl Fn() -> Option<T>) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < TIME, "it never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
