//! Questions that nothing relevant was found for: grouped by what they ask, and answered by the
//! chatbot's owner, once for the whole group.

use crate::{GroupId, Result, SourceId, Timestamp, bounds, source::QaPair};

/// How many days a list of groups looks back by default.
pub const DAYS: u32 = 30;
/// How many it may look back.
pub const DAYS_BOUNDS: (u32, u32) = (1, 90);
/// How many of its questions a group shows.
pub const EXAMPLES: usize = 5;

/// Questions that ask the same thing in about the same words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The same for the same questions of a chatbot, whenever it is looked at.
    pub id: GroupId,
    /// The one that was asked most, as it was first asked.
    pub question: String,
    /// How often they were asked, together; too high by as much as the days' counts are.
    pub count: u64,
    /// Different ones, most asked first: up to [`EXAMPLES`].
    pub examples: Vec<String>,
    /// The UTC day on which one of them was asked last, as `2026-02-15`.
    pub last_asked: String,
}

/// That a group has got its answer. What was asked up to that day is not listed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnsweredGroup {
    /// The group.
    pub group: GroupId,
    /// The pair that answers it.
    pub source: SourceId,
    /// When.
    pub at: Timestamp,
}

/// What a group is answered with, its bounds checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAnswer {
    /// The question to answer, unless it is the group's own.
    pub question: Option<String>,
    /// What visitors are told, word for word.
    pub answer: String,
}

impl GroupAnswer {
    /// Checks the bounds, which are those of a [`QaPair`].
    pub fn new(question: Option<&str>, answer: Option<&str>) -> Result<Self> {
        let question =
            question.map(|text| bounds::text("question", text, bounds::QUESTION)).transpose()?;
        let answer = bounds::required("answer", answer)?;
        Ok(Self { question, answer: bounds::text("answer", answer, bounds::ANSWER)? })
    }

    /// The pair that answers `group`: the ways in which it was asked are those of the pair.
    pub fn pair(&self, group: &Group) -> QaPair {
        let question = self.question.as_ref().unwrap_or(&group.question).clone();
        let alternatives = group.examples.iter().filter(|example| **example != question).cloned();
        QaPair { alternatives: alternatives.collect(), question, answer: self.answer.clone() }
    }
}
