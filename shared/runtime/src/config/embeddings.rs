use std::{path::PathBuf, str::FromStr};

use domain::Result;

use super::{Env, Variable};

const EMBEDDINGS: Variable = Variable::optional(
    "EMBEDDINGS",
    "Embedding model for search by meaning as well as by words: `bedrock:MODEL`, in a build with \
     the feature `runtime/bedrock`, or `minilm:FOLDER`, in one with `runtime/minilm`",
);
const VECTOR_DIMENSIONS: Variable = Variable::with_default(
    "VECTOR_DIMENSIONS",
    "0",
    "Dimensions of the model in `EMBEDDINGS` if the table has a vector index, which only a \
     deployment can have; 0 for none",
);

/// The name of an embedding model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ModelName {
    /// MiniLM, with its weights in this folder.
    MiniLm(PathBuf),
    /// The model of this id in Bedrock.
    Bedrock(String),
}

impl FromStr for ModelName {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("minilm", folder)) if !folder.is_empty() => Ok(Self::MiniLm(folder.into())),
            Some(("bedrock", model)) if !model.is_empty() => Ok(Self::Bedrock(model.to_owned())),
            _ => Err("must be minilm:FOLDER or bedrock:MODEL"),
        }
    }
}

/// The embedding model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddingsConfig {
    /// `EMBEDDINGS`.
    pub model: Option<ModelName>,
    /// `VECTOR_DIMENSIONS`.
    pub index_dimensions: usize,
}

impl EmbeddingsConfig {
    pub(super) const VARIABLES: [Variable; 2] = [EMBEDDINGS, VECTOR_DIMENSIONS];

    /// Reads it.
    pub fn read(env: &Env) -> Result<Self> {
        let model = EMBEDDINGS.find(env).map(|_| EMBEDDINGS.parse(env)).transpose()?;
        Ok(Self { model, index_dimensions: VECTOR_DIMENSIONS.parse(env)? })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::env, *};

    #[test]
    fn a_model_is_named_by_its_backend_and_what_that_takes() {
        let read =
            |text: &str| EmbeddingsConfig::read(&env(&[("EMBEDDINGS", text)])).map(|c| c.model);
        assert_eq!(read("").unwrap(), None);
        assert_eq!(
            read("minilm:/opt/minilm").unwrap(),
            Some(ModelName::MiniLm("/opt/minilm".into()))
        );
        let titan = "amazon.titan-embed-text-v2:0";
        assert_eq!(
            read(&format!("bedrock:{titan}")).unwrap(),
            Some(ModelName::Bedrock(titan.to_owned()))
        );
        for refused in ["titan", "bedrock:", "minilm:", "minilm", "openai:x"] {
            let error = read(refused).unwrap_err().to_string();
            assert!(error.contains("EMBEDDINGS") && error.contains(refused), "{error}");
        }
    }
}
