//! Time bounds on an answer: until its first visible text, on silence after it, and on all of it.
//! Keep-alives and hidden reasoning are no text, so they stop no clock.

use std::time::Duration;

use ai::{AnswerError, AnswerEvent, AnswerStream, Clock};
use futures::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

/// The bounds on one answer.
#[derive(Debug, Clone, Copy)]
pub struct Clocks {
    /// Until the first text.
    pub first: Duration,
    /// Of silence after it.
    pub silence: Duration,
    /// On all of it.
    pub total: Duration,
}

/// `events` within `clocks`. What breaks a bound ends the answer, and the request to the backend.
pub fn bounded(events: AnswerStream, clocks: Clocks) -> AnswerStream {
    let begun = Instant::now();
    let end = begun + clocks.total;
    let state = Some((events, begun + clocks.first, Clock::FirstToken, clocks.first));
    stream::unfold(state, move |state| async move {
        let (mut events, until, clock, after) = state?;
        let (until, clock, after) = match until < end {
            true => (until, clock, after),
            false => (end, Clock::Total, clocks.total),
        };
        match timeout_at(until, events.next()).await {
            Err(_) => Some((Err(AnswerError::Timeout { clock, after }), None)),
            Ok(None) => None,
            Ok(Some(event)) => {
                // The other events stop no clock, but come right before the end or together with text.
                let next = match &event {
                    Ok(AnswerEvent::Delta(_)) => {
                        (Instant::now() + clocks.silence, Clock::Silence, clocks.silence)
                    }
                    _ => (until, clock, after),
                };
                Some((event, Some((events, next.0, next.1, next.2))))
            }
        }
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use ai::{Finish, Usage};

    use super::*;

    const CLOCKS: Clocks = Clocks {
        first: Duration::from_secs(30),
        silence: Duration::from_secs(20),
        total: Duration::from_secs(60),
    };

    /// Text after each of these seconds, then the end.
    fn speaking(seconds: &'static [u64]) -> AnswerStream {
        let texts = stream::iter(seconds).then(|seconds| async move {
            tokio::time::sleep(Duration::from_secs(*seconds)).await;
            Ok(AnswerEvent::Delta("x".to_owned()))
        });
        let done = AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop };
        texts.chain(stream::iter([Ok(done)])).boxed()
    }

    async fn broken(seconds: &'static [u64]) -> Option<Clock> {
        let last = bounded(speaking(seconds), CLOCKS).collect::<Vec<_>>().await.pop();
        match last.unwrap() {
            Ok(AnswerEvent::Done { .. }) => None,
            Err(AnswerError::Timeout { clock, .. }) => Some(clock),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_clock_has_its_own_bound() {
        assert_eq!(broken(&[29, 19]).await, None);
        assert_eq!(broken(&[31]).await, Some(Clock::FirstToken));
        assert_eq!(broken(&[29, 21]).await, Some(Clock::Silence));
        assert_eq!(broken(&[15, 15, 15, 14]).await, None);
        assert_eq!(broken(&[15, 15, 15, 16]).await, Some(Clock::Total));
    }
}
