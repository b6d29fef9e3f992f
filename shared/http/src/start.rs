//! Start-up of an HTTP function under the Lambda runtime.

use std::future::Future;

use axum::Router;
use domain::Result;
use runtime::{Aws, Env};

async fn router<F: Future<Output = Result<Router>>>(
    make: impl FnOnce(Env, Aws) -> F,
) -> Result<Router, lambda_http::Error> {
    runtime::init_logs("info");
    let (env, aws) = (Env::process(), Aws::load());
    Ok(make(env, aws).await?)
}

/// Serves what `make` makes, answers whole.
pub async fn run<F: Future<Output = Result<Router>>>(
    make: impl FnOnce(Env, Aws) -> F,
) -> Result<(), lambda_http::Error> {
    lambda_http::run(router(make).await?).await
}

/// Serves what `make` makes, answers as they come.
pub async fn run_streaming<F: Future<Output = Result<Router>>>(
    make: impl FnOnce(Env, Aws) -> F,
) -> Result<(), lambda_http::Error> {
    lambda_http::run_with_streaming_response(router(make).await?).await
}
