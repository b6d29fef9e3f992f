//! The `leads` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(
        |env, aws| async move { Ok(leads::router(leads::Ctx::new(&env, &aws).await?)) },
    )
    .await
}
