//! Mail to the owner of a workspace: composed here, sent by whatever is behind [`Mailer`].

use std::sync::Arc;

use domain::{
    Chatbot, ChatbotId, Conversation, ConversationId, Error, EventId, OffReason, Result, Scope,
    Timestamp, Turn, Webhook, Workspace, conversation::shorten,
};
use futures::future::BoxFuture;

use crate::{
    Core,
    adapters::sqs::{Mail, MailAbout, VERSION},
};

/// Characters of a question or an answer that a letter quotes.
const QUOTED: usize = 4_000;

/// A letter in plain text. None of its values but the text has a line break in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The event it is about: the same letter has the same id.
    pub id: EventId,
    /// When that happened.
    pub at: Timestamp,
    /// Whom it is for.
    pub to: String,
    /// Who is answered, if somebody can be.
    pub reply_to: Option<String>,
    /// One line.
    pub subject: String,
    /// Lines that end in `\n`.
    pub text: String,
}

/// What takes letters. It may be given the same one again.
pub trait Mailer: Send + Sync {
    /// Sends `letter`; done when it is in somebody else's hands.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<()>>;
}

/// Mailing: what `mail-worker` needs beyond [`Core`].
#[derive(Clone)]
pub struct Mailing {
    core: Core,
    mailer: Arc<dyn Mailer>,
}

impl Mailing {
    /// Mailing over `core` through `mailer`.
    pub fn new(core: Core, mailer: Arc<dyn Mailer>) -> Self {
        Self { core, mailer }
    }

    /// Handles one message: sends its letter unless it was sent before. A mail service knows no
    /// idempotency, so a worker that dies between sending and noting it sends the letter twice.
    pub async fn handle(&self, job: &Mail) -> Result<()> {
        if job.v != VERSION {
            return Err(Error::internal(format!("mail message of version {}", job.v)));
        }
        if self.core.store.is_mailed(job.event_id).await? {
            return Ok(());
        }
        let Some(letter) = self.letter(job).await? else { return Ok(()) };
        self.mailer.send(&letter).await?;
        tracing::info!(event = %job.event_id, workspace = %job.workspace_id, "mail sent");
        self.core.store.put_mailed(job.event_id, Timestamp::now()).await
    }

    /// The letter that `job` asks for; `None` where what it was about is gone, or nobody can be
    /// written to.
    async fn letter(&self, job: &Mail) -> Result<Option<Letter>> {
        let store = &self.core.store;
        let chatbot = async {
            match job.chatbot_id {
                Some(id) => store.chatbot(job.workspace_id, id).await,
                None => Ok(None),
            }
        };
        let (workspace, chatbot) = tokio::try_join!(store.workspace(job.workspace_id), chatbot)?;
        let Some(workspace) = workspace else { return Ok(None) };
        let Some(to) = owner(&workspace)? else { return Ok(None) };
        match job.about {
            MailAbout::HandoffRequested { conversation_id } => {
                let Some(chatbot) = chatbot else { return Ok(None) };
                let found = self.handed_over(chatbot.id, conversation_id).await?;
                let letter = |(of, turn)| handoff(job, to, &chatbot, &of, &turn);
                Ok(found.map(letter))
            }
            MailAbout::WebhookDisabled { webhook_id } => {
                let scope =
                    job.chatbot_id.map_or(Scope::Workspace(job.workspace_id), Scope::Chatbot);
                let webhook = store.webhook(scope, webhook_id, true).await?;
                Ok(webhook.and_then(|webhook| switched_off(job, to, chatbot.as_ref(), &webhook)))
            }
        }
    }

    /// A conversation with the turn that opened it, which is all there is of helpbot's.
    async fn handed_over(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
    ) -> Result<Option<(Conversation, Turn)>> {
        let store = &self.core.store;
        let (conversation, turns) =
            tokio::try_join!(store.conversation(chatbot, id), store.first_turns(id, 1))?;
        Ok(conversation.zip(turns.into_iter().next()))
    }
}

/// The owner's address. One that mail services don't take is given up at once: it would fail the
/// same way however often it was tried.
fn owner(workspace: &Workspace) -> Result<Option<String>> {
    let Some(email) = &workspace.owner_email else {
        return Err(Error::internal("the owner's address is not known until they sign in again"));
    };
    if !is_plain(email) {
        tracing::warn!(workspace = %workspace.id, "the owner's address can't be written to");
        return Ok(None);
    }
    Ok(Some(email.clone()))
}

fn handoff(job: &Mail, to: String, chatbot: &Chatbot, of: &Conversation, turn: &Turn) -> Letter {
    let name = one_line(&chatbot.name);
    let reach = match &of.customer_email {
        Some(email) => format!("They can be reached at {}.", one_line(email)),
        None => "They left no e-mail address.".to_owned(),
    };
    let text = format!(
        "A visitor of {name} asks for a person. {reach}\n\n\
         Question:\n{}\n\nAnswer:\n{}\n\n\
         Conversation: {}\nAsked for: {}\n",
        shorten(&turn.question, QUOTED),
        shorten(&turn.answer, QUOTED),
        of.id,
        job.at,
    );
    Letter {
        id: job.event_id,
        at: job.at,
        to,
        reply_to: of.customer_email.clone().filter(|email| is_plain(email)),
        subject: format!("{name}: a visitor asks for a person"),
        text,
    }
}

/// `None` where it has been switched on since.
fn switched_off(
    job: &Mail,
    to: String,
    chatbot: Option<&Chatbot>,
    webhook: &Webhook,
) -> Option<Letter> {
    let off = webhook.switched_off.filter(|off| off.at == job.at)?;
    let whose = chatbot.map_or_else(|| "your workspace".to_owned(), |c| one_line(&c.name));
    let why = match off.reason {
        OffReason::Gone => "It answered 410: it is gone for good.",
        OffReason::Failing => "It has failed for five days without a success.",
    };
    // What follows the path may be a secret of the receiver's.
    let url = webhook.url.split(['?', '#']).next().unwrap_or_default();
    let text = format!(
        "A webhook of {whose} was switched off. {why} Nothing is sent to it any more.\n\n\
         Endpoint: {}\nWebhook: {} ({})\nSwitched off: {}\n",
        one_line(url),
        webhook.id,
        webhook.dialect.name(),
        off.at,
    );
    let subject = format!("{whose}: a webhook was switched off");
    Some(Letter { id: job.event_id, at: job.at, to, reply_to: None, subject, text })
}

/// `text` without line breaks and other control characters, which in a header would begin another.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.split(breaks).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether an address may stand in a header as it is: ASCII, nothing that needs quotes. Visitors
/// and members may give others, which some mail services refuse.
fn is_plain(address: &str) -> bool {
    let atom = |text: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
        !text.is_empty() && text.bytes().all(allowed)
    };
    address
        .split_once('@')
        .is_some_and(|(local, domain)| local.split('.').all(atom) && domain.split('.').all(atom))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_given_begins_another_line() {
        assert_eq!(one_line("Ada's bot"), "Ada's bot");
        assert_eq!(one_line("a\r\nBcc: b@c.example\u{2028}d\0"), "a Bcc: b@c.example d");
    }

    #[test]
    fn only_plain_addresses_stand_in_a_header() {
        for plain in ["ada@example.com", "ada.l+shop@mail.example.com", "o'neill@example.com"] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "a,b@example.com",
            "a>,<b@example.com",
            "a..b@example.com",
            "zoë@example.com",
            "ada@exämple.com",
            "a@b@example.com",
            "a\r\nb@example.com",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }
}
