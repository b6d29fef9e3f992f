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

    const SOON: Duration = Duration::from_millis(20);
    const LATE: Duration = Duration::from_secs(3_600);

    fn text() -> Result<AnswerEvent, AnswerError> {
        Ok(AnswerEvent::Delta("x".to_owned()))
    }

    /// Which bound a backend breaks that says `events` and then nothing more.
    async fn broken(
        events: Vec<Result<AnswerEvent, AnswerError>>,
        first: Duration,
        silence: Duration,
        total: Duration,
    ) -> Clock {
        let events = stream::iter(events).chain(stream::pending()).boxed();
        let bounded = bounded(events, Clocks { first, silence, total });
        match bounded.collect::<Vec<_>>().await.pop() {
            Some(Err(AnswerError::Timeout { clock, after })) => {
                assert_eq!(after, SOON, "{clock:?}");
                clock
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn each_clock_has_its_own_bound() {
        assert_eq!(broken(vec![], SOON, LATE, LATE).await, Clock::FirstToken);
        assert_eq!(broken(vec![text(), text()], LATE, SOON, LATE).await, Clock::Silence);
        assert_eq!(broken(vec![text()], LATE, LATE, SOON).await, Clock::Total);
        assert_eq!(broken(vec![], LATE, LATE, SOON).await, Clock::Total);
        // What is no text stops no clock.
        let refused = vec![Ok(AnswerEvent::Refused)];
        assert_eq!(broken(refused, SOON, LATE, LATE).await, Clock::FirstToken);
    }

    #[tokio::test]
    async fn an_answer_within_its_bounds_passes_as_it_is() {
        let done = || Ok(AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop });
        let events = stream::iter(vec![text(), done()]).boxed();
        let clocks = Clocks { first: LATE, silence: LATE, total: LATE };
        assert_eq!(bounded(events, clocks).collect::<Vec<_>>().await, [text(), done()]);
    }
}
