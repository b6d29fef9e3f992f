//! The embedding model that the setting `EMBEDDINGS` names.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use app::knowledge::embeddings::Semantics;
use domain::{Error, Result};
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
        if let Some(embedder) = &self.embedder {
            return Ok(Semantics::by(embedder.clone()).in_table(dimensions));
        }
        let mut loaded = self.embedders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(embedder) = loaded.get(named) {
            return Ok(Semantics::by(embedder.clone()).in_table(dimensions));
        }
        let embedder: Arc<dyn Embedder> = match named.split_once(':') {
            Some(("minilm", folder)) => minilm(folder)?,
            Some(("bedrock", model)) if !model.is_empty() => self.titan(model)?,
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
fn minilm(folder: &str) -> Result<Arc<dyn Embedder>> {
    let model = embed::MiniLm::load(std::path::Path::new(folder)).map_err(Error::internal)?;
    Ok(Arc::new(model))
}

#[cfg(not(feature = "minilm"))]
fn minilm(_: &str) -> Result<Arc<dyn Embedder>> {
    Err(missing("minilm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(named: &str) -> String {
        let settings = HashMap::from([("EMBEDDINGS".to_owned(), named.to_owned())]);
        let aws = Aws::embedded("http://127.0.0.1:9", "http://127.0.0.1:9").await;
        aws.semantics(&Env::of(settings)).unwrap_err().to_string()
    }

    #[tokio::test]
    async fn what_is_no_model_is_refused_by_the_name_of_its_setting() {
        for named in ["titan", "bedrock:", "minilm"] {
            let error = refusal(named).await;
            assert!(error.contains("EMBEDDINGS") && error.contains(named), "{error}");
        }
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
        let aws = Aws::embedded("http://127.0.0.1:9", "http://127.0.0.1:9").await;
        let aws = aws.with_platforms([("bedrock".to_owned(), url)].into());
        let titan = aws.titan("titan").unwrap();
        tokio::select! {
            _ = titan.embed(&["When?"]) => unreachable!("nothing was answered"),
            asked = asked => assert!(asked.unwrap().0.starts_with("POST /model/titan/invoke")),
        }
    }
}
