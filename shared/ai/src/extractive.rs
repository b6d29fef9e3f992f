//! The built-in answerer: the sentences that were found, and nothing else.

use futures::{StreamExt, stream, stream::BoxStream};

use crate::{Model, ModelError, Prompt};

/// Answers by quoting. It can't make anything up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extractive;

impl Model for Extractive {
    fn reply(&self, prompt: Prompt) -> BoxStream<'static, Result<String, ModelError>> {
        let mut quotes: Vec<String> = Vec::new();
        for quote in prompt.grounding.into_iter().map(|grounding| grounding.quote) {
            if !quote.is_empty() && !quotes.contains(&quote) {
                quotes.push(quote);
            }
        }
        if quotes.is_empty() {
            return stream::iter([Err(ModelError::NoGrounding)]).boxed();
        }
        stream::iter(pieces(&quotes.join("\n\n")).into_iter().map(Ok)).boxed()
    }
}

/// Words, each with the white space in front of it.
pub(crate) fn pieces(text: &str) -> Vec<String> {
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
    use domain::{Citation, SourceId};

    use super::*;
    use crate::Grounding;

    #[test]
    fn pieces_put_together_are_the_text() {
        let text = "To get  started,\n\nrun it. ";
        assert_eq!(pieces(text).concat(), text);
        assert_eq!(pieces("To get started"), ["To", " get", " started"]);
        assert!(pieces("").is_empty());
    }

    #[tokio::test]
    async fn it_quotes_each_passage_once_and_says_when_there_is_none() {
        let grounding = |quote: &str| Grounding {
            citation: Citation { source_id: SourceId::new(), url: None, title: String::new() },
            content: String::new(),
            quote: quote.to_owned(),
        };
        let prompt = |quotes: &[&str]| Prompt {
            question: "?".into(),
            grounding: quotes.iter().map(|q| grounding(q)).collect(),
        };
        let said =
            |stream: BoxStream<'static, Result<String, ModelError>>| stream.collect::<Vec<_>>();
        let all = said(Extractive.reply(prompt(&["One.", "One.", "Two."]))).await;
        let text: String = all.into_iter().map(Result::unwrap).collect();
        assert_eq!(text, "One.\n\nTwo.");
        assert_eq!(said(Extractive.reply(prompt(&[]))).await, [Err(ModelError::NoGrounding)]);
    }
}
