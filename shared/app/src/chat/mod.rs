//! The conversation engine: a visitor's message becomes an answer and a stored turn. Ratings of
//! answers and leads are here too.
//!
//! # Actors
//!
//! - [`turn`]: one [`domain::conversation::ChatRequest`] from any door becomes one
//!   [`domain::Turn`]. It loads chatbot and conversation in parallel, takes quota, lets the question be
//!   answered, and stores turn and conversation in one transaction. It runs on a task of its own and
//!   reports [`turn::TurnEvent`]s: a door that streams forwards them, one that doesn't collects them.
//! - `plan`: decides where the answer comes from, and makes it. `stream`: the events of a turn.
//! - [`retrieve`]: a [`retrieve::Retriever`] finds what the chatbot knows about the question, in memory
//!   ([`retrieve::InMemory`]) or with the table's vector index ([`retrieve::VectorTable`]).
//! - [`search`]: what was found as a text, for models with tools.
//! - `backends`: asks the chatbot's own AI backends through `crate::integrations`, and turns what they say
//!   into a reply with the sources that it used.
//! - `answer`: drives an [`ai::Answerer`] to an outcome: answered, or refused. It is asked only with
//!   passages above the chatbot's confidence threshold; a pair that asks the same is given word for word.
//! - `respond`: what the engine says by itself: small talk, a pair, "did you mean" where it is not sure,
//!   a refusal in the visitor's language; and what is searched for a message that leaves out what the
//!   last two turns said.
//! - [`search_report`]: which entries a search looked at and what was seen of each, without a turn.
//! - [`explain`]: what a question finds and leads to, for its owner; nothing is stored.
//! - `rewrite`: such a message as a question of its own, by one short request to the chatbot's model.
//! - `traces`: what led to an answer, kept for the owner where the chatbot's settings say so.
//! - `history`: the conversation so far, bounded by tokens, for answerers that read it.
//!
//! # States of a turn
//!
//! ```text
//! loaded -> quota taken -> fixed text (small talk, pair, offer, refusal) ----> stored -> Completed
//!                     \--> answerer: Delta* -> Done (answered or refused) --/
//!                     \--> backends: no text, all failed -> fixed text -----/
//!                     \--> backends: Delta* -> broken off --> stored, marked incomplete -> Failed
//! ```
//!
//! # Crashes
//!
//! Nothing is written before the answer is complete: a process that dies earlier leaves no trace but
//! the quota that was taken, and the client sees its connection break. Turn and conversation are one
//! transaction, so a conversation is never without its turn. A client that goes away takes only its
//! connection along: the task goes to its end and the turn is stored. Everything that follows from a
//! turn (statistics, webhooks, mail) is derived from the table's stream.

mod answer;
mod backends;
pub mod explain;
mod history;
pub mod leads;
mod plan;
pub mod ratings;
mod respond;
pub mod retrieve;
mod rewrite;
pub mod search;
pub mod search_report;
mod searches;
mod stream;
#[cfg(test)]
mod test_turn;
mod traces;
pub mod turn;
