//! Embedding models behind `knowledge`'s [`Embedder`](knowledge::Embedder): what turns a text into
//! a vector. Each is a feature, so that no binary links a model that it never asks.

#[cfg(feature = "bedrock")]
mod bedrock;
#[cfg(feature = "minilm")]
mod bert;
#[cfg(feature = "minilm")]
mod minilm;
#[cfg(feature = "minilm")]
mod weights;

#[cfg(feature = "bedrock")]
pub use bedrock::Bedrock;
#[cfg(feature = "minilm")]
pub use minilm::MiniLm;
