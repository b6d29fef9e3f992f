//! The measure of article-extraction-benchmark's `evaluate.py`: runs of four words, a page's counts
//! normalized so that a long one weighs no more, precision and recall averaged over pages.

use std::{collections::HashMap, fmt};

const RUN: usize = 4;

/// How alike texts and truths are, each figure from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Of what was found, how much is true.
    pub precision: f64,
    /// Of what is true, how much was found.
    pub recall: f64,
}

impl Score {
    /// Of pairs of truth and text.
    pub fn of<'a>(pages: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut precisions, mut recalls) = (Vec::new(), Vec::new());
        for (truth, text) in pages {
            let (both, found, truly) = counts(truth, text);
            if found > 0 {
                precisions.push(f64::from(both) / f64::from(found));
            }
            if truly > 0 {
                recalls.push(f64::from(both) / f64::from(truly));
            }
        }
        Self { precision: mean(&precisions), recall: mean(&recalls) }
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} | {:.3} | {:.3}", self.f1(), self.precision, self.recall)
    }
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// Its words, as Python's `\w+` finds them but for marks that some scripts put on letters.
pub fn tokens(text: &str) -> Vec<&str> {
    let apart = |c: char| !c.is_alphanumeric() && c != '_';
    text.split(apart).filter(|word| !word.is_empty()).collect()
}

/// Runs of words that both have, that the text has, that the truth has.
fn counts(truth: &str, text: &str) -> (u32, u32, u32) {
    let (truth, text) = (tokens(truth), tokens(text));
    let (true_runs, text_runs) = (runs(&truth), runs(&text));
    let both = text_runs.iter().map(|(run, count)| true_runs.get(run).map_or(0, |n| *n.min(count)));
    (both.sum(), text_runs.values().sum(), true_runs.values().sum())
}

fn runs<'a, 'b>(words: &'b [&'a str]) -> HashMap<&'b [&'a str], u32> {
    let mut runs = HashMap::new();
    let whole = Some(words).filter(|words| !words.is_empty() && words.len() < RUN);
    for run in words.windows(RUN).chain(whole) {
        *runs.entry(run).or_insert(0) += 1;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(truth: &str, text: &str) -> (f64, f64) {
        let Score { precision, recall } = Score::of([(truth, text)].into_iter());
        (precision, recall)
    }

    // The expected figures are evaluate.py's own.
    #[test]
    fn runs_of_four_words_are_compared() {
        assert_eq!(score("a b c d e f", "a b c d e f"), (1.0, 1.0));
        assert_eq!(score("a b c d e f", "a b c d"), (1.0, 1.0 / 3.0));
        assert_eq!(score("a b c d", "x a, b - c d y"), (1.0 / 3.0, 1.0));
        assert_eq!(score("a b", "a b"), (1.0, 1.0));
        assert_eq!(score("a b c d", ""), (0.0, 0.0));
    }

    #[test]
    fn precision_and_recall_are_means_over_pages() {
        let pages = [("a b c d", "a b c d"), ("a b c d e", "a b c d z")];
        let score = Score::of(pages.into_iter());
        assert_eq!((score.precision, score.recall, score.f1()), (0.75, 0.75, 0.75));
        assert_eq!(score.to_string(), "0.750 | 0.750 | 0.750");
    }
}
