//! The `event-fanout` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    worker::run(
        |env, aws| async move { event_fanout::Ctx::new(&env, &aws).await },
        |event, ctx| async move { event_fanout::handle(event, &ctx).await },
    )
    .await
}
