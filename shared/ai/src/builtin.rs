//! The built-in answerer: what was quoted of the best passage, and nothing else.

use futures::{StreamExt, stream};

use crate::{AnswerEvent, AnswerStream, Answerer, Finish, Request, Usage};

/// Answers by quoting. It can't make anything up; without a quotation it refuses.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin;

impl Answerer for Builtin {
    fn answer(&self, request: Request) -> AnswerStream {
        // What the best passage says is the answer; what others say of something like it is not.
        let quote = request.grounding.into_iter().map(|grounding| grounding.quote);
        let quote = quote.into_iter().find(|quote| !quote.is_empty());
        let mut events: Vec<AnswerEvent> = match quote {
            None => vec![AnswerEvent::Refused],
            Some(quote) => pieces(&quote).into_iter().map(AnswerEvent::Delta).collect(),
        };
        events.push(AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop });
        stream::iter(events.into_iter().map(Ok)).boxed()
    }

    fn reads_history(&self) -> bool {
        false
    }
}

/// Words, each with the white space in front of it.
pub fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut in_word = false;
    for c in text.chars() {
        let begins_piece = pieces.is_empty() || (c.is_whitespace() && in_word);
        in_word = !c.is_whitespace();
        match pieces.last_mut() {
            Some(last) if !begins_piece => last.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::tests::request;

    #[test]
    fn pieces_put_together_are_the_text() {
        let text = "To get  started,\n\nrun it. ";
        assert_eq!(pieces(text).concat(), text);
        assert_eq!(pieces("To get started"), ["To", " get", " started"]);
        assert!(pieces("").is_empty());
    }

    #[tokio::test]
    async fn it_quotes_the_best_passage_and_refuses_without_one() {
        let said = async |quotes: &[&str]| -> Vec<AnswerEvent> {
            let all: Vec<_> = Builtin.answer(request("?", quotes)).collect().await;
            all.into_iter().map(Result::unwrap).collect()
        };
        let done = AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop };
        let mut all = said(&["", "One.", "Two."]).await;
        assert_eq!(all.pop(), Some(done.clone()));
        let text: String = all
            .into_iter()
            .map(|event| match event {
                AnswerEvent::Delta(text) => text,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(text, "One.");
        assert_eq!(said(&[]).await, [AnswerEvent::Refused, done.clone()]);
        assert_eq!(said(&[""]).await, [AnswerEvent::Refused, done]);
    }
}
