//! Start-up of a worker under the Lambda runtime.

use std::{future::Future, sync::Arc};

use domain::Result;
use futures::FutureExt;
use lambda_runtime::{LambdaEvent, service_fn};
use runtime::{Aws, Env};
use serde::Serialize;
use serde_json::Value;

/// Makes a context with `make`, then hands it every event that comes.
pub async fn run<C, M, H, R>(
    make: impl FnOnce(Env, Aws) -> M,
    handle: impl Fn(Value, Arc<C>) -> H,
) -> Result<(), lambda_runtime::Error>
where
    M: Future<Output = Result<C>> + Send,
    H: Future<Output = Result<R>> + Send,
    R: Serialize,
{
    runtime::init_logs("info");
    let (env, aws) = (Env::process(), Aws::load());
    let ctx = Arc::new(make(env, aws).boxed().await?);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let work = handle(event.payload, ctx.clone()).boxed();
        async move { work.await.map_err(lambda_runtime::Error::from) }
    }))
    .await
}
