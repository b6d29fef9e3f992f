//! `--model`: the AI backend of the demo chatbot.

use std::str::FromStr;

use domain::{BackendKind, ChatbotId, IntegrationPatch, ListPage, NewIntegration, WorkspaceId};

use crate::{Credentials, LocalError, LocalPlatform, Result};

/// The demo's integration goes by this name, so that the next start finds it again.
const NAME: &str = "cargo dev --model";

/// An AI backend as `--model` names it: `TYPE=URL` or `TYPE`, then `model=NAME` and `key-env=VARIABLE`,
/// separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFlag {
    kind: BackendKind,
    url: Option<String>,
    model: Option<String>,
    /// The variable of this process that holds the key: a key itself would be in the shell's history.
    key_env: Option<String>,
}

impl FromStr for ModelFlag {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let mut parts = text.split(',');
        let first = parts.next().unwrap_or_default();
        let (kind, url) = match first.split_once('=') {
            Some((kind, url)) => (kind, Some(url.to_owned())),
            None => (first, None),
        };
        let kind = BackendKind::named("TYPE", kind).map_err(|error| error.message)?;
        let mut flag = Self { kind, url, model: None, key_env: None };
        for part in parts {
            match part.split_once('=') {
                Some(("model", name)) => flag.model = Some(name.to_owned()),
                Some(("key-env", name)) => flag.key_env = Some(name.to_owned()),
                _ => return Err(format!("{part:?} is neither model=NAME nor key-env=VARIABLE")),
            }
        }
        Ok(flag)
    }
}

impl ModelFlag {
    /// What the integration is to be, with the key that `variable` finds.
    fn settings(&self, variable: impl Fn(&str) -> Option<String>) -> Result<IntegrationPatch> {
        let api_key = match &self.key_env {
            None => None,
            Some(name) => {
                let key = variable(name).filter(|key| !key.is_empty());
                Some(key.ok_or_else(|| LocalError(format!("the variable {name} is not set")))?)
            }
        };
        Ok(IntegrationPatch {
            name: Some(NAME.to_owned()),
            url: self.url.clone(),
            model: self.model.clone(),
            api_key,
            ..IntegrationPatch::default()
        })
    }

    /// Makes the demo chatbot answer with this backend: the integration of an earlier start is replaced.
    pub(crate) async fn connect(
        &self,
        platform: &LocalPlatform,
        credentials: &Credentials,
    ) -> Result<()> {
        let integrations = platform.integrations()?;
        let workspace: WorkspaceId = credentials.workspace_id.parse().map_err(LocalError::of)?;
        let chatbot: ChatbotId = credentials.chatbot_id.parse().map_err(LocalError::of)?;
        let filter = domain::IntegrationFilter {
            name: Some(NAME.to_owned()),
            ..domain::IntegrationFilter::default()
        };
        let page =
            ListPage::new(("page", None), ("per_page", Some("100"))).map_err(LocalError::of)?;
        let earlier = integrations.page(workspace, chatbot, &filter, page).await;
        for integration in earlier.map_err(LocalError::of)?.0 {
            integrations.delete(workspace, integration.id).await.map_err(LocalError::of)?;
        }
        let settings = self.settings(|name| std::env::var(name).ok())?;
        let new = NewIntegration::new(Some(self.kind.name()), settings).map_err(LocalError::of)?;
        integrations.create(workspace, chatbot, new).await.map_err(LocalError::of)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_a_type_with_what_it_needs() {
        let text = "openai_compatible=http://localhost:11434/v1,model=llama3.2,key-env=KEY";
        let flag: ModelFlag = text.parse().unwrap();
        assert_eq!(flag.kind, BackendKind::OpenaiCompatible);
        assert_eq!(flag.url.as_deref(), Some("http://localhost:11434/v1"));
        let settings = flag.settings(|name| (name == "KEY").then(|| "sk-1".to_owned())).unwrap();
        assert_eq!(settings.model.as_deref(), Some("llama3.2"));
        assert_eq!(settings.api_key.as_deref(), Some("sk-1"));
        assert!(flag.settings(|_| None).unwrap_err().0.contains("KEY"));
        let flag: ModelFlag = "anthropic,model=m".parse().unwrap();
        assert_eq!((flag.url, flag.model.as_deref()), (None, Some("m")));
        for wrong in ["gpt=http://x", "echo,colour=red", "echo,model"] {
            assert!(wrong.parse::<ModelFlag>().is_err(), "{wrong}");
        }
    }
}
