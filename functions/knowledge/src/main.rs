//! The `knowledge` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|env, aws| async move {
        Ok(knowledge_api::router(knowledge_api::Ctx::new(&env, &aws).await?))
    })
    .await
}
