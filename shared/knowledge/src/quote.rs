//! What of a passage is quoted.

use std::collections::HashMap;

use domain::conversation::shorten;

use crate::text::{self, Stems};

/// What a line that is no sentence counts for, beside one that is.
const UNTOLD: f32 = 0.6;
/// Characters that a quotation has at least, if its passage has them.
const QUOTE: usize = 160;

/// The sentence that covers most of the question, whose terms have these weights, and those after
/// it until there is enough to read.
pub(crate) fn quote(content: &str, weights: &HashMap<String, f32>, stems: &Stems) -> String {
    let sentences: Vec<&str> = text::sentences(content).collect();
    let mut best = (0, -1.0);
    for (at, sentence) in sentences.iter().enumerate() {
        // Something told says more than a title or a line of code with the same words in it.
        let told = sentence.ends_with(['.', '!', '?']);
        let score = covered(sentence, weights, stems) * if told { 1.0 } else { UNTOLD };
        if score > best.1 {
            best = (at, score);
        }
    }
    if sentences.is_empty() {
        return shorten(content.trim(), 2 * QUOTE);
    }
    let mut quote = String::new();
    for sentence in sentences.iter().skip(best.0).take(3) {
        if quote.chars().count() >= QUOTE {
            break;
        }
        if !quote.is_empty() {
            quote.push(' ');
        }
        quote.push_str(sentence);
    }
    quote
}

fn covered(sentence: &str, weights: &HashMap<String, f32>, stems: &Stems) -> f32 {
    let mut there: Vec<String> = stems.terms(sentence).collect();
    there.sort_unstable();
    there.dedup();
    there.iter().filter_map(|term| weights.get(term)).sum()
}
