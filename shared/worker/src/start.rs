//! Start-up of a worker under the Lambda runtime.

use std::{future::Future, sync::Arc};

use domain::Result;
use lambda_runtime::{LambdaEvent, service_fn};
use runtime::{Aws, Env};
use serde_json::Value;

/// Makes a context with `make`, then hands it every event that comes.
pub async fn run<C, M, H>(
    make: impl FnOnce(Env, Aws) -> M,
    handle: impl Fn(Value, Arc<C>) -> H,
) -> Result<(), lambda_runtime::Error>
where
    M: Future<Output = Result<C>>,
    H: Future<Output = Result<Value>>,
{
    runtime::init_logs();
    let ctx = Arc::new(make(Env::process(), Aws::load().await).await?);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let work = handle(event.payload, ctx.clone());
        async move { work.await.map_err(lambda_runtime::Error::from) }
    }))
    .await
}
