//! The `ticker` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    worker::run(
        |env, aws| async move { ticker::Ctx::new(&env, &aws).await },
        |event, ctx| async move { ticker::handle(event, &ctx).await },
    )
    .await
}
