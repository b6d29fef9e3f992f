//! The routes for deliveries, tested alike in every dialect that has webhooks.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Reply, Tenant, TestRequest};

use crate::util::{
    botplot::{UNKNOWN, text},
    same_for_all_dialects::webhook_api::{CONFERBOT, HELPBOT, PLATFORM, WebhookApi},
    webhooks::{create, hooks},
};

/// A dialect, as these routes spell it.
pub struct DeliveryApi {
    pub name: &'static str,
    /// What a question fires, once.
    pub event: &'static str,
    /// How it spells a name of two words: `statusCode` or `status_code`.
    camel: bool,
    /// What it calls an id.
    pub id: &'static str,
    /// The status of a value that breaks a rule.
    pub invalid: u16,
    /// The header that holds the signature.
    pub signature: &'static str,
    webhooks: Option<&'static WebhookApi>,
}

pub const ALL: [DeliveryApi; 4] = [
    DeliveryApi {
        name: "botplot",
        event: "conversation.started",
        camel: false,
        id: "id",
        invalid: 400,
        signature: "x-botplot-signature",
        webhooks: None,
    },
    DeliveryApi {
        name: "chatbotplatform",
        event: "bot.message_received",
        camel: false,
        id: "id",
        invalid: 422,
        signature: "webhook-signature",
        webhooks: Some(&PLATFORM),
    },
    DeliveryApi {
        name: "conferbot",
        event: "response.created",
        camel: true,
        id: "_id",
        invalid: 400,
        signature: "x-webhook-signature",
        webhooks: Some(&CONFERBOT),
    },
    DeliveryApi {
        name: "helpbot",
        event: "conversation.created",
        camel: true,
        id: "id",
        invalid: 400,
        signature: "x-helpbot-signature",
        webhooks: Some(&HELPBOT),
    },
];

