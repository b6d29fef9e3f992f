//! The network: BERT's encoder (Devlin et al. 2018, post-norm, GELU), of one text at a time.
//!
//! One text needs no padding and so no mask; on one core a batch would gain nothing. Query, key and
//! value come of one multiplication, which for the dozen tokens of a question is a third faster
//! than three.

use candle_core::{Result, Tensor};
use candle_nn::{LayerNorm, Linear, Module, VarBuilder, layer_norm, linear, ops::softmax_last_dim};
use serde::Deserialize;

/// What `config.json` says of the network's shape.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub layer_norm_eps: f64,
    pub max_position_embeddings: usize,
    pub num_attention_heads: usize,
    pub num_hidden_layers: usize,
    pub type_vocab_size: usize,
    pub vocab_size: usize,
}

impl Config {
    /// Whether heads divide the width and nothing is empty or beyond what a model of this kind has.
    pub fn is_sound(&self) -> bool {
        let within = |n: usize, most: usize| (1..=most).contains(&n);
        within(self.hidden_size, knowledge::semantic::MAX_DIMENSIONS)
            && within(self.intermediate_size, 16_384)
            && within(self.max_position_embeddings, 8_192)
            && within(self.num_attention_heads, 64)
            && within(self.num_hidden_layers, 48)
            && within(self.type_vocab_size, 16)
            && within(self.vocab_size, 1_000_000)
            && self.hidden_size.is_multiple_of(self.num_attention_heads)
    }
}

struct Attention {
    heads: usize,
    all: Linear,
    out: Linear,
    norm: LayerNorm,
}

impl Attention {
    fn load(config: &Config, from: &VarBuilder<'_>) -> Result<Self> {
        let width = config.hidden_size;
        let weight = |part: &str| from.get((width, width), &format!("self.{part}.weight"));
        let bias = |part: &str| from.get(width, &format!("self.{part}.bias"));
        let weights = [weight("query")?, weight("key")?, weight("value")?];
        let biases = [bias("query")?, bias("key")?, bias("value")?];
        Ok(Self {
            heads: config.num_attention_heads,
            all: Linear::new(Tensor::cat(&weights, 0)?, Some(Tensor::cat(&biases, 0)?)),
            out: linear(width, width, from.pp("output.dense"))?,
            norm: layer_norm(width, config.layer_norm_eps, from.pp("output.LayerNorm"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (tokens, width) = x.dims2()?;
        let size = width / self.heads;
        let all = self.all.forward(x)?.reshape((tokens, 3, self.heads, size))?;
        let all = all.permute((1, 2, 0, 3))?;
        let part = |place: usize| all.get(place)?.contiguous();
        let (query, key, value) = (part(0)?, part(1)?, part(2)?);
        let scores = (query.matmul(&key.t()?)? / (size as f64).sqrt())?;
        let seen = softmax_last_dim(&scores)?.matmul(&value)?;
        let seen = seen.transpose(0, 1)?.reshape((tokens, width))?;
        self.norm.forward(&(self.out.forward(&seen)? + x)?)
    }
}

struct Layer {
    attention: Attention,
    up: Linear,
    down: Linear,
    norm: LayerNorm,
}

impl Layer {
    fn load(config: &Config, from: &VarBuilder<'_>) -> Result<Self> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        Ok(Self {
            attention: Attention::load(config, &from.pp("attention"))?,
            up: linear(width, inner, from.pp("intermediate.dense"))?,
            down: linear(inner, width, from.pp("output.dense"))?,
            norm: layer_norm(width, config.layer_norm_eps, from.pp("output.LayerNorm"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.attention.forward(x)?;
        let inner = self.up.forward(&x)?.gelu_erf()?;
        self.norm.forward(&(self.down.forward(&inner)? + &x)?)
    }
}

/// Weights, in memory.
pub struct Bert {
    words: Tensor,
    /// Of a position, with that of the first of two texts added: there is never a second.
    positions: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Bert {
    /// From weights under the names that BERT's authors gave them.
    pub fn load(config: &Config, from: &VarBuilder<'_>) -> Result<Self> {
        let width = config.hidden_size;
        let table = |rows: usize, name: &str| {
            from.get((rows, width), &format!("embeddings.{name}_embeddings.weight"))
        };
        let first_text = table(config.type_vocab_size, "token_type")?.get(0)?;
        let positions = table(config.max_position_embeddings, "position")?;
        Ok(Self {
            words: table(config.vocab_size, "word")?,
            positions: positions.broadcast_add(&first_text)?,
            norm: layer_norm(width, config.layer_norm_eps, from.pp("embeddings.LayerNorm"))?,
            layers: (0..config.num_hidden_layers)
                .map(|place| Layer::load(config, &from.pp(format!("encoder.layer.{place}"))))
                .collect::<Result<_>>()?,
        })
    }

    /// Tells these weights from others of the same shape: FNV-1a of the last layer's bias.
    pub fn fingerprint(&self) -> Result<u32> {
        let last = self.layers.last().map_or(&self.norm, |layer| &layer.norm);
        let bias = last.bias().map_or_else(|| Ok(Vec::new()), Tensor::to_vec1::<f32>)?;
        let bytes = bias.into_iter().flat_map(f32::to_le_bytes);
        Ok(bytes.fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
    }

    /// The mean of what the last layer says of each token. `tokens` are at least one, and no more
    /// than there are positions.
    pub fn mean(&self, tokens: &[u32]) -> Result<Vec<f32>> {
        let places = Tensor::new(tokens, self.words.device())?;
        let x = self.words.index_select(&places, 0)?;
        let x = (x + self.positions.narrow(0, 0, tokens.len())?)?;
        let mut x = self.norm.forward(&x)?;
        for layer in &self.layers {
            x = layer.forward(&x)?;
        }
        x.mean(0)?.to_vec1()
    }
}
