//! The `integrations` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|env, aws| async move {
        Ok(integrations::router(integrations::Ctx::new(&env, &aws).await?))
    })
    .await
}
