//! The job of the mail queue, and the worker that carries it out.

use std::{sync::Arc, time::Duration};

use domain::{
    ChatbotId, CodePurpose, Conversation, ConversationId, EventId, InvitationId, Result, Scope,
    Timestamp, Turn, WebhookId, Workspace, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    App,
    access::usage::Rate,
    mail::message::{Email, Mailer, code, disabled, handoff, invited, is_plain, owner},
    work_queue::{Job, WorkQueue},
};

/// E-mails about what visitors and endpoints did, to one owner.
const PER_DAY: Rate = Rate {
    what: "mail",
    max: 200,
    window: Duration::from_secs(24 * 60 * 60),
    refusal: "too many e-mails to one owner in a day",
};

/// Mail the owner of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The event that the mail is about; there is one mail for it.
    pub event_id: EventId,
    /// When it happened, in milliseconds.
    pub at: Timestamp,
    /// The tenant, whose owner is told.
    pub workspace_id: WorkspaceId,
    /// The chatbot, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chatbot_id: Option<ChatbotId>,
    /// What happened.
    pub about: MailAbout,
}

/// What an owner is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MailAbout {
    /// A visitor requested a handoff to a person.
    HandoffRequested {
        /// The conversation that was handed over.
        conversation_id: ConversationId,
    },
    /// A member requested a code.
    CodeRequested {
        /// What it shall be good for.
        purpose: CodePurpose,
        /// The member's address.
        email: String,
    },
    /// A member invited another to the workspace.
    MemberInvited {
        /// The invitation.
        invitation_id: InvitationId,
    },
    /// The platform switched a webhook off.
    WebhookDisabled {
        /// The webhook.
        webhook_id: WebhookId,
    },
}

impl Job for Mail {
    type Worker = Mailing;
    const QUEUE: WorkQueue =
        WorkQueue { name: "MailQueue", worker: "mail-worker", setting: "MAIL_QUEUE_URL" };
    const VERSION: u8 = 1;

    fn group(&self) -> Option<String> {
        Some(self.workspace_id.to_string())
    }

    async fn run(self, worker: &Mailing) -> Result<()> {
        worker.handle(&self).await
    }
}

/// Mailing: what `mail-worker` needs beyond [`App`].
#[derive(Clone)]
pub struct Mailing {
    app: App,
    mailer: Arc<dyn Mailer>,
}

impl Mailing {
    /// Mailing over `app` through `mailer`.
    pub fn new(app: App, mailer: Arc<dyn Mailer>) -> Self {
        Self { app, mailer }
    }

    /// Handles one message: sends its e-mail unless it was sent before. A mail service knows no
    /// idempotency, so a worker that dies between sending and noting it sends the e-mail twice.
    pub async fn handle(&self, job: &Mail) -> Result<()> {
        if self.app.store.is_mailed(job.event_id).await? {
            return Ok(());
        }
        let Some(email) = self.email(job).await? else { return Ok(()) };
        self.mailer.send(&email).await?;
        tracing::info!(event = %job.event_id, workspace = %job.workspace_id, "mail sent");
        self.app.store.put_mailed(job.event_id, self.app.now()).await
    }

    /// The e-mail that `job` names; `None` where what it was about is gone, or no address can be
    /// written to.
    async fn email(&self, job: &Mail) -> Result<Option<Email>> {
        let store = &self.app.store;
        let chatbot = async {
            match job.chatbot_id {
                Some(id) => store.chatbot(job.workspace_id, id).await,
                None => Ok(None),
            }
        };
        let (workspace, chatbot) = tokio::try_join!(store.workspace(job.workspace_id), chatbot)?;
        let Some(workspace) = workspace else { return Ok(None) };
        if let MailAbout::CodeRequested { purpose, email } = &job.about {
            return self.code(job, *purpose, email, &workspace).await;
        }
        if let MailAbout::MemberInvited { invitation_id } = job.about {
            return self.invited(job, invitation_id, &workspace).await;
        }
        let Some(to) = owner(&workspace)? else { return Ok(None) };
        // A chatbot's visitors cause these: however many there are, they end in the owner's inbox.
        if self.app.take_rate(PER_DAY, &workspace.id.to_string()).await.is_err() {
            tracing::warn!(workspace = %workspace.id, "the day's mails were sent; one is dropped");
            return Ok(None);
        }
        match job.about {
            MailAbout::CodeRequested { .. } | MailAbout::MemberInvited { .. } => Ok(None),
            MailAbout::HandoffRequested { conversation_id } => {
                let Some(chatbot) = chatbot else { return Ok(None) };
                let found = self.handed_over(chatbot.id, conversation_id).await?;
                let email = |(of, turn)| handoff(job, to, &chatbot, &of, &turn);
                Ok(found.map(email))
            }
            MailAbout::WebhookDisabled { webhook_id } => {
                let scope =
                    job.chatbot_id.map_or(Scope::Workspace(job.workspace_id), Scope::Chatbot);
                let webhook = store.webhook(scope, webhook_id, true).await?;
                Ok(webhook.and_then(|webhook| disabled(job, to, chatbot.as_ref(), &webhook)))
            }
        }
    }

    /// The e-mail with a fresh code for the member at `email`. A message that comes again makes
    /// another one; both are valid.
    async fn code(
        &self,
        job: &Mail,
        purpose: CodePurpose,
        email: &str,
        workspace: &Workspace,
    ) -> Result<Option<Email>> {
        let user = self.app.store.user(email).await?;
        if user.is_none_or(|user| user.workspace_id != workspace.id) || !is_plain(email) {
            return Ok(None);
        }
        let made = self.app.make_code(purpose, email, None).await?;
        Ok(Some(code(job, email.to_owned(), purpose, &made, workspace)))
    }

    /// The e-mail to who was invited; `None` once the invitation was taken back, or came again.
    async fn invited(
        &self,
        job: &Mail,
        id: InvitationId,
        workspace: &Workspace,
    ) -> Result<Option<Email>> {
        let found = self.app.store.workspace_invitation(workspace.id, id).await?;
        let current = found.filter(|found| found.invited_at == job.at && is_plain(&found.email));
        let Some(invitation) = current else { return Ok(None) };
        let made = self.app.make_membership_code(&invitation).await?;
        Ok(Some(invited(job, &invitation, &made, workspace)))
    }

    /// A conversation with the turn that opened it, which may be all there is of it.
    async fn handed_over(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
    ) -> Result<Option<(Conversation, Turn)>> {
        let store = &self.app.store;
        let (conversation, turns) =
            tokio::try_join!(store.conversation(chatbot, id), store.first_turns(id, 1))?;
        Ok(conversation.zip(turns.into_iter().next()))
    }
}
