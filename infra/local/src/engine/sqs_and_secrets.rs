//! SQS and Secrets Manager on one machine: winterbaume's services on a loopback listener.
//!
//! A request says by its `X-Amz-Target` which service it is for. winterbaume takes the region from
//! the host name, so every request gets a host of [`REGION`]: what is put in with one region in the
//! configuration is found with any other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use winterbaume_core::{MockRequest, MockResponse, MockService, default_account_id};
use winterbaume_secretsmanager::SecretsManagerService;
use winterbaume_sqs::SqsService;

use super::queues::Queues;
use super::{EngineError, EngineThreads, Result, failed, join, listen, stopped};

/// The region that everything is in.
const REGION: &str = "us-east-1";
/// What SQS takes in one message or batch.
const MAX_MESSAGE: usize = 1024 * 1024;
/// A message's text grows when it is written as JSON: twice for a body that is JSON itself.
const MAX_BODY: usize = 2 * MAX_MESSAGE + 64 * 1024;
/// How often a waiting receiver looks for messages that nothing told it of: those that moved to a
/// dead-letter queue.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Embedded SQS and Secrets Manager. Dropping it stops it; [`SqsAndSecrets::shutdown`] also waits.
/// Nothing of it outlives the process.
pub struct SqsAndSecrets {
    /// What SDK clients of both services take as `endpoint_url`.
    pub endpoint: String,
    services: Services,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    _threads: EngineThreads,
}

impl SqsAndSecrets {
    /// Serves on loopback, on `port` or (0) any free one.
    pub async fn start(port: u16) -> Result<Self> {
        let (listener, endpoint) = listen(port).await?;
        let (stop, stopping) = watch::channel(false);
        let arrival = Arc::new(Notify::new());
        let queues = Arc::new(Queues::new(&endpoint, Arc::clone(&arrival)));
        let services = Services {
            sqs: Arc::new(SqsService::with_backend(queues.clone())),
            queues,
            secrets: Arc::default(),
            arns: Arc::default(),
            arrival,
            stopping: stopping.clone(),
        };
        let app = Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(services.clone());
        let serving = axum::serve(listener, app).with_graceful_shutdown(stopped(stopping));
        let threads = EngineThreads::start()?;
        let server = threads.spawn(async move {
            if let Err(reason) = serving.await {
                tracing::error!(%reason, "the embedded SQS and Secrets Manager stopped");
            }
        });
        Ok(Self { endpoint, services, stop, server, _threads: threads })
    }

    /// Creates a queue and returns its URL. With `dead_letter`, a message that was received as
    /// often as that says moves to the queue so named, which must be there.
    pub async fn create_queue(
        &self,
        name: &str,
        visibility_timeout: u32,
        dead_letter: Option<(&str, u32)>,
    ) -> Result<String> {
        let mut attributes = json!({ "VisibilityTimeout": visibility_timeout.to_string() });
        if let Some((target, receives)) = dead_letter {
            self.ask("AmazonSQS.GetQueueUrl", json!({ "QueueName": target })).await?;
            let arn = Self::queue_arn(target);
            let policy = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": receives });
            attributes["RedrivePolicy"] = policy.to_string().into();
        }
        let request = json!({ "QueueName": name, "Attributes": attributes });
        let answer = self.ask("AmazonSQS.CreateQueue", request).await?;
        Ok(answer["QueueUrl"].as_str().unwrap_or_default().to_owned())
    }

    /// The queues themselves, to be counted without a request.
    pub fn queues(&self) -> Arc<Queues> {
        Arc::clone(&self.services.queues)
    }

    /// The ARN of the queue `name`.
    pub fn queue_arn(name: &str) -> String {
        format!("arn:aws:sqs:{REGION}:{}:{name}", default_account_id())
    }

    /// Sets a secret, which is then found under its name and its ARN: under exactly this ARN if
    /// one is given, else under the one returned.
    pub async fn put_secret(&self, name_or_arn: &str, value: &str) -> Result<String> {
        let name = secret_name(name_or_arn);
        let put = json!({ "SecretId": name, "SecretString": value });
        let answer = match self.ask("secretsmanager.PutSecretValue", put).await {
            Ok(answer) => answer,
            Err(_) => {
                let create = json!({ "Name": name, "SecretString": value });
                self.ask("secretsmanager.CreateSecret", create).await?
            }
        };
        if name == name_or_arn {
            return Ok(answer["ARN"].as_str().unwrap_or_default().to_owned());
        }
        let mut arns = self.services.arns.lock().unwrap_or_else(PoisonError::into_inner);
        arns.insert(name_or_arn.to_owned(), name.to_owned());
        Ok(name_or_arn.to_owned())
    }

    /// Lets running requests finish (a waiting receive gets no messages), then stops.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        join(self.server).await;
    }

    async fn ask(&self, target: &'static str, body: Value) -> Result<Value> {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", HeaderValue::from_static(target));
        let answer = self.services.answer(headers, body).await;
        let body = String::from_utf8_lossy(&answer.body);
        if answer.status != 200 {
            return Err(EngineError(format!("{target}: {body}")));
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&body).map_err(failed(target))
    }
}

/// `name` of `arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six letters>`.
fn secret_name(id: &str) -> &str {
    let parts: Vec<&str> = id.splitn(7, ':').collect();
    match parts[..] {
        ["arn", _, "secretsmanager", _, _, "secret", name] => match name.rsplit_once('-') {
            Some((name, suffix)) if suffix.len() == 6 => name,
            _ => name,
        },
        _ => id,
    }
}

