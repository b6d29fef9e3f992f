//! How many different visitors there were, counted in bounded memory.
//!
//! A visitor leads to one of [`BUCKETS`] times [`LEVELS`] cells, each level half as likely as the
//! one before (probabilistic counting, after Flajolet and Martin). How many cells are taken says how
//! many visitors there were, with a standard error of 0.69 / √1024 = 2.2 %; up to some dozen are
//! exact as a rule. A cell counts the conversations that led to it, so that one that is deleted can
//! be taken out again, and days are put together by their cells.

use std::collections::BTreeSet;

use crate::{ChatbotId, Conversation, MessageId};

/// Buckets of cells.
pub const BUCKETS: u32 = 1_024;
/// Cells in a bucket.
pub const LEVELS: u32 = 32;
/// A day's cells are kept in this many parts, to keep each write small.
pub const PARTS: u32 = 8;

/// Who a conversation is with: the visit's session where the client gave no visitor's id.
fn visitor(conversation: &Conversation) -> &str {
    conversation.session_id.as_deref().unwrap_or(&conversation.visitor_id)
}

/// The cell that the visitor of `conversation` leads to.
pub fn cell(conversation: &Conversation) -> u32 {
    cell_of(conversation.chatbot_id, visitor(conversation))
}

fn cell_of(chatbot: ChatbotId, visitor: &str) -> u32 {
    let hash = MessageId::derived(&["visitor", &chatbot.to_string(), visitor]).uuid().as_u128();
    let bucket = u32::try_from(hash >> 118).unwrap_or(0);
    bucket * LEVELS + hash.trailing_zeros().min(LEVELS - 1)
}

/// The part that a cell is kept in.
pub fn part(cell: u32) -> u32 {
    cell / LEVELS % PARTS
}

/// How many visitors take this many cells, as a rule.
pub fn estimate(cells: &BTreeSet<u32>) -> u64 {
    let taken = u32::try_from(cells.len()).unwrap_or(u32::MAX);
    if taken == 0 {
        return 0;
    }
    let expected = |visitors: f64| -> f64 {
        (0..LEVELS)
            .map(|level| {
                let share = 0.5f64.powi(i32::try_from((level + 1).min(LEVELS - 1)).unwrap_or(31));
                let chance = share / f64::from(BUCKETS);
                f64::from(BUCKETS) * -(visitors * (-chance).ln_1p()).exp_m1()
            })
            .sum()
    };
    let (mut low, mut high) = (0.0, 1e12);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if expected(middle) < f64::from(taken) { low = middle } else { high = middle }
    }
    // Rounded and far below the end of the type.
    format!("{:.0}", high).parse().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_exact_and_many_within_three_standard_errors() {
        let chatbot: ChatbotId = "0197a000-0000-7000-8000-000000000001".parse().unwrap();
        let mut cells = BTreeSet::new();
        let mut seen = 0u32;
        for (visitors, tolerance) in
            [(0, 0.0), (1, 0.0), (10, 0.0), (100, 0.05), (1_000, 0.07), (50_000, 0.07)]
        {
            while seen < visitors {
                cells.insert(cell_of(chatbot, &format!("visitor-{seen}")));
                // Coming again changes nothing.
                cells.insert(cell_of(chatbot, &format!("visitor-{}", seen / 2)));
                seen += 1;
            }
            let found = estimate(&cells) as f64;
            let off = (found - f64::from(visitors)).abs();
            assert!(off <= tolerance * f64::from(visitors), "{visitors}: {found}");
        }
        assert!(cells.iter().all(|cell| part(*cell) < PARTS && *cell < BUCKETS * LEVELS));
    }
}
