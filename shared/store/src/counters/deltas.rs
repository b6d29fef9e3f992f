//! What each stored item counts for. A change is what the item counts for now less what it counted
//! for before, so that counters always are what a look at every item would find. The day of a
//! conversation is the one on which it began, also for its end and its handoff; that of a turn the
//! one of its question, also for its rating: an item alone says where it is counted.

use std::collections::BTreeMap;

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, HandoffStatus, Lead, Turn,
    visitors,
};

use crate::{
    counters::bucket::{Scope, TimeBucket},
    keys::{Mark, QuestionKind},
};

/// What the names of counters begin with of what has expired; the name of the counter follows.
pub(crate) const EXPIRED: &str = "expired_";

/// Whether a counter says what was, and not only how many rows a list has: those of stretches of a day, and
/// of what is in a status just now.
fn is_statistic(name: &str) -> bool {
    let is_part = name.strip_prefix(TimeBucket::PREFIX).is_some_and(|n| n.parse::<u32>().is_ok());
    !is_part && !["active", "archived", "handed_off"].contains(&name)
}

/// Questions of one day of a chatbot.
pub(crate) type QuestionsOf = (ChatbotId, QuestionKind, String);

/// Changes gathered over a batch: counters, one number each per chatbot and scope; questions asked
/// or taken back, in order; marks of conversations for lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CounterDeltas {
    pub(crate) counters: BTreeMap<(ChatbotId, Scope), BTreeMap<String, i64>>,
    pub(crate) questions: BTreeMap<QuestionsOf, Vec<(String, i64)>>,
    pub(crate) marks: BTreeMap<ConversationId, (ChatbotId, Option<Mark>)>,
}

impl CounterDeltas {
    /// A conversation as it is (`1`) or was (`-1`).
    pub fn conversation(&mut self, of: &Conversation, by: i64) {
        let chatbot = of.chatbot_id;
        // As its key has it: lists skip keys by these counters.
        let at = of.id.made_at().unwrap_or(of.created_at);
        let (closed, asked_for) =
            (of.status == ConversationStatus::Closed, of.handoff == HandoffStatus::Requested);
        self.add(chatbot, Scope::Total, of.status.name(), by);
        if closed {
            self.add(chatbot, Scope::Day(at.day()), of.status.name(), by);
        }
        for scope in [Scope::Total, Scope::Day(at.day())] {
            self.add(chatbot, scope.clone(), "conversations", by);
            if asked_for {
                self.add(chatbot, scope.clone(), "handoffs", by);
            }
            if closed && asked_for {
                self.add(chatbot, scope, "closed_after_handoff", by);
            }
        }
        for bucket in TimeBucket::ALL {
            self.add(chatbot, bucket.scope(at), &bucket.counter(at), by);
        }
        let cell = visitors::cell(of);
        let scope = Scope::Visitors(at.day(), visitors::part(cell));
        self.add(chatbot, scope, &format!("v{cell}"), by);
    }

    /// A turn as it is (`1`) or was (`-1`), without its question.
    pub fn turn(&mut self, of: &Turn, by: i64) {
        let rated = |rating: i8| of.rating == Some(rating);
        let counted = [
            ("unanswered", of.unanswered),
            ("positive", rated(1)),
            ("negative", rated(-1)),
            ("opened_unanswered", of.opens() && of.unanswered),
            ("opened_helpful", of.opens() && rated(1)),
            ("opened_unhelpful", of.opens() && rated(-1)),
        ];
        // What AI backends did: numbers of tokens too.
        let of_backend = of.backend.as_ref().map(|backend| {
            [
                ("backend_turns", 1),
                ("backend_failures", i64::from(backend.failed())),
                ("input_tokens", i64::from(backend.input_tokens)),
                ("output_tokens", i64::from(backend.output_tokens)),
            ]
        });
        for scope in [Scope::Total, Scope::Day(of.asked_at.day())] {
            self.add(of.chatbot_id, scope.clone(), "messages", 2 * by);
            for (counter, number) in of_backend.into_iter().flatten() {
                self.add(of.chatbot_id, scope.clone(), counter, number * by);
            }
            for (counter, _) in counted.iter().filter(|(_, counts)| *counts) {
                self.add(of.chatbot_id, scope.clone(), counter, by);
            }
        }
    }

