//! The `loop-worker` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    worker::run(
        |env, aws| async move { loop_worker::Ctx::new(&env, &aws).await },
        |event, ctx| async move { loop_worker::handle(event, &ctx).await },
    )
    .await
}
