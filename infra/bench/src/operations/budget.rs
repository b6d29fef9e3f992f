//! What an operation may cost, whatever the size, and why some cost more.

use super::{Background, Measured, Row};

/// The lists of conversations, whose pages are to cost about the same wherever they lie.
pub const PAGED: [&str; 4] = [
    "conferbot GET /api/v1/external/v1/chatbots/{id}/responses",
    "chatbotplatform GET /v1/bots/{bot_id}/conversations",
    "botplot GET /api/v1/conversations",
    "helpbot GET /api/v1/conversations",
];

/// How much more read units a page far down may cost.
pub const FARTHER: f64 = 3.0;

/// Write units that a worker may consume for a turn that comes alone.
pub const ALONE: f64 = 24.0;

/// What an operation is, as far as budgets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It answers a question.
    Turn,
    /// It lists up to twenty.
    List,
    /// It reads one resource.
    One,
    /// It is something else, which has no budget.
    Other,
}

/// Read units, write units and round trips at most.
pub type Budget = (f64, f64, u32);

impl Class {
    /// That of an operation.
    pub fn of(operation: &str) -> Self {
        let name = operation.split(',').next().unwrap_or_default();
        let (_, path) = name.rsplit_once(' ').unwrap_or_default();
        let reads = name.contains(" GET ");
        let counts = ["analytics", "usage"].iter().any(|word| path.contains(word));
        match (reads, path) {
            (false, "/api/v1/chat" | "/api/v1/chat/stream") => Self::Turn,
            (false, _) => Self::Other,
            (true, _) if counts => Self::Other,
            (true, path) if path.ends_with('}') || path.ends_with("/config") => Self::One,
            (true, _) => Self::List,
        }
    }

    /// What it may cost.
    pub fn budget(self) -> Option<Budget> {
        match self {
            Self::Turn => Some((4.0, 8.0, 4)),
            Self::List => Some((12.0, 1.0, 3)),
            Self::One => Some((2.0, 1.0, 2)),
            Self::Other => None,
        }
    }
}

/// Operations that may be over, and why.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "conferbot GET /api/v1/external/v1/chatbots/{id}/responses",
        "each row carries its whole record, which is another read",
    ),
    ("helpbot GET /api/v1/conversations", "each row carries question and answer, another item"),
    ("conferbot GET /api/v1/external/v1/chatbots/{id}", "it has the count of its responses"),
    (
        "conferbot GET /api/v1/external/v1/chatbots/{id}/responses/{responseId}",
        "chatbot, conversation and turns",
    ),
    (
        "conferbot GET /api/v1/external/v1/webhooks",
        "pointers, then the webhooks, then the names of their chatbots",
    ),
    ("chatbotplatform GET /v1/conversations/{id}", "whose it is is found by its first turn"),
    ("botplot GET /api/v1/knowledge/{sourceId}", "it has its passages"),
    ("botplot GET /api/v1/conversations/{id}", "it has its turns"),
    ("helpbot GET /api/v1/config", "the chatbot's name serves as the bot's until that is set"),
];

/// Why an operation may be over its budget.
pub fn explanation(operation: &str) -> Option<&'static str> {
    EXPLAINED.iter().find(|(explained, _)| *explained == operation).map(|(_, why)| *why)
}

/// Whether a row is within its budget; `None` where it has none.
pub fn is_within(row: &Row) -> Option<bool> {
    let (most_read, most_write, most_trips) = Class::of(&row.operation).budget()?;
    let (read, write, trips) = row.units?;
    Some(read <= most_read && write <= most_write && trips <= most_trips)
}

/// How much more read units the dearest of a list's pages takes than the fifth one.
pub fn farther(measured: &Measured, list: &str) -> Option<f64> {
    let read = |row: &Row| row.units.map(|(read, ..)| read);
    let pages = || measured.pages.iter().filter(|(of, page, _)| *of == list && *page >= 5);
    let near = pages().min_by_key(|(_, page, _)| *page).and_then(|(.., row)| read(row))?;
    pages().filter_map(|(.., row)| read(row)).map(|far| far / near).reduce(f64::max)
}

/// What is over at one size though nothing explains it.
pub fn broken(measured: &Measured) -> Vec<String> {
    let size = measured.size;
    // The way down to a page takes a few reads more, which are bounded otherwise.
    let pages = measured.pages.iter().filter(|(_, page, _)| *page == 1).map(|(.., row)| row);
    let mut broken: Vec<String> = measured
        .rows
        .iter()
        .chain(pages)
        .filter(|row| is_within(row) == Some(false) && explanation(&row.operation).is_none())
        .map(|row| format!("{} at {size}: {:?}", row.operation, row.units))
        .collect();
    for list in PAGED {
        let more = farther(measured, list).filter(|more| *more > FARTHER);
        broken.extend(more.map(|more| format!("{list} at {size}: a page takes {more:.1} ×")));
    }
    let dear = measured.background.iter().filter(|b| b.turns == 1 && b.write > ALONE);
    broken.extend(dear.map(|Background { worker, write, .. }| {
        format!("{worker} at {size}: {write} write units for a turn")
    }));
    broken
}
