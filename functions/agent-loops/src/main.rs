//! The `agent-loops` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|env, aws| async move {
        Ok(agent_loops::router(agent_loops::Ctx::new(&env, &aws).await?))
    })
    .await
}
