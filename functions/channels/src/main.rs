//! The `channels` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|env, aws| async move {
        Ok(channels::router(channels::Ctx::new(&env, &aws).await?))
    })
    .await
}
