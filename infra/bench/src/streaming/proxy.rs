//! A bare proxy: it hands a request to the backend and each piece of the answer to the client.

use axum::{
    Router, body::Body, extract::State, http::StatusCode, response::Response, routing::post,
};
use tokio::net::TcpListener;

use crate::{BenchError, Result};

#[derive(Clone)]
struct To {
    client: reqwest::Client,
    url: String,
}

async fn forward(State(to): State<To>, body: String) -> std::result::Result<Response, StatusCode> {
    let bad = |_| StatusCode::BAD_GATEWAY;
    let request = to.client.post(&to.url).header("content-type", "application/json").body(body);
    let answer = request.send().await.map_err(bad)?;
    let response = Response::builder()
        .status(answer.status().as_u16())
        .header("content-type", "text/event-stream");
    response.body(Body::from_stream(answer.bytes_stream())).map_err(|_| StatusCode::BAD_GATEWAY)
}

/// Starts it before the backend at `url`; its address.
pub async fn start(url: &str) -> Result<String> {
    let path = "/v1/chat/completions";
    let client = super::client()?;
    let to = To { client, url: format!("{url}{path}") };
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::of)?;
    let address = listener.local_addr().map_err(BenchError::of)?;
    let router = Router::new().route(path, post(forward)).with_state(to);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}
