//! An answerer that repeats the visitor's message: for tests of streaming and of connections.

use futures::{StreamExt, stream};

use crate::{AnswerEvent, AnswerStream, Answerer, Finish, Request, Usage, builtin::pieces};

/// Repeats the message word by word.
#[derive(Debug, Clone, Copy, Default)]
pub struct Echo;

impl Answerer for Echo {
    fn answer(&self, request: Request) -> AnswerStream {
        let deltas = pieces(&request.message).into_iter().map(AnswerEvent::Delta);
        let done = AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop };
        stream::iter(deltas.chain([done]).map(Ok)).boxed()
    }

    fn reads_history(&self) -> bool {
        false
    }

    fn reads_grounding(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::tests::request;

    #[tokio::test]
    async fn it_repeats_the_message_in_pieces_and_ends() {
        let said: Vec<_> = Echo.answer(request("Hello  you,\nworld", &[])).collect().await;
        let delta = |text: &str| Ok(AnswerEvent::Delta(text.to_owned()));
        let done = AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop };
        assert_eq!(said, [delta("Hello"), delta("  you,"), delta("\nworld"), Ok(done)]);
    }
}