    /// The question of a turn was asked (`1`) or is taken back (`-1`).
    pub fn question(&mut self, of: &Turn, by: i64) {
        let kinds = [Some(QuestionKind::Asked), of.unanswered.then_some(QuestionKind::Unanswered)];
        for kind in kinds.into_iter().flatten() {
            let key = (of.chatbot_id, kind, of.asked_at.day());
            self.questions.entry(key).or_default().push((of.question.clone(), by));
        }
    }

    /// A turn is as it is now, or (`there` is false) gone: its conversation is listed accordingly.
    pub fn mark(&mut self, of: &Turn, there: bool) {
        if let Some(mark) = Mark::of(of).filter(|_| of.opens()) {
            let mark = there.then_some(mark);
            self.marks.insert(of.conversation_id, (of.chatbot_id, mark));
        }
    }

    /// A lead that is there (`1`) or gone (`-1`).
    pub fn lead(&mut self, of: &Lead, by: i64) {
        for scope in [Scope::Total, Scope::Day(of.created_at.day())] {
            self.add(of.chatbot_id, scope, "leads", by);
        }
    }

    /// A conversation whose time was over is gone. Lists no longer have it; what it counted for stays, as
    /// expired.
    pub fn expired_conversation(&mut self, of: &Conversation) {
        self.expire(|removed| removed.conversation(of, -1));
    }

    /// The same of a turn of such a conversation, whose question stays counted too.
    pub fn expired_turn(&mut self, of: &Turn) {
        self.expire(|removed| removed.turn(of, -1));
        self.mark(of, false);
    }

    /// The same of a lead.
    pub fn expired_lead(&mut self, of: &Lead) {
        self.expire(|removed| removed.lead(of, -1));
    }

    fn expire(&mut self, remove: impl FnOnce(&mut Self)) {
        let mut removed = Self::default();
        remove(&mut removed);
        for ((chatbot, scope), counters) in removed.counters {
            let is_kept = |name: &str| match scope {
                Scope::Total | Scope::Day(_) => is_statistic(name),
                Scope::Hour(_) | Scope::Minute(_) | Scope::Visitors(..) => false,
            };
            for (name, by) in counters {
                // Who visited on a day is counted once and for all.
                if matches!(scope, Scope::Visitors(..)) {
                    continue;
                }
                if is_kept(&name) {
                    self.add(chatbot, scope.clone(), &format!("{EXPIRED}{name}"), -by);
                }
                self.add(chatbot, scope.clone(), &name, by);
            }
        }
    }

    /// How many items it changes.
    pub fn items(&self) -> usize {
        self.counters.len() + self.questions.len() + self.marks.len()
    }

    /// How many days' questions it changes.
    pub fn sketches(&self) -> usize {
        self.questions.len()
    }

    /// How many counters it changes in one item at most.
    pub fn widest(&self) -> usize {
        self.counters.values().map(BTreeMap::len).max().unwrap_or(0)
    }

    /// Leaves what is counted of `chatbot` alone; what was listed goes all the same.
    pub fn forget(&mut self, chatbot: ChatbotId) {
        self.counters.retain(|(of, _), _| *of != chatbot);
        self.questions.retain(|(of, ..), _| *of != chatbot);
        self.marks.retain(|_, (of, mark)| *of != chatbot || mark.is_none());
    }

    /// What is zero is left out: a change that counts nothing writes nothing.
    fn add(&mut self, chatbot: ChatbotId, scope: Scope, counter: &str, by: i64) {
        let key = (chatbot, scope);
        let counters = self.counters.entry(key.clone()).or_default();
        let count = counters.entry(counter.to_owned()).or_default();
        *count += by;
        if *count == 0 {
            counters.remove(counter);
        }
        if counters.is_empty() {
            self.counters.remove(&key);
        }
    }
}
