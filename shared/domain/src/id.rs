//! Typed ids. New ones are UUIDv7, so that their text sorts by time; derived ones are UUIDv5, so
//! that the same cause always gives the same id.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, Timestamp};

/// Namespace of every id that is derived from other ids.
const DERIVED: Uuid = Uuid::from_u128(0x6f1d_2c5e_93c4_5b0a_8d11_c011_0c01_0a11);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id that sorts after those made before it.
            #[expect(clippy::new_without_default, reason = "every call gives another value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id that `parts` always lead to.
            pub fn derived(parts: &[&str]) -> Self {
                Self(Uuid::new_v5(&DERIVED, parts.join("\u{1f}").as_bytes()))
            }

            /// The bare UUID.
            pub fn uuid(self) -> Uuid {
                self.0
            }

            /// When the id was made; `None` for a derived one.
            pub fn made_at(self) -> Option<Timestamp> {
                let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
                let millis = i64::try_from(seconds).ok()? * 1000 + i64::from(nanos / 1_000_000);
                Some(Timestamp::from_millis(millis))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Only the canonical form (36 characters, lower case) is an id; anything else names
            /// nothing, hence "not found" and not "invalid".
            fn from_str(text: &str) -> Result<Self, Error> {
                match Uuid::try_parse(text) {
                    Ok(uuid) if text.len() == 36 && uuid.hyphenated().to_string() == text => {
                        Ok(Self(uuid))
                    }
                    _ => Err(Error::not_found($what)),
                }
            }
        }
    )*};
}

ids! {
    /// A tenant: a team, an organization, an account.
    WorkspaceId, "workspace";
    /// A person who signs in.
    UserId, "member";
    /// An invitation to a workspace, derived from it and the address.
    InvitationId, "invitation";
    /// A session (not its token).
    SessionId, "session";
    /// An API key (not its secret).
    KeyId, "API key";
    /// A chatbot: bot, project, site.
    ChatbotId, "chatbot";
    /// A conversation, the same in every dialect.
    ConversationId, "conversation";
    /// A message. A turn goes by the id of its answer.
    MessageId, "message";
    /// A knowledge source.
    SourceId, "source";
    /// One crawl of a source; also the version of what it found.
    CrawlId, "crawl";
    /// A group of unanswered questions, derived from what they ask.
    GroupId, "group";
    /// An agent loop.
    AgentLoopId, "agent loop";
    /// One run of an agent loop.
    ExecutionId, "execution";
    /// What a visitor left to be reached by.
    LeadId, "lead";
    /// The erasure of what a chatbot has of a visitor, derived from both.
    VisitorErasureId, "erasure";
    /// An AI backend of a chatbot.
    IntegrationId, "integration";
    /// A messaging platform where a chatbot answers.
    ChannelId, "channel";
    /// A webhook subscription.
    WebhookId, "webhook";
    /// A domain event, derived from the change it belongs to.
    EventId, "event";
    /// A delivery of an event to a subscription, derived from both.
    DeliveryId, "delivery";
}

/// The highest time that a UUIDv7 can hold: 48 bits of milliseconds.
const LAST_MILLI: i64 = (1 << 48) - 1;
/// The last bits of a UUIDv7: random.
const RANDOM_TAIL: u128 = u32::MAX as u128;

impl DeliveryId {
    /// The id of a delivery made at `at` that `parts` always lead to. It says its time, which its
    /// key begins with: so a delivery is found by its id alone, without an index.
    pub fn derived_at(at: Timestamp, parts: &[&str]) -> Self {
        let hash = Self::derived(parts).0;
        let mut rest = [0; 10];
        rest.copy_from_slice(&hash.as_bytes()[..10]);
        let millis = u64::try_from(at.millis().clamp(0, LAST_MILLI)).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
    }
}

impl SourceId {
    /// The id of the copy of `source` for `chatbot`, always the same one. It sorts as that of the
    /// source does.
    pub fn copied(source: Self, chatbot: ChatbotId) -> Self {
        let at = source.made_at().unwrap_or(Timestamp::from_millis(0));
        let parts = ["copy", &source.to_string(), &chatbot.to_string()];
        Self(DeliveryId::derived_at(at, &parts).0)
    }
}

impl CrawlId {
    /// The id of the copy of `crawl` for `source`, always the same one.
    pub fn copied(crawl: Self, source: SourceId) -> Self {
        Self::derived(&["copy", &crawl.to_string(), &source.to_string()])
    }
}

impl ChatbotId {
    /// The id with these bytes, as [`Self::uuid`] gives them.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl ExecutionId {
    /// A new id made at `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(MessageId::at(at).0)
    }

    /// The id of the execution of `agent_loop` that is planned for `at`, always the same one; it sorts
    /// among others by that time.
    pub fn planned(agent_loop: AgentLoopId, at: Timestamp) -> Self {
        let parts = ["planned", &agent_loop.to_string(), &at.to_string()];
        Self(DeliveryId::derived_at(at, &parts).0)
    }
}

