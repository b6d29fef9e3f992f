//! Amazon Titan Text Embeddings V2 through Bedrock's `InvokeModel`.

use aws_sdk_bedrockruntime::{Client, Config, error::DisplayErrorContext, primitives::Blob};
use futures::{StreamExt, TryStreamExt, stream};
use knowledge::{
    EmbedError, Embedder,
    semantic::{Embedding, Vector},
};
use serde::{Deserialize, Serialize};

/// Of 256, 512 and 1,024, which Titan offers. AWS gives half the dimensions 99 % of the accuracy.
const DIMENSIONS: usize = 512;
/// Characters of a text that are sent; Titan takes 50,000 and 8,192 tokens.
const MAX_CHARACTERS: usize = 8_000;
/// Requests under way at once: a text is a request.
const AT_ONCE: usize = 8;

/// Titan, or a model that is asked the same way.
#[derive(Debug, Clone)]
pub struct Bedrock {
    client: Client,
    id: String,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    input_text: &'a str,
    dimensions: usize,
    normalize: bool,
}

#[derive(Deserialize)]
struct Answered {
    embedding: Vec<f32>,
}

impl Bedrock {
    /// `model` is an id such as `amazon.titan-embed-text-v2:0`, or an inference profile's.
    pub fn new(config: impl Into<Config>, model: &str) -> Self {
        let name = format!("{model}-{DIMENSIONS}");
        Self { client: Client::from_conf(config.into()), id: model.to_owned(), name }
    }

    async fn vector(&self, text: &str) -> Result<Vector, EmbedError> {
        // Titan refuses a text of nothing.
        let text = if text.trim().is_empty() { "-" } else { text };
        let end = text.char_indices().nth(MAX_CHARACTERS).map_or(text.len(), |(at, _)| at);
        let asked = Asked { input_text: &text[..end], dimensions: DIMENSIONS, normalize: true };
        let asked = serde_json::to_vec(&asked).map_err(failed)?;
        let answered = self
            .client
            .invoke_model()
            .model_id(&self.id)
            .content_type("application/json")
            .accept("application/json")
            .body(Blob::new(asked))
            .send()
            .await
            .map_err(|error| failed(DisplayErrorContext(error)))?;
        let Answered { embedding } =
            serde_json::from_slice(answered.body.as_ref()).map_err(failed)?;
        if embedding.len() != DIMENSIONS {
            return Err(EmbedError::Length { expected: DIMENSIONS, found: embedding.len() });
        }
        Vector::new(embedding)
    }
}

fn failed(error: impl std::fmt::Display) -> EmbedError {
    EmbedError::Failed(error.to_string())
}

impl Embedder for Bedrock {
    fn model(&self) -> &str {
        &self.name
    }

    fn reads_words(&self) -> f32 {
        // A word of English and what is around it are some six characters.
        MAX_CHARACTERS as f32 / 6.0
    }

    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> Embedding<'a> {
        let each = stream::iter(texts).map(|text| self.vector(text));
        Box::pin(each.buffered(AT_ONCE).try_collect())
    }
}
