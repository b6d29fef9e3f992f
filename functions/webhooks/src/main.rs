//! The `webhooks` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|env, aws| async move {
        Ok(webhooks::router(webhooks::Ctx::new(&env, &aws).await?))
    })
    .await
}
