//! The sentence that states the fact which is wanted, where another one has more of the question: what is
//! quoted goes as far as that.

use super::{Scored, lines::Kind, lines::Line, table};

/// The likeliest of those sentences that tell the fact; nothing if the best one does itself.
pub(super) fn likeliest(
    scored: &[Scored<'_>],
    best: usize,
    tells: impl Fn(usize) -> bool,
) -> Option<usize> {
    if tells(best) {
        return None;
    }
    let telling = (0..scored.len()).rev().filter(|at| tells(*at));
    telling.max_by(|a, b| scored[*a].score.total_cmp(&scored[*b].score))
}

/// `quoted` with the sentence at `fact`, if that is not among it.
pub(super) fn added(
    lines: &[Line],
    scored: &[Scored<'_>],
    fact: Option<usize>,
    quoted: String,
) -> String {
    let Some(one) = fact.and_then(|at| scored.get(at)) else { return quoted };
    if quoted.is_empty() || quoted.contains(one.text) {
        return quoted;
    }
    let text = match lines[one.line].kind {
        Kind::Line if table::is_row(one.text) => table::sentence(one.text, None),
        Kind::Prose | Kind::Item | Kind::Line => one.text.to_owned(),
    };
    format!("{quoted}\n{text}")
}
