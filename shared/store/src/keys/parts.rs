//! What keys are made of beside ids.

use domain::Turn;

/// Which questions a sketch counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuestionKind {
    /// All of them.
    Asked,
    /// Those that nothing relevant was found for.
    Unanswered,
}

impl QuestionKind {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Asked, Self::Unanswered];

    /// The name as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Unanswered => "unanswered",
        }
    }
}

/// What a conversation's first turn is listed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Nothing relevant was found for its question.
    pub unanswered: bool,
    /// 1 or -1, once rated.
    pub rating: Option<i8>,
}

impl Mark {
    /// That of `turn`; none where it is listed by nothing.
    pub(crate) fn of(turn: &Turn) -> Option<Self> {
        let mark = Self { unanswered: turn.unanswered, rating: turn.rating };
        (mark.unanswered || mark.rating.is_some()).then_some(mark)
    }
}
