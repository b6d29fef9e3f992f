//! Meta's Graph API: WhatsApp and Messenger, whose deliveries are ASCII and come in batches.

mod calls;
mod deliveries;

use std::{
    collections::HashSet,
    io,
    ops::Deref,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use super::{FakeReply, FakeServer, PlannedFailure, server::locked};

/// Meta on loopback: one number and one page.
#[derive(Clone)]
pub struct FakeGraph {
    server: FakeServer,
    state: Arc<Account>,
}

/// A message that we sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphSent {
    /// The number's or page's id that it was sent from.
    pub from: String,
    /// A phone number, a user's id for a business, or a user's id for a page.
    pub to: String,
    /// As sent.
    pub text: String,
    /// Its id.
    pub message_id: String,
}

struct Account {
    server: FakeServer,
    revoked: Mutex<HashSet<String>>,
    sent: Mutex<Vec<GraphSent>>,
    /// Users who wrote more than 24 hours ago.
    late: Mutex<HashSet<String>>,
    subscription: Mutex<Subscription>,
    numbers: AtomicU64,
    open: AtomicU64,
    second: Duration,
}

/// Where deliveries go, and what signs them.
#[derive(Debug, Clone, Default)]
struct Subscription {
    url: String,
    app_secret: String,
    is_page_subscribed: bool,
}

impl Deref for FakeGraph {
    type Target = FakeServer;

    fn deref(&self) -> &FakeServer {
        &self.server
    }
}

impl FakeGraph {
    /// A good token; so is any other until it is revoked.
    pub const TOKEN: &str = "EAAG-good";
    /// Signs deliveries.
    pub const SECRET: &str = "app_secret";
    /// The WhatsApp number's id.
    pub const PHONE_NUMBER: &str = "106540352242922";
    /// The WhatsApp business account's id.
    pub const WABA: &str = "102290129340398";
    /// The Messenger page's id.
    pub const PAGE: &str = "1000000000001";

    /// At any port, with seconds that last 10 ms.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub async fn start() -> io::Result<Self> {
        Self::start_at(0, Duration::from_millis(10)).await
    }

    /// At `port`, with seconds that last as long as `second`.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start_at(port: u16, second: Duration) -> io::Result<Self> {
        let (server, listener) = FakeServer::bind(port).await?;
        let state = Arc::new(Account {
            server: server.weak(),
            revoked: Mutex::default(),
            sent: Mutex::default(),
            late: Mutex::default(),
            subscription: Mutex::default(),
            numbers: AtomicU64::new(100),
            open: AtomicU64::new(0),
            second,
        });
        server.serve(listener, Arc::<Account>::clone(&state));
        Ok(Self { server, state })
    }

    /// What the app's owner does: enters the callback URL and the verify token, which Meta then checks. Whether it
    /// passed.
    pub async fn subscribe(&self, url: &str, app_secret: &str, verify_token: &str) -> bool {
        {
            let mut subscription = locked(&self.state.subscription);
            url.clone_into(&mut subscription.url);
            app_secret.clone_into(&mut subscription.app_secret);
        }
        self.state.challenge(&self.server, url, verify_token).await
    }

    /// Takes a token back: calls answer 190 from now on.
    pub fn revoke(&self, token: &str) {
        locked(&self.state.revoked).insert(token.to_owned());
    }

    /// Whether the page's events are delivered.
    pub fn is_page_subscribed(&self) -> bool {
        locked(&self.state.subscription).is_page_subscribed
    }

    /// Puts the user's last message more than 24 hours back: Messenger refuses an answer, WhatsApp takes it and says
    /// in a receipt that it failed.
    pub fn close_window(&self, user: &str) {
        locked(&self.state.late).insert(user.to_owned());
    }

    /// Fails the next call whose path ends like this with Graph's form of an error.
    pub fn fail(&self, path: &str, status: u16, code: i64, subcode: Option<i64>, message: &str) {
        let reply = error(status, code, subcode, message);
        self.fail_next(PlannedFailure { path: path.to_owned(), reply, takes_effect: false });
    }

    /// Everything sent so far.
    pub fn sent(&self) -> Vec<GraphSent> {
        locked(&self.state.sent).clone()
    }

    /// Waits until no delivery is under way.
    pub async fn idle(&self) {
        while self.state.open.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn next(&self) -> u64 {
        self.state.numbers.fetch_add(1, Ordering::SeqCst)
    }
}

/// Graph's form of a failure.
fn error(status: u16, code: i64, subcode: Option<i64>, message: &str) -> FakeReply {
    let mut error = json!({
        "message": format!("(#{code}) {message}"),
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "trace",
    });
    if let Some(subcode) = subcode {
        error["error_subcode"] = subcode.into();
    }
    FakeReply::new(status, json!({ "error": error }))
}

/// An answer of 200.
fn done(body: Value) -> FakeReply {
    FakeReply::new(200, body)
}
