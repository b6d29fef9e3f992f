//! Subscriber of the mail queue: owners are told of handoffs and of disabled webhooks. A mail's
//! event id is derived, so a change that comes again is the same mail.

use domain::{AutoDisabled, CodeRequest, Event, EventBody, EventId, Invitation, Result, Webhook};
use store::Change;

use crate::{
    mail::job::{Mail, MailAbout},
    work_queue::JobQueue,
};

/// Sends a mail job for each change that an owner is told of.
#[derive(Debug, Clone)]
pub(super) struct MailSubscriber {
    queue: JobQueue<Mail>,
}

impl MailSubscriber {
    pub fn new(queue: JobQueue<Mail>) -> Self {
        Self { queue }
    }

    pub async fn on(&self, change: &Change) -> Result<()> {
        let mail = match change {
            Change::ConversationChanged {
                new,
                ended_at: None,
                handoff_at: Some(at),
                handoff_dialect: Some(dialect),
                ..
            } if dialect.profile().mails_handoff => {
                handed_off(&Event::handed_off(new.clone(), *at))
            }
            Change::WebhookAutoDisabled(webhook, why) => Some(disabled(webhook, *why)),
            Change::CodeRequested(request) => code_requested(request),
            Change::MemberInvited(invitation) => Some(invited(invitation)),
            _ => None,
        };
        match mail {
            Some(mail) => self.queue.send_all(&[mail]).await,
            None => Ok(()),
        }
    }
}

fn handed_off(event: &Event) -> Option<Mail> {
    let EventBody::HandoffRequested(conversation) = &event.body else { return None };
    Some(Mail {
        event_id: event.id,
        at: event.at,
        workspace_id: event.workspace_id,
        chatbot_id: event.chatbot_id,
        about: MailAbout::HandoffRequested { conversation_id: conversation.id },
    })
}

/// Nothing is sent where there is no such member.
fn code_requested(request: &CodeRequest) -> Option<Mail> {
    let CodeRequest { purpose, email, workspace_id, at } = request;
    let time = at.to_string();
    Some(Mail {
        event_id: EventId::derived(&["code requested", purpose.name(), email, &time]),
        at: *at,
        workspace_id: (*workspace_id)?,
        chatbot_id: None,
        about: MailAbout::CodeRequested { purpose: *purpose, email: email.clone() },
    })
}

/// Who is invited again is sent another code.
fn invited(invitation: &Invitation) -> Mail {
    let (id, time) = (invitation.id.to_string(), invitation.invited_at.to_string());
    Mail {
        event_id: EventId::derived(&["member invited", &id, &time]),
        at: invitation.invited_at,
        workspace_id: invitation.workspace_id,
        chatbot_id: None,
        about: MailAbout::MemberInvited { invitation_id: invitation.id },
    }
}

fn disabled(webhook: &Webhook, why: AutoDisabled) -> Mail {
    let (id, time) = (webhook.id.to_string(), why.at.to_string());
    // These words are part of derived ids: like a stored name, they never change.
    Mail {
        event_id: EventId::derived(&["webhook switched off", &id, &time]),
        at: why.at,
        workspace_id: webhook.workspace_id,
        chatbot_id: webhook.chatbot_id,
        about: MailAbout::WebhookDisabled { webhook_id: webhook.id },
    }
}
