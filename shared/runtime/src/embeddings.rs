//! The embedding model that the setting `EMBEDDINGS` names.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use app::knowledge::embeddings::Semantics;
use domain::{Error, Result};
use embed::Bedrock;
use knowledge::Embedder;

use crate::{Aws, Env};

/// Models of this process by their settings: one is loaded once, however many functions run in it.
pub(crate) type Loaded = Arc<Mutex<HashMap<String, Arc<dyn Embedder>>>>;

impl Aws {
    /// What says what texts mean, if `EMBEDDINGS` names a model: `minilm:` and the folder that it is
    /// in, or `bedrock:` and the id of a model of Titan's kind. It may take a third of a second.
    ///
    /// # Errors
    ///
    /// If there is no such model, or this build has no library for it.
    pub fn semantics(&self, env: &Env) -> Result<Semantics> {
        let Some(named) = env.optional("EMBEDDINGS") else { return Ok(Semantics::default()) };
        // Of the table's own vector index, which only a deployment can have.
        let dimensions = env.optional("VECTOR_DIMENSIONS").map_or(Ok(0), str::parse);
        let dimensions = dimensions.map_err(Error::internal)?;
        let mut loaded = self.embedders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(embedder) = loaded.get(named) {
            return Ok(Semantics::by(embedder.clone()).in_table(dimensions));
        }
        let embedder: Arc<dyn Embedder> = match named.split_once(':') {
            Some(("minilm", folder)) => minilm(folder)?,
            Some(("bedrock", model)) if !model.is_empty() => Arc::new(self.bedrock(env, model)),
            _ => {
                return Err(Error::internal(format!(
                    "EMBEDDINGS is {named:?}, neither minilm:<folder> nor bedrock:<model>"
                )));
            }
        };
        tracing::info!(model = embedder.model(), "texts are embedded");
        loaded.insert(named.to_owned(), embedder.clone());
        Ok(Semantics::by(embedder).in_table(dimensions))
    }

    fn bedrock(&self, env: &Env, model: &str) -> Bedrock {
        // Of the local run alone.
        let endpoint = env.optional("LOCAL_BEDROCK_ENDPOINT").filter(|_| env.is_local());
        match endpoint {
            Some(url) => Bedrock::new(&self.config().to_builder().endpoint_url(url).build(), model),
            None => Bedrock::new(self.config(), model),
        }
    }
}

#[cfg(feature = "minilm")]
fn minilm(folder: &str) -> Result<Arc<dyn Embedder>> {
    let model = embed::MiniLm::load(std::path::Path::new(folder)).map_err(Error::internal)?;
    Ok(Arc::new(model))
}

#[cfg(not(feature = "minilm"))]
fn minilm(_: &str) -> Result<Arc<dyn Embedder>> {
    Err(Error::internal("EMBEDDINGS names minilm; this build was made without its feature minilm"))
}
