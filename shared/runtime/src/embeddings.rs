//! The embedding model that `EMBEDDINGS` names.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use app::knowledge::embeddings::Semantics;
use domain::{Error, Result};
use knowledge::Embedder;

use crate::{
    Aws, Env,
    config::{EmbeddingsConfig, ModelName},
};

/// Models of this process by name: one is loaded once, however many functions run in it.
pub(crate) type Loaded = Arc<Mutex<HashMap<ModelName, Arc<dyn Embedder>>>>;

impl Aws {
    /// The embedding model that `EMBEDDINGS` names, if it names one. Loading MiniLM takes a third of
    /// a second.
    ///
    /// # Errors
    ///
    /// If there is no such model, or this build has no library for it.
    pub fn semantics(&self, env: &Env) -> Result<Semantics> {
        let EmbeddingsConfig { model, index_dimensions } = EmbeddingsConfig::read(env)?;
        let Some(named) = model else { return Ok(Semantics::default()) };
        if let Some(embedder) = &self.embedder {
            return Ok(Semantics::by(embedder.clone()).in_table(index_dimensions));
        }
        let mut loaded = self.embedders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(embedder) = loaded.get(&named) {
            return Ok(Semantics::by(embedder.clone()).in_table(index_dimensions));
        }
        let embedder = match &named {
            ModelName::MiniLm(folder) => minilm(folder)?,
            ModelName::Bedrock(model) => self.titan(model)?,
        };
        tracing::info!(model = embedder.model(), "embedding model loaded");
        loaded.insert(named, embedder.clone());
        Ok(Semantics::by(embedder).in_table(index_dimensions))
    }

    #[cfg(feature = "bedrock")]
    fn titan(&self, model: &str) -> Result<Arc<dyn Embedder>> {
        use embed::Bedrock;

        Ok(Arc::new(match self.platform("bedrock") {
            Some(url) => Bedrock::new(&self.config().to_builder().endpoint_url(url).build(), model),
            None => Bedrock::new(self.config(), model),
        }))
    }

    #[cfg(not(feature = "bedrock"))]
    fn titan(&self, _: &str) -> Result<Arc<dyn Embedder>> {
        Err(missing("bedrock"))
    }
}

#[cfg(not(all(feature = "minilm", feature = "bedrock")))]
fn missing(backend: &str) -> Error {
    Error::internal(format!(
        "EMBEDDINGS names {backend}; this build was made without the feature runtime/{backend}"
    ))
}

#[cfg(feature = "minilm")]
fn minilm(folder: &Path) -> Result<Arc<dyn Embedder>> {
    let model = embed::MiniLm::load(folder).map_err(Error::internal)?;
    Ok(Arc::new(model))
}

#[cfg(not(feature = "minilm"))]
fn minilm(_: &Path) -> Result<Arc<dyn Embedder>> {
    Err(missing("minilm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(feature = "bedrock"))]
    async fn refusal(named: &str) -> String {
        let settings = HashMap::from([("EMBEDDINGS".to_owned(), named.to_owned())]);
        let aws = Aws::embedded("http://127.0.0.1:9", "http://127.0.0.1:9");
        aws.semantics(&Env::of(settings)).unwrap_err().to_string()
    }

    #[cfg(not(feature = "bedrock"))]
    #[tokio::test]
    async fn a_build_without_bedrock_refuses_its_models_and_names_the_feature() {
        let error = refusal("bedrock:titan").await;
        assert!(error.contains("runtime/bedrock"), "{error}");
    }

    #[cfg(feature = "bedrock")]
    #[tokio::test]
    async fn the_local_run_asks_for_embeddings_where_it_was_told_that_bedrock_is() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let (connection, _) = listener.accept().await.unwrap();
            let mut head = [0; 64];
            let read = loop {
                connection.readable().await.unwrap();
                match connection.try_read(&mut head) {
                    Ok(read) => break read,
                    Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
                }
            };
            // Open for as long as the test looks, since nothing else ends the request.
            (String::from_utf8_lossy(&head[..read]).into_owned(), connection)
        });
        let aws = Aws::embedded("http://127.0.0.1:9", "http://127.0.0.1:9");
        let aws = aws.with_platforms([("bedrock".to_owned(), url)].into());
        let titan = aws.titan("titan").unwrap();
        tokio::select! {
            _ = titan.embed(&["When?"]) => unreachable!("nothing was answered"),
            asked = asked => assert!(asked.unwrap().0.starts_with("POST /model/titan/invoke")),
        }
    }
}
