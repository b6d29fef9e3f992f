//! The `web` Lambda function.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    colloquy_http::run(|env, _| async move { Ok(web::router(web::Ctx::new(&env)?)) }).await
}
