//! The `mail-worker` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    worker::run(
        |env, aws| async move { mail_worker::Ctx::new(&env, &aws).await },
        |event, ctx| async move { mail_worker::handle(event, &ctx).await },
    )
    .await
}
