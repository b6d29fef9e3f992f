//! Against an endpoint on loopback that answers as Bedrock does.
#![cfg(feature = "bedrock")]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::sync::{Arc, Mutex};

use aws_sdk_bedrockruntime::config::{
    BehaviorVersion, Config, Credentials, Region, retry::RetryConfig,
};
use axum::{Json, Router, extract::Path, http::StatusCode, routing::post};
use embed::Bedrock;
use knowledge::{EmbedError, Embedder};
use serde_json::{Value, json};

const MODEL: &str = "amazon.titan-embed-text-v2:0";

/// What was asked: of which model, with what.
type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// An endpoint that answers each request with `answer`.
async fn endpoint(answer: fn(&str) -> (StatusCode, Value)) -> (Bedrock, Asked) {
    let asked = Asked::default();
    let seen = asked.clone();
    let handler = async move |Path(model): Path<String>, Json(body): Json<Value>| {
        let (status, answer) = answer(body["inputText"].as_str().unwrap_or_default());
        seen.lock().unwrap().push((model, body));
        (status, Json(answer))
    };
    let router = Router::new().route("/model/{model}/invoke", post(handler));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("k", "s", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(format!("http://{address}"))
        .build();
    (Bedrock::new(config, MODEL), asked)
}

fn of_length(text: &str) -> (StatusCode, Value) {
    let mut embedding = vec![0.0; 512];
    embedding[text.len() % 512] = 1.0;
    (StatusCode::OK, json!({"embedding": embedding, "inputTextTokenCount": 1}))
}

#[tokio::test]
async fn each_text_is_a_request_and_vectors_come_in_order() {
    let (bedrock, asked) = endpoint(of_length).await;
    let texts: Vec<String> = (1..=20).map(|n| "x".repeat(n)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let vectors = bedrock.embed(&texts).await.unwrap();
    assert_eq!(vectors.len(), 20);
    for (vector, text) in vectors.iter().zip(&texts) {
        assert_eq!(vector.numbers()[text.len()], 1.0);
    }
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 20);
    for (model, body) in asked.iter() {
        assert_eq!(model, MODEL);
        assert_eq!((&body["dimensions"], &body["normalize"]), (&json!(512), &json!(true)));
    }
    assert_eq!(bedrock.model(), "amazon.titan-embed-text-v2:0-512");
}

#[tokio::test]
async fn an_empty_text_is_never_sent_and_a_long_one_is_cut() {
    let (bedrock, asked) = endpoint(of_length).await;
    let long = "é".repeat(60_000);
    bedrock.embed(&[" ", &long]).await.unwrap();
    let asked = asked.lock().unwrap();
    let lengths: Vec<usize> =
        asked.iter().map(|(_, body)| body["inputText"].as_str().unwrap().chars().count()).collect();
    assert_eq!(lengths, [1, 8_000]);
}

#[tokio::test]
async fn what_is_no_embedding_is_an_error() {
    let refuse = |_: &str| (StatusCode::FORBIDDEN, json!({"message": "no access to the model"}));
    let (bedrock, _) = endpoint(refuse).await;
    let error = bedrock.embed(&["x"]).await.unwrap_err();
    assert!(error.to_string().contains("no access to the model"), "{error}");
    let short = |_: &str| (StatusCode::OK, json!({"embedding": [1.0, 0.0]}));
    let (bedrock, _) = endpoint(short).await;
    let error = bedrock.embed(&["x"]).await.unwrap_err();
    assert_eq!(error, EmbedError::Length { expected: 512, found: 2 });
    let odd = |_: &str| (StatusCode::OK, json!({"vector": []}));
    let (bedrock, _) = endpoint(odd).await;
    assert!(matches!(bedrock.embed(&["x"]).await, Err(EmbedError::Failed(_))));
}
