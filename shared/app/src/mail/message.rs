//! What owners are written: composed here, sent by whatever is behind [`Mailer`].

use domain::{
    Chatbot, CodePurpose, Conversation, DisableReason, Error, EventId, Invitation, Result,
    Timestamp, Turn, Webhook, Workspace, conversation::shorten,
};
use futures::future::BoxFuture;

use crate::mail::job::Mail;

/// Characters of a question or an answer that an e-mail quotes.
const QUOTED: usize = 4_000;

/// An e-mail in plain text. None of its values but the text has a line break in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The event it is about: the same e-mail has the same id.
    pub id: EventId,
    /// When that happened.
    pub at: Timestamp,
    /// The address it goes to.
    pub to: String,
    /// The address that an answer goes to, if it is another.
    pub reply_to: Option<String>,
    /// One line.
    pub subject: String,
    /// Lines that end in `\n`.
    pub text: String,
}

/// What takes e-mails. It may be given the same one again.
pub trait Mailer: Send + Sync {
    /// Sends `email`; done when a mail service has accepted it.
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<()>>;
}

/// The owner's address; `None` for one that mail services don't take, since it would fail the same
/// way however often it was tried.
pub(super) fn owner(workspace: &Workspace) -> Result<Option<String>> {
    let Some(email) = &workspace.owner_email else {
        return Err(Error::internal("the owner's address is not known until they sign in again"));
    };
    if !workspace.owner_confirmed {
        tracing::info!(workspace = %workspace.id, "the owner's address is not confirmed");
        return Ok(None);
    }
    if !is_plain(email) {
        tracing::warn!(workspace = %workspace.id, "the owner's address can't be written to");
        return Ok(None);
    }
    Ok(Some(email.clone()))
}

/// What carries a code. Nothing in it is of a stranger's choice but the workspace's name.
pub(super) fn code(
    job: &Mail,
    to: String,
    purpose: CodePurpose,
    code: &str,
    workspace: &Workspace,
) -> Email {
    let (subject, what, path) = match purpose {
        CodePurpose::Reset => {
            ("A new password", "choose a new password", "/api/v1/auth/password-reset/complete")
        }
        CodePurpose::Confirmation | CodePurpose::Invitation | CodePurpose::Membership => {
            ("Is this your address?", "confirm your address", "/api/v1/auth/confirmation/complete")
        }
    };
    let hours = purpose.validity().as_secs() / 3_600;
    let text = format!(
        "Your code to {what}:\n\n{code}\n\n\
         It is valid for {hours} hours, once (POST {path}).\n\
         If you did not request it, ignore this e-mail: without the code nothing changes.\n\n\
         Workspace: {}\n",
        shorten(&one_line(&workspace.name), 100),
    );
    let subject = subject.to_owned();
    Email { id: job.event_id, at: job.at, to, reply_to: None, subject, text }
}

/// An invitation to a workspace. Nothing in it is of a stranger's choice but the workspace's
/// name.
pub(super) fn invited(
    job: &Mail,
    invitation: &Invitation,
    code: &str,
    workspace: &Workspace,
) -> Email {
    let name = shorten(&one_line(&workspace.name), 100);
    let text = format!(
        "You are invited to the workspace {name}, as its {}.\n\n\
         Your code to join it:\n\n{code}\n\n\
         It is valid until {}, once: choose \"I was invited\" where the console asks you to sign in, \
         or POST /api/v1/auth/join.\n\
         If you do not want to join, ignore this e-mail: without the code nothing changes.\n",
        invitation.role,
        invitation.expires_at(),
    );
    let subject = "An invitation to a workspace".to_owned();
    let to = invitation.email.clone();
    Email { id: job.event_id, at: job.at, to, reply_to: None, subject, text }
}

pub(super) fn handoff(
    job: &Mail,
    to: String,
    chatbot: &Chatbot,
    of: &Conversation,
    turn: &Turn,
) -> Email {
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
    Email {
        id: job.event_id,
        at: job.at,
        to,
        reply_to: of.customer_email.clone().filter(|email| is_plain(email)),
        subject: format!("{name}: a visitor asks for a person"),
        text,
    }
}

/// `None` where it has been switched on since.
pub(super) fn disabled(
    job: &Mail,
    to: String,
    chatbot: Option<&Chatbot>,
    webhook: &Webhook,
) -> Option<Email> {
    let off = webhook.auto_disabled.filter(|off| off.at == job.at)?;
    let whose = chatbot.map_or_else(|| "your workspace".to_owned(), |c| one_line(&c.name));
    let why = match off.reason {
        DisableReason::Gone => "It answered 410: it is gone for good.",
        DisableReason::Failing => "It has failed for five days without a success.",
    };
    // The query may hold a secret of the receiver's.
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
    Some(Email { id: job.event_id, at: job.at, to, reply_to: None, subject, text })
}

/// `text` without line breaks and other control characters, which in a header would begin another.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.split(breaks).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether an address may stand in a header as it is: ASCII, nothing that needs quotes. Visitors
/// and members may give others, which some mail services refuse.
pub(super) fn is_plain(address: &str) -> bool {
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
