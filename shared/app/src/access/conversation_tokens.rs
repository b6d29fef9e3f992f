//! Tokens of conversations: each opens one to the visitor who began it.
//!
//! A public key reads nothing. The answer that opens a conversation carries its token, an HMAC over the
//! conversation under the deployment's key, which its visitor alone has seen. Whoever continues the
//! conversation and shows the token gets it again; an id alone gets none.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ChatbotId, ConversationId, Error, ErrorKind, Result};
use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use crate::adapters::seal::Sealer;

/// Bytes of the HMAC in a token.
const MAC: usize = 16;
/// Bytes of a chatbot's id.
const ID: usize = 16;

type SealerSource = Arc<dyn Fn() -> BoxFuture<'static, Result<Sealer>> + Send + Sync>;

/// Makes and checks tokens. The deployment's key is read when the first one is needed. Cheap to clone.
#[derive(Clone)]
pub struct ConversationTokens {
    source: SealerSource,
    opened: Arc<OnceCell<Sealer>>,
}

impl ConversationTokens {
    /// Under the key that `source` reads.
    pub fn new(
        source: impl Fn() -> BoxFuture<'static, Result<Sealer>> + Send + Sync + 'static,
    ) -> Self {
        Self { source: Arc::new(source), opened: Arc::default() }
    }

    /// The token of a conversation with `chatbot`.
    pub async fn token(&self, chatbot: ChatbotId, id: ConversationId) -> Result<String> {
        let mac = self.sealer().await?.mac(PURPOSE, &text(chatbot, id))?;
        Ok(URL_SAFE_NO_PAD.encode([chatbot.uuid().as_bytes().as_slice(), &mac[..MAC]].concat()))
    }

    /// The chatbot that the conversation `id` is with, if `token` is its.
    pub async fn open(&self, token: Option<&str>, id: ConversationId) -> Result<ChatbotId> {
        let refused = || {
            let message = "x-conversation-token is not the token of this conversation";
            Error::new(ErrorKind::Unauthorized, message)
        };
        let bytes = URL_SAFE_NO_PAD.decode(token.unwrap_or_default()).map_err(|_| refused())?;
        let (chatbot, shown) = bytes.split_first_chunk::<ID>().ok_or_else(refused)?;
        let chatbot = ChatbotId::from_bytes(*chatbot);
        match self.sealer().await?.is_mac(PURPOSE, &text(chatbot, id), shown)? {
            true => Ok(chatbot),
            false => Err(refused()),
        }
    }

    async fn sealer(&self) -> Result<&Sealer> {
        self.opened.get_or_try_init(|| (self.source)()).await
    }
}

/// What the key of tokens is for.
const PURPOSE: &str = "conversation token";

/// What a token is the HMAC of.
fn text(chatbot: ChatbotId, id: ConversationId) -> String {
    format!("{chatbot}\n{id}")
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn tokens(master: &'static str) -> ConversationTokens {
        ConversationTokens::new(move || async move { Sealer::new(&master.repeat(64)) }.boxed())
    }

    #[tokio::test]
    async fn a_token_opens_its_own_conversation_and_no_other() {
        let (chatbot, id) = (ChatbotId::new(), ConversationId::new());
        let tokens_of_one = tokens("k");
        let token = tokens_of_one.token(chatbot, id).await.unwrap();
        assert_eq!(tokens_of_one.open(Some(&token), id).await.unwrap(), chatbot);
        let refused = async |tokens: &ConversationTokens, token: Option<&str>, id| {
            tokens.open(token, id).await.unwrap_err().kind == ErrorKind::Unauthorized
        };
        assert!(refused(&tokens_of_one, Some(&token), ConversationId::new()).await);
        assert!(refused(&tokens("j"), Some(&token), id).await);
        let of_another = tokens_of_one.token(ChatbotId::new(), id).await.unwrap();
        let forged = format!("{}{}", &of_another[..22], &token[22..]);
        for wrong in [None, Some(""), Some("??"), Some(&token[..40]), Some(forged.as_str())] {
            assert!(refused(&tokens_of_one, wrong, id).await, "{wrong:?}");
        }
    }
}
