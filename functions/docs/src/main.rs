//! The `docs` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|_, _| async move { Ok(docs::router()) }).await
}
