//! The `conversations` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|env, aws| async move {
        Ok(conversations::router(conversations::Ctx::new(&env, &aws).await?))
    })
    .await
}
