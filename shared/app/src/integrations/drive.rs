//! Drives an answer: from the events of an [`ai::Answerer`] to an outcome, with every piece of text
//! forwarded as it comes.

use std::time::Instant;

use ai::{AnswerError, AnswerEvent, AnswerStream, Finish, Usage};
use futures::{StreamExt, future::BoxFuture};

/// Where the pieces of an answer go as they come.
pub trait DeltaSink: Send + Sync {
    /// Takes the next piece. A piece that can't be delivered is dropped: the client may be gone.
    fn send(&self, piece: String) -> BoxFuture<'_, ()>;
}

/// An answer that came to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerOutcome {
    /// What the visitor was told.
    pub text: String,
    /// The backend says that the passages don't answer the question.
    pub refused: bool,
    /// The passages that it named, by their place in the request.
    pub cited: Vec<usize>,
    /// Why it ended.
    pub finish: Finish,
    /// What it cost.
    pub usage: Usage,
}

/// An answer that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerFailure {
    /// Why.
    pub error: AnswerError,
    /// The text that had come.
    pub text: String,
}

/// Takes `events` to their end; text goes to `sink`, if there is one. `first` is set when the first
/// text comes.
pub async fn drive(
    mut events: AnswerStream,
    sink: Option<&dyn DeltaSink>,
    first: &mut Option<Instant>,
) -> Result<AnswerOutcome, AnswerFailure> {
    let mut text = String::new();
    let (mut refused, mut cited) = (false, Vec::new());
    while let Some(event) = events.next().await {
        match event {
            Ok(AnswerEvent::Delta(piece)) => {
                first.get_or_insert_with(Instant::now);
                text.push_str(&piece);
                if let Some(sink) = sink {
                    sink.send(piece).await;
                }
            }
            Ok(AnswerEvent::Refused) => refused = true,
            Ok(AnswerEvent::Cited(passage)) => cited.push(passage),
            // A chat turn offers no tools.
            Ok(AnswerEvent::ToolCall(_)) => {
                let message = "called a tool that it was not offered".to_owned();
                return Err(AnswerFailure { error: AnswerError::Malformed { message }, text });
            }
            Ok(AnswerEvent::Done { usage, finish }) => {
                return Ok(AnswerOutcome { text, refused, cited, finish, usage });
            }
            Err(error) => return Err(AnswerFailure { error, text }),
        }
    }
    Err(AnswerFailure { error: AnswerError::BrokenOff, text })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Mutex;

    use ai::ToolCall;
    use futures::{FutureExt, stream};

    use super::*;

    /// Remembers what it is sent.
    #[derive(Default)]
    pub(crate) struct Pieces(pub Mutex<Vec<String>>);

    impl DeltaSink for Pieces {
        fn send(&self, piece: String) -> BoxFuture<'_, ()> {
            self.0.lock().unwrap().push(piece);
            std::future::ready(()).boxed()
        }
    }

    async fn driven(
        events: Vec<Result<AnswerEvent, AnswerError>>,
    ) -> (Result<AnswerOutcome, AnswerFailure>, Vec<String>) {
        let pieces = Pieces::default();
        let outcome = drive(stream::iter(events).boxed(), Some(&pieces), &mut None).await;
        (outcome, pieces.0.into_inner().unwrap())
    }

    fn delta(text: &str) -> Result<AnswerEvent, AnswerError> {
        Ok(AnswerEvent::Delta(text.to_owned()))
    }

    fn done() -> Result<AnswerEvent, AnswerError> {
        let usage = Usage { input_tokens: 7, output_tokens: 2 };
        Ok(AnswerEvent::Done { usage, finish: Finish::Stop })
    }

    #[tokio::test]
    async fn text_is_forwarded_and_is_the_answer() {
        let events = vec![delta("To get"), Ok(AnswerEvent::Cited(1)), delta(" started"), done()];
        let (outcome, forwarded) = driven(events).await;
        let outcome = outcome.unwrap();
        assert_eq!((outcome.text.as_str(), outcome.refused), ("To get started", false));
        assert_eq!((outcome.cited, outcome.usage.input_tokens), (vec![1], 7));
        assert_eq!(forwarded, ["To get", " started"]);
    }

    #[tokio::test]
    async fn a_refusal_is_an_outcome_and_not_a_text() {
        let (outcome, forwarded) = driven(vec![Ok(AnswerEvent::Refused), done()]).await;
        let outcome = outcome.unwrap();
        assert!(outcome.refused && outcome.text.is_empty() && forwarded.is_empty());
    }

    #[tokio::test]
    async fn a_stream_without_an_end_broke_off_even_after_text() {
        let (outcome, forwarded) = driven(vec![delta("To get")]).await;
        let failure = outcome.unwrap_err();
        assert_eq!((failure.error, failure.text.as_str()), (AnswerError::BrokenOff, "To get"));
        assert_eq!(forwarded, ["To get"]);
        let (outcome, _) = driven(vec![delta("To"), Err(AnswerError::Empty)]).await;
        assert_eq!(outcome.unwrap_err().error, AnswerError::Empty);
        let call = ToolCall { id: "1".into(), name: "run".into(), arguments: "{}".into() };
        let (outcome, _) = driven(vec![Ok(AnswerEvent::ToolCall(call)), done()]).await;
        assert!(matches!(outcome.unwrap_err().error, AnswerError::Malformed { .. }));
    }
}
