//! How a streamed response ended, for the layers around the handler: the status went out before.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::response::{IntoResponseParts, ResponseParts};

/// An extension of a streamed response. The handler marks it once the stream has its last event;
/// until then, and for a stream that failed, it says that the response is not complete.
#[derive(Debug, Clone, Default)]
pub struct StreamOutcome(Arc<AtomicBool>);

impl StreamOutcome {
    /// The stream ended as it should.
    pub fn completed(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether [`StreamOutcome::completed`] was called.
    pub fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl IntoResponseParts for StreamOutcome {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}
