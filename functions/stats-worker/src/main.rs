//! The `stats-worker` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    worker::run(
        |env, aws| async move { stats_worker::Ctx::new(&env, &aws).await },
        |event, ctx| async move { stats_worker::handle(event, &ctx).await },
    )
    .await
}