#[derive(Clone)]
struct Services {
    sqs: Arc<SqsService>,
    queues: Arc<Queues>,
    secrets: Arc<SecretsManagerService>,
    /// The ARNs that secrets were put under, and their names.
    arns: Arc<Mutex<HashMap<String, String>>>,
    arrival: Arc<Notify>,
    stopping: watch::Receiver<bool>,
}

/// Answers one HTTP request. There is no CORS here: no web page gets past the `X-Amz-Target`.
async fn answer(State(services): State<Services>, headers: HeaderMap, body: Bytes) -> Response {
    let answer = match serde_json::from_slice(&body) {
        Ok(body) => services.answer(headers, body).await,
        Err(_) => refusal("SerializationException", "the body is not JSON"),
    };
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = axum::http::StatusCode::from_u16(answer.status).unwrap_or_default();
    *response.headers_mut() = answer.headers;
    response
}

impl Services {
    async fn answer(&self, headers: HeaderMap, mut body: Value) -> MockResponse {
        let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        match target.and_then(|target| target.split_once('.')) {
            Some(("secretsmanager", _)) => {
                let arns = self.arns.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some(name) = body["SecretId"].as_str().and_then(|id| arns.get(id)) {
                    body["SecretId"] = name.as_str().into();
                }
                call(&*self.secrets, headers, &body).await
            }
            Some(("AmazonSQS", operation)) => {
                if let Some((code, message)) = over_limit(operation, &body) {
                    return refusal(code, message);
                }
                match operation {
                    "ReceiveMessage" => self.receive(headers, body).await,
                    _ => call(&*self.sqs, headers, &body).await,
                }
            }
            _ => refusal("UnknownOperationException", "neither SQS nor Secrets Manager"),
        }
    }

    /// Receives, waiting as long as the request says. winterbaume's own wait looks every 100 ms
    /// and outlives a shutdown; this one is woken by what arrives, and at the time when the next
    /// message that is there becomes visible.
    async fn receive(&self, headers: HeaderMap, mut body: Value) -> MockResponse {
        let seconds = body["WaitTimeSeconds"].as_u64().unwrap_or(0).min(20);
        body["WaitTimeSeconds"] = 0.into();
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let stopped = stopped(self.stopping.clone());
        tokio::pin!(stopped);
        let url = body["QueueUrl"].as_str().unwrap_or_default().to_owned();
        let queue = url.rsplit('/').next().unwrap_or_default();
        loop {
            let arrival = self.arrival.notified();
            tokio::pin!(arrival);
            arrival.as_mut().enable();
            let answer = call(&*self.sqs, headers.clone(), &body).await;
            let now = Instant::now();
            let empty = serde_json::from_slice::<Value>(&answer.body)
                .is_ok_and(|answer| answer["Messages"].as_array().is_none_or(Vec::is_empty));
            if answer.status != 200 || !empty || now >= deadline {
                return answer;
            }
            let hidden = self.queues.hidden_for(queue).await.unwrap_or(LOOK_EVERY);
            tokio::select! {
                () = &mut stopped => return answer,
                () = arrival => {}
                () = tokio::time::sleep_until(deadline.min(now + hidden.min(LOOK_EVERY))) => {}
            }
        }
    }
}

async fn call(service: &dyn MockService, headers: HeaderMap, body: &Value) -> MockResponse {
    let uri = format!("https://{}.{REGION}.amazonaws.com/", service.service_name());
    let body = Bytes::from(body.to_string());
    service.handle(MockRequest { method: Method::POST.to_string(), uri, headers, body }).await
}

/// The limits of SQS that winterbaume doesn't have.
fn over_limit(operation: &str, body: &Value) -> Option<(&'static str, &'static str)> {
    let text = |message: &Value| message["MessageBody"].as_str().map_or(0, str::len);
    let late = |message: &Value| message["DelaySeconds"].as_u64().is_some_and(|delay| delay > 900);
    if let Some(entries) = body["Entries"].as_array() {
        return match entries.len() {
            0 => {
                Some(("AWS.SimpleQueueService.EmptyBatchRequest", "a batch has at least one entry"))
            }
            1..=10 if entries.iter().map(text).sum::<usize>() > MAX_MESSAGE => {
                Some(("AWS.SimpleQueueService.BatchRequestTooLong", "a batch is at most 1 MiB"))
            }
            1..=10 if entries.iter().any(late) => {
                Some(("InvalidParameterValue", "a delay is at most 900 s"))
            }
            1..=10 => None,
            _ => Some((
                "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
                "a batch has at most 10 entries",
            )),
        };
    }
    match operation {
        "SendMessage" if text(body) > MAX_MESSAGE => {
            Some(("InvalidParameterValue", "a message is at most 1 MiB"))
        }
        "SendMessage" if late(body) => Some(("InvalidParameterValue", "a delay is at most 900 s")),
        "ReceiveMessage" if body["MaxNumberOfMessages"].as_u64().is_some_and(|max| max > 10) => {
            Some(("InvalidParameterValue", "at most 10 messages are received at once"))
        }
        _ => None,
    }
}

fn refusal(code: &str, message: &str) -> MockResponse {
    MockResponse::json(400, json!({ "__type": code, "message": message }).to_string())
}

#[cfg(test)]
#[path = "sqs_and_secrets_tests.rs"]
mod tests;