impl MessageId {
    /// The id of a message made at `at` that `parts` always lead to.
    pub fn derived_at(at: Timestamp, parts: &[&str]) -> Self {
        Self(DeliveryId::derived_at(at, parts).0)
    }

    /// The lowest id that `at` can give.
    pub fn lowest_at(at: Timestamp) -> Self {
        let millis = u64::try_from(at.millis().clamp(0, LAST_MILLI)).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
    }

    /// A new id made at `at`.
    pub fn at(at: Timestamp) -> Self {
        let millis = u64::try_from(at.millis().clamp(0, LAST_MILLI)).unwrap_or(0);
        let nanos = u32::try_from(millis % 1000 * 1_000_000).unwrap_or(0);
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, millis / 1000, nanos)))
    }
}

impl MessageId {
    /// The answer that opened `conversation`: the way back from [`ConversationId::opened_by`].
    pub fn opening(conversation: ConversationId) -> Self {
        Self(Uuid::from_u128(conversation.0.as_u128() ^ RANDOM_TAIL))
    }
}

impl ConversationId {
    /// A new id made at `at`: conversations sort by when they began, and those of a time are a
    /// range of ids.
    pub fn at(at: Timestamp) -> Self {
        Self::opened_by(MessageId::at(at))
    }

    /// The conversation that `answer` opens. Each leads to the other, so that the answer of an
    /// opening turn is found by its id alone, without an index.
    pub fn opened_by(answer: MessageId) -> Self {
        Self(Uuid::from_u128(answer.0.as_u128() ^ RANDOM_TAIL))
    }

    /// The answer that opened it.
    pub fn opening(self) -> MessageId {
        MessageId(Uuid::from_u128(self.0.as_u128() ^ RANDOM_TAIL))
    }

    /// The lowest id that `at` can give.
    pub fn lowest_at(at: Timestamp) -> Self {
        Self::with(at, &[0; 10])
    }

    /// The highest id that `at` can give.
    pub fn highest_at(at: Timestamp) -> Self {
        Self::with(at, &[0xff; 10])
    }

    fn with(at: Timestamp, rest: &[u8; 10]) -> Self {
        let millis = u64::try_from(at.millis().clamp(0, LAST_MILLI)).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, rest).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_sorts_by_time() {
        let ids: Vec<_> = (0..50).map(|_| ConversationId::new()).collect();
        let mut texts: Vec<_> = ids.iter().map(ToString::to_string).collect();
        assert_eq!(texts[7].parse::<ConversationId>().unwrap(), ids[7]);
        let made = texts.clone();
        texts.sort();
        assert_eq!(texts, made);
    }

    #[test]
    fn a_conversation_s_id_says_its_millisecond_and_lies_in_its_range() {
        for millis in [0, 1, 999, 1_771_151_400_120, 1_771_151_400_999] {
            let at = Timestamp::from_millis(millis);
            let (lowest, highest) = (ConversationId::lowest_at(at), ConversationId::highest_at(at));
            let after = ConversationId::lowest_at(Timestamp::from_millis(millis + 1));
            for _ in 0..50 {
                let id = ConversationId::at(at);
                assert_eq!(id.made_at(), Some(at));
                assert_eq!(id.to_string().parse::<ConversationId>().unwrap(), id);
                let text = id.to_string();
                assert!(lowest.to_string() <= text && text <= highest.to_string(), "{text}");
                assert!(text < after.to_string(), "{text}");
            }
            assert_ne!(ConversationId::at(at), ConversationId::at(at));
        }
        let before = ConversationId::lowest_at(Timestamp::from_millis(-1));
        assert_eq!(before.made_at(), Some(Timestamp::from_millis(0)), "there is none before 1970");
    }

    #[test]
    fn a_conversation_sorts_as_the_answer_that_opens_it_and_is_another_id() {
        let answers: Vec<_> = (0..200).map(|_| MessageId::new()).collect();
        let opened: Vec<_> = answers.iter().map(|id| ConversationId::opened_by(*id)).collect();
        assert!(opened.is_sorted());
        for (answer, opened) in answers.iter().zip(opened) {
            assert_ne!(answer.uuid(), opened.uuid());
            assert_eq!(answer.made_at(), opened.made_at());
        }
    }

    #[test]
    fn only_the_canonical_form_is_an_id() {
        let upper = ChatbotId::new().to_string().to_uppercase();
        for text in ["", "1", "../x", &upper, "0197a0000000700080000000000000aa"] {
            assert_eq!(text.parse::<ChatbotId>().unwrap_err().kind, crate::ErrorKind::NotFound);
        }
    }

    #[test]
    fn derived_ids_depend_on_every_part_and_its_place() {
        assert_eq!(EventId::derived(&["a", "b"]), EventId::derived(&["a", "b"]));
        assert_ne!(EventId::derived(&["a", "b"]), EventId::derived(&["ab"]));
        assert_ne!(EventId::derived(&["a", "b"]), EventId::derived(&["b", "a"]));
        assert_eq!(EventId::derived(&["a"]).made_at(), None);
    }
}
