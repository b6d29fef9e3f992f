//! The `chatbots` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|env, aws| async move {
        Ok(chatbots::router(chatbots::Ctx::new(&env, &aws).await?))
    })
    .await
}
