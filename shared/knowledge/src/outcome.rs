//! The outcome of a search by how sure it is: an answer, an offer, or a refusal.

use domain::{
    Citation,
    chatbot::{DEFAULT_NEAR_THRESHOLD, DEFAULT_THRESHOLD},
};

/// A question or a heading that a visitor may have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The question of a pair, or a heading. Asked as it is, it is answered.
    pub text: String,
    /// Where its answer is from.
    pub citation: Citation,
}

/// How likely all that is offered has to be together, beside the threshold of one.
const TOGETHER: f64 = 1.5;

/// From which confidence on a search answers, and from which on it offers; from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// At least so sure is sure.
    pub answer: f64,
    /// At least so sure is near. One above `answer` is as if it were that.
    pub near: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { answer: DEFAULT_THRESHOLD, near: DEFAULT_NEAR_THRESHOLD }
    }
}

/// What is done with what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchOutcome {
    /// It answers.
    Sure,
    /// It may be what was meant: the visitor is asked.
    Near,
    /// It is about something else, or there is nothing.
    Refused,
}

impl Thresholds {
    /// The outcome of this confidence, where what can be offered is meant with the likelihood `offered`: 0 if
    /// there is nothing to offer. Where several entries are about the question each has a share of it, and
    /// the offers are likely together though none is by itself.
    pub fn outcome(&self, confidence: f64, offered: f64) -> SearchOutcome {
        let is_near = confidence >= self.near || offered >= TOGETHER * self.near;
        if confidence > 0.0 && confidence >= self.answer {
            SearchOutcome::Sure
        } else if confidence > 0.0 && offered > 0.0 && is_near {
            SearchOutcome::Near
        } else {
            SearchOutcome::Refused
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_three_outcomes() {
        let of = |confidence, offered| Thresholds::default().outcome(confidence, offered);
        assert_eq!(of(0.5, 0.0), SearchOutcome::Sure);
        assert_eq!(of(0.49, 0.49), SearchOutcome::Near);
        assert_eq!(of(0.49, 0.0), SearchOutcome::Refused);
        assert_eq!(of(0.19, 0.29), SearchOutcome::Refused);
        assert_eq!(of(0.11, 0.31), SearchOutcome::Near, "one of three alike");
        let all = Thresholds { answer: 0.0, near: 0.0 };
        assert_eq!(all.outcome(0.0, 0.9), SearchOutcome::Refused, "nothing was found");
        let never = Thresholds { answer: 0.2, near: 0.6 };
        assert_eq!(never.outcome(0.3, 0.9), SearchOutcome::Sure);
    }
}
