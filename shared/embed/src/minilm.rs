//! all-MiniLM-L6-v2, or another model of its kind: WordPiece, BERT, the mean of all tokens.

use std::{path::Path, sync::Arc};

use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use knowledge::{
    EmbedError, Embedder,
    semantic::{Embedding, Vector},
};
use tokenizers::{Tokenizer, TruncationParams};

use crate::{
    bert::{Bert, Config},
    weights,
};

/// Tokens of a text that are read, as the model was trained (its `max_seq_length`).
const MAX_TOKENS: usize = 256;
/// Characters of a text that are looked at: more than 256 tokens have.
const MAX_CHARACTERS: usize = 8_192;
/// Bytes of weights that are read into memory: four times MiniLM's.
const MAX_BYTES: u64 = 400_000_000;

/// The share of a text that is in broken words up to which it is read well, and from which on it is
/// not read at all.
const READS_WELL: f32 = 0.1;
const READS_NOT: f32 = 0.6;
/// Words that are looked at for that.
const MAX_WORDS: usize = 64;

/// Whether a word of this many characters is no word to a model that takes it for this many tokens, but
/// a row of pieces: a code, a name that it never saw, another language.
fn is_broken(characters: usize, tokens: usize) -> bool {
    match tokens {
        0 | 1 => false,
        2 => characters <= 2,
        // Half a token a character; the rarer words of English have 0.3 to 0.4.
        _ => 2 * tokens >= characters,
    }
}

struct Model {
    name: String,
    tokenizer: Tokenizer,
    bert: Bert,
}

/// A sentence transformer in this process.
#[derive(Clone)]
pub struct MiniLm(Arc<Model>);

/// As much of `text` as is looked at.
fn head(text: &str) -> &str {
    text.char_indices().nth(MAX_CHARACTERS).map_or(text, |(end, _)| &text[..end])
}

impl std::fmt::Debug for MiniLm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("MiniLm").field(&self.0.name).finish()
    }
}

fn broken(error: impl std::fmt::Display) -> EmbedError {
    EmbedError::Model(error.to_string())
}

fn failed(error: impl std::fmt::Display) -> EmbedError {
    EmbedError::Failed(error.to_string())
}

fn read(path: &Path) -> Result<Vec<u8>, EmbedError> {
    let named = |error: std::io::Error| broken(format!("{}: {error}", path.display()));
    let bytes = std::fs::metadata(path).map_err(named)?.len();
    if bytes > MAX_BYTES {
        return Err(broken(format!("{} is larger than {MAX_BYTES} bytes", path.display())));
    }
    std::fs::read(path).map_err(named)
}

impl MiniLm {
    /// Reads `config.json`, `tokenizer.json` and `model.safetensors` in `folder`, whose weights may be in 8 bits as
    /// `infra/models/eight_bits.py` writes them. Their vectors are near enough to be compared with those of the full ones.
    ///
    /// # Errors
    ///
    /// [`EmbedError::Model`] if one is missing, or is not what it should be.
    pub fn load(folder: &Path) -> Result<Self, EmbedError> {
        let config: Config =
            serde_json::from_slice(&read(&folder.join("config.json"))?).map_err(broken)?;
        if !config.is_sound() {
            return Err(broken("config.json describes no model of this kind"));
        }
        let mut tokenizer =
            Tokenizer::from_bytes(read(&folder.join("tokenizer.json"))?).map_err(broken)?;
        tokenizer.with_padding(None);
        let max_length = MAX_TOKENS.min(config.max_position_embeddings);
        let cut = TruncationParams { max_length, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(cut)).map_err(broken)?;
        let weights = read(&folder.join("model.safetensors"))?;
        let weights = weights::read(&weights).map_err(broken)?;
        let weights = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
        let bert = Bert::load(&config, &weights).map_err(broken)?;
        let fingerprint = bert.fingerprint().map_err(broken)?;
        let name = format!("minilm-{}-{fingerprint:08x}", config.hidden_size);
        Ok(Self(Arc::new(Model { name, tokenizer, bert })))
    }

    /// The vector of `text`. It keeps a core busy: a few milliseconds for a question, a tenth of a
    /// second for 256 tokens.
    ///
    /// # Errors
    ///
    /// [`EmbedError::Failed`], or [`EmbedError::NoDirection`] if the weights make no number of it.
    pub fn vector(&self, text: &str) -> Result<Vector, EmbedError> {
        let tokens = self.0.tokenizer.encode_fast(head(text), true).map_err(failed)?;
        Vector::new(self.0.bert.mean(tokens.get_ids()).map_err(failed)?)
    }
}

impl Embedder for MiniLm {
    fn model(&self) -> &str {
        &self.0.name
    }

    fn legibility(&self, text: &str) -> f32 {
        let (mut all, mut broken) = (0, 0);
        for word in head(text).split_whitespace().take(MAX_WORDS) {
            let characters = word.chars().count();
            let Ok(tokens) = self.0.tokenizer.encode_fast(word, false) else { return 0.0 };
            all += characters;
            if is_broken(characters, tokens.len()) {
                broken += characters;
            }
        }
        let share = broken as f32 / all.max(1) as f32;
        ((READS_NOT - share) / (READS_NOT - READS_WELL)).clamp(0.0, 1.0)
    }

    fn reads_words(&self) -> f32 {
        // Three words of English are some four tokens.
        MAX_TOKENS as f32 * 0.75
    }

    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> Embedding<'a> {
        let model = self.clone();
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        Box::pin(async move {
            let work = move || texts.iter().map(|text| model.vector(text)).collect();
            tokio::task::spawn_blocking(work).await.map_err(failed)?
        })
    }
}