impl DeliveryApi {
    /// A name of several words, given in snake case, as the dialect spells it.
    pub fn wire_name(&self, name: &str) -> String {
        let mut words = name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |text, word| match self.camel {
            true => format!("{text}{}{}", word[..1].to_uppercase(), &word[1..]),
            false => format!("{text}_{word}"),
        })
    }

    /// Makes a webhook; its id and secret.
    pub async fn create(&self, app: &App, tenant: &Tenant, url: &str) -> (String, String) {
        match self.webhooks {
            Some(webhooks) => webhooks.create(app, tenant, url, &[self.event]).await,
            None => create(app, tenant, url, &[self.event]).await,
        }
    }

    /// A request below a webhook, with the key that it takes.
    pub fn request(
        &self,
        app: &App,
        tenant: &Tenant,
        method: Method,
        id: &str,
        rest: &str,
    ) -> TestRequest {
        match self.webhooks {
            Some(webhooks) => webhooks.request(app, tenant, method, &format!("/{id}{rest}")),
            None => {
                app.request(method, &format!("{}/{id}{rest}", hooks(tenant))).bearer(&tenant.secret)
            }
        }
    }

    /// The same without a key.
    pub fn stranger(
        &self,
        app: &App,
        tenant: &Tenant,
        method: Method,
        id: &str,
        rest: &str,
    ) -> TestRequest {
        let path = self.webhooks.map_or_else(|| hooks(tenant), |webhooks| webhooks.path.to_owned());
        app.request(method, &format!("{path}/{id}{rest}"))
    }

    pub async fn get(&self, app: &App, tenant: &Tenant, id: &str, rest: &str) -> Reply {
        self.request(app, tenant, Method::GET, id, rest).send().await
    }

    pub async fn post(
        &self,
        app: &App,
        tenant: &Tenant,
        id: &str,
        rest: &str,
        body: &Value,
    ) -> Reply {
        self.request(app, tenant, Method::POST, id, rest).json(body).send().await
    }

    /// The deliveries of a list and where it continues, once it has what its dialect puts around it.
    pub fn rows(&self, list: &Value) -> (Vec<Value>, Value) {
        let (rows, next) = match self.name {
            "botplot" => ("deliveries", list["next_cursor"].clone()),
            "chatbotplatform" => ("data", list["meta"]["next_cursor"].clone()),
            "conferbot" => ("data", list["nextCursor"].clone()),
            _ => ("deliveries", list["nextCursor"].clone()),
        };
        let expected = match self.name {
            "botplot" => json!({"deliveries": list[rows], "next_cursor": next}),
            "chatbotplatform" => json!({"data": list[rows], "meta": {"next_cursor": next}}),
            "conferbot" => json!({"data": list[rows], "nextCursor": next}),
            _ => json!({"deliveries": list[rows], "nextCursor": next}),
        };
        assert_eq!(list, &expected);
        (list[rows].as_array().expect("rows").clone(), next)
    }

    /// All deliveries of a webhook, newest first.
    pub async fn deliveries(&self, app: &App, tenant: &Tenant, id: &str) -> Vec<Value> {
        self.rows(&self.get(app, tenant, id, "/deliveries").await.ok()).0
    }

    /// The delivery in an answer.
    pub fn one(&self, body: &Value) -> Value {
        let name = if matches!(self.name, "botplot" | "helpbot") { "delivery" } else { "data" };
        body[name].clone()
    }

    /// How many are due again, and where the next call continues.
    pub fn count(&self, body: &Value) -> (Value, Value) {
        let inner = if body["data"].is_object() { &body["data"] } else { body };
        let next = inner[&self.wire_name("next_cursor")].clone();
        let mut expected = json!({"replayed": inner["replayed"]});
        expected[&self.wire_name("next_cursor")] = next.clone();
        if matches!(self.name, "chatbotplatform" | "conferbot") {
            expected = json!({ "data": expected });
        }
        assert_eq!(body, &expected);
        (inner["replayed"].clone(), next)
    }

    /// Without a key, and with one of another dialect, 401; another tenant's webhook, another
    /// dialect's, and what is none: 404, all alike.
    pub async fn is_guarded(&self, app: &App, method: Method, rest: &str, body: &Value) {
        let (ada, bob) = (
            app.tenant(&format!("ada-{}", self.name)).await,
            app.tenant(&format!("bob-{}", self.name)).await,
        );
        let receiver = Receiver::start().await;
        let (own, _) = self.create(app, &ada, &receiver.url).await;
        let (foreign, _) = self.create(app, &bob, &receiver.url).await;
        let stranger = || self.stranger(app, &ada, method.clone(), &own, rest).json(body);
        assert_eq!(stranger().send().await.status, 401, "{}", self.name);
        let wrong = format!("sk_live_{}", "0".repeat(40));
        assert_eq!(stranger().bearer(&wrong).api_key(&wrong).send().await.status, 401);
        for key in [&ada.conferbot, &ada.session, &ada.public] {
            let status = stranger().bearer(key).send().await.status;
            let public = self.name == "botplot" && *key == ada.public;
            assert_eq!(status, if public { 403 } else { 401 }, "{} {key}", self.name);
        }
        let mut others = vec![foreign, UNKNOWN.to_owned(), "1".to_owned(), own.to_uppercase()];
        for other in ALL.iter().filter(|other| other.name != self.name) {
            others.push(other.create(app, &ada, &receiver.url).await.0);
        }
        let mut told = Vec::new();
        for id in &others {
            let request = self.request(app, &ada, method.clone(), id, rest).json(body);
            let reply = request.send().await;
            assert_eq!(reply.status, 404, "{} {id}: {}", self.name, reply.text);
            told.push(reply.text);
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
        for other in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if other != method {
                let reply = self.request(app, &ada, other, &own, rest).send().await;
                assert_eq!(reply.status, 405, "{}", reply.text);
            }
        }
        assert_eq!(receiver.received().len(), 0);
    }
}

/// Asks `count` questions, each in a conversation of its own, and waits for the effects.
pub async fn ask(app: &App, tenant: &Tenant, count: usize) {
    for _ in 0..count {
        app.ask(&tenant.public, "Hello?").await;
    }
    app.drain().await;
}

/// The ids of deliveries.
pub fn ids(dialect: &DeliveryApi, rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| text(&row[dialect.id]).to_owned()).collect()
}
