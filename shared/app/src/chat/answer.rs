//! Drives an answer: from events of an [`ai::Answerer`] to an outcome, with every piece of text
//! forwarded as it comes.

use ai::{AnswerError, AnswerEvent, AnswerStream, Finish, Grounding, Usage};
use futures::{StreamExt, stream};
use knowledge::Passage;

use super::stream::Deltas;
use crate::integrations::drive;

/// Passages that an answer is drawn from.
const GROUNDING: usize = 3;
/// A passage that scores this share of the best one adds to the answer.
const CLOSE: f64 = 0.75;

/// How an answer ended.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// The visitor was told this.
    Answered(String),
    /// The answerer found nothing in the passages that answers, and said nothing.
    Refused,
}

/// Takes `events` to their end. Text goes to `deltas` as it comes.
pub(super) async fn drive(events: AnswerStream, deltas: &Deltas) -> Result<Outcome, AnswerError> {
    match drive::drive(events, Some(deltas), &mut None).await {
        Ok(outcome) if outcome.refused && outcome.text.is_empty() => Ok(Outcome::Refused),
        Ok(outcome) => Ok(Outcome::Answered(outcome.text)),
        Err(failure) => Err(failure.error),
    }
}

/// A text that is known beforehand, as the events of an answer: word by word, like any other.
pub(super) fn fixed(text: &str) -> AnswerStream {
    let done = AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop };
    let deltas = ai::pieces(text).into_iter().map(AnswerEvent::Delta);
    stream::iter(deltas.chain([done]).map(Ok).collect::<Vec<_>>()).boxed()
}

/// The best passage, and those close behind it.
pub(super) fn grounding(passages: Vec<Passage>) -> Vec<Grounding> {
    let best = passages.first().map_or(0.0, |passage| passage.score);
    passages
        .into_iter()
        .filter(|passage| passage.score >= CLOSE * best)
        .take(GROUNDING)
        .map(grounded)
        .collect()
}

/// A passage as an answerer reads it.
pub(super) fn grounded(passage: Passage) -> Grounding {
    let Passage { citation, content, quote, score: _ } = passage;
    Grounding { citation, content, quote }
}

#[cfg(test)]
mod tests {
    use ai::ToolCall;
    use domain::ConversationId;

    use super::*;
    use crate::chat::stream::TurnConversation;

    async fn driven(
        events: Vec<Result<AnswerEvent, AnswerError>>,
    ) -> (Result<Outcome, AnswerError>, Vec<String>) {
        let conversation = TurnConversation { id: ConversationId::new(), is_new: true };
        let (deltas, stream) = Deltas::channel(conversation);
        let outcome = drive(stream::iter(events).boxed(), &deltas).await;
        drop(deltas);
        (outcome, stream.deltas().await)
    }

    fn delta(text: &str) -> Result<AnswerEvent, AnswerError> {
        Ok(AnswerEvent::Delta(text.to_owned()))
    }

    fn done() -> Result<AnswerEvent, AnswerError> {
        Ok(AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop })
    }

    #[tokio::test]
    async fn text_is_forwarded_and_is_the_answer() {
        let (outcome, forwarded) = driven(vec![delta("To get"), delta(" started"), done()]).await;
        assert_eq!(outcome, Ok(Outcome::Answered("To get started".to_owned())));
        assert_eq!(forwarded, ["To get", " started"]);
    }

    #[tokio::test]
    async fn a_refusal_is_an_outcome_and_not_a_text() {
        let (outcome, forwarded) = driven(vec![Ok(AnswerEvent::Refused), done()]).await;
        assert_eq!(outcome, Ok(Outcome::Refused));
        assert!(forwarded.is_empty());
    }

    #[tokio::test]
    async fn a_stream_without_an_end_broke_off_even_after_text() {
        let (outcome, forwarded) = driven(vec![delta("To get")]).await;
        assert_eq!(outcome, Err(AnswerError::BrokenOff));
        assert_eq!(forwarded, ["To get"]);
        let failure = AnswerError::Empty;
        assert_eq!(driven(vec![delta("To"), Err(failure.clone())]).await.0, Err(failure));
        let call = ToolCall { id: "1".into(), name: "run".into(), arguments: "{}".into() };
        let (outcome, _) = driven(vec![Ok(AnswerEvent::ToolCall(call)), done()]).await;
        assert!(matches!(outcome, Err(AnswerError::Malformed { .. })));
    }
}
