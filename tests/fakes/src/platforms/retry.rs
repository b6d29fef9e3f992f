//! Deliveries that a platform repeats until they are taken.

use std::{future::Future, time::Duration};

/// Makes attempts, with these pauses between them, until one is taken.
pub(super) async fn until_taken<F>(
    pauses: impl IntoIterator<Item = Duration>,
    mut attempt: impl FnMut(usize) -> F,
) -> bool
where
    F: Future<Output = bool>,
{
    if attempt(0).await {
        return true;
    }
    for (nth, pause) in pauses.into_iter().enumerate() {
        tokio::time::sleep(pause).await;
        if attempt(nth + 1).await {
            return true;
        }
    }
    false
}
