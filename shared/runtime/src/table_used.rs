//! Tells the platform on one machine that the table was used, so that it need not look for changes
//! all the time.

use std::sync::Arc;

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::FinalizerInterceptorContextRef,
    },
    error::BoxError,
};
use tokio::sync::Notify;

/// Notifies whoever waits once a call has ended, however it went.
#[derive(Debug)]
pub(crate) struct TableUsed(pub(crate) Arc<Notify>);

impl Intercept for TableUsed {
    fn name(&self) -> &'static str {
        "TableUsed"
    }

    fn read_after_execution(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.notify_waiters();
        Ok(())
    }
}
