//! Asks, on one machine, whether a function may make a call of the table: there is no IAM that does.

use std::{fmt, sync::Arc};

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef,
    },
    error::BoxError,
};

/// Says of a call, by its `x-amz-target` and its body, why it is refused, if it is.
pub type MayCall = Arc<dyn Fn(&str, &[u8]) -> Result<(), String> + Send + Sync>;

/// Refuses calls before they are sent.
#[derive(Clone)]
pub(crate) struct TableGuard(pub(crate) MayCall);

impl fmt::Debug for TableGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TableGuard")
    }
}

impl Intercept for TableGuard {
    fn name(&self) -> &'static str {
        "TableGuard"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        (self.0)(target, body).map_err(|reason| {
            tracing::error!(reason, "a role does not allow this call of the table");
            reason.into()
        })
    }
}
