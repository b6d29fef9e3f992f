//! Which questions are asked most, counted in bounded memory: Space-Saving with removals.
//!
//! A sketch holds up to [`ENTRIES`] questions. Until a day has had more different ones than that,
//! its counts are exact. From then on a new question takes the place of the one asked least, and
//! begins with a count that it can't have exceeded: at most a hundredth of all that were asked that
//! day. So a count is too high by that much at most, and never too low; what was asked more
//! often than that is there.

use std::collections::BTreeMap;

use crate::conversation::shorten;

/// Questions that a sketch holds.
pub const ENTRIES: usize = 100;
/// How much of a question is kept, in characters.
pub const TEXT: usize = 200;

/// Questions that are alike but for case, punctuation and white space have the same form. It is
/// that of what is kept of them, so that the kept text leads to it again.
pub fn form(question: &str) -> String {
    let kept = shorten(question, TEXT).to_lowercase();
    let words: Vec<&str> =
        kept.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { kept.split_whitespace().collect() } else { words.join(" ") }
}

/// A question and how often it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// As it was first asked, shortened to [`TEXT`] characters.
    pub question: String,
    /// How often, at most.
    pub count: u64,
    /// By how much that may be too high.
    pub error: u64,
}

/// The questions of one day that were asked most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// In no order.
    pub entries: Vec<Asked>,
    /// What a question that is not there may have been asked at most.
    pub floor: u64,
}

impl Sketch {
    /// Whether it counts nothing at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How often a question of this form was asked, at most; 0 where it is not there.
    pub fn count(&self, form: &str) -> u64 {
        self.place(form).map_or(0, |at| self.entries[at].count)
    }

    fn place(&self, wanted: &str) -> Option<usize> {
        self.entries.iter().position(|entry| form(&entry.question) == wanted)
    }

    /// It was asked.
    pub fn add(&mut self, question: &str) {
        if let Some(at) = self.place(&form(question)) {
            self.entries[at].count += 1;
            return;
        }
        if self.entries.len() >= ENTRIES {
            let least = self.entries.iter().enumerate().min_by_key(|(_, entry)| entry.count);
            if let Some((at, count)) = least.map(|(at, entry)| (at, entry.count)) {
                self.floor = self.floor.max(count);
                self.entries.swap_remove(at);
            }
        }
        self.entries.push(Asked {
            question: shorten(question, TEXT),
            count: self.floor + 1,
            error: self.floor,
        });
    }

    /// It was asked, and that is taken back. One that is not there is in no count.
    pub fn remove(&mut self, question: &str) {
        let Some(at) = self.place(&form(question)) else { return };
        let entry = &mut self.entries[at];
        entry.count = entry.count.saturating_sub(1);
        if entry.count <= entry.error {
            self.entries.remove(at);
        }
    }
}

/// The `most` questions asked most over several days, oldest day first.
pub fn top(days: &[Sketch], most: usize) -> Vec<Asked> {
    let mut by_form: BTreeMap<String, Asked> = BTreeMap::new();
    for entry in days.iter().flat_map(|day| &day.entries) {
        by_form
            .entry(form(&entry.question))
            .and_modify(|known| {
                known.count += entry.count;
                known.error += entry.error;
            })
            .or_insert_with(|| entry.clone());
    }
    let mut all: Vec<Asked> = by_form.into_values().collect();
    // Those asked equally often stay in the order of their forms.
    all.sort_by_key(|asked| std::cmp::Reverse(asked.count));
    all.truncate(most);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn questions_are_grouped_and_shown_as_first_asked() {
        let mut day = Sketch::default();
        for question in ["What's  your pricing?", "WHAT'S YOUR PRICING", "what s your\npricing!?"] {
            day.add(question);
        }
        day.add("¿Cuánto?");
        day.add("???");
        day.add("!");
        let mut other = Sketch::default();
        other.add("whats your pricing?");
        other.add("what's your pricing");
        let found = top(&[day, other], 2);
        let first = Asked { question: "What's  your pricing?".into(), count: 4, error: 0 };
        assert_eq!(found[0], first);
        assert_eq!((found.len(), found[1].count), (2, 1));
        assert_eq!(form(&"ü".repeat(5_000)), form(&"Ü".repeat(300)));
        let long = "Is it open on a Monday? ".repeat(40);
        assert_eq!(form(&long), form(&shorten(&long, TEXT)));
    }

    #[test]
    fn a_count_is_never_too_low_nor_higher_than_its_error() {
        let (mut sketch, mut exact) = (Sketch::default(), HashMap::<u64, u64>::new());
        let (mut state, mut n) = (7u64, 0u64);
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let random = state >> 33;
            // A few are asked often, a thousand now and then.
            let id = if random % 3 == 0 { random / 3 % 20 } else { 100 + random / 3 % 1_000 };
            let known = exact.get(&id).copied().unwrap_or(0);
            if random % 7 == 0 && known > 0 {
                sketch.remove(&format!("q{id}"));
                exact.insert(id, known - 1);
            } else {
                sketch.add(&format!("q{id}"));
                exact.insert(id, known + 1);
                n += 1;
            }
        }
        assert_eq!(sketch.entries.len(), ENTRIES);
        assert!(sketch.floor <= n / 100, "{} of {n}", sketch.floor);
        for (id, count) in exact {
            let found = sketch.entries.iter().find(|e| e.question == format!("q{id}"));
            match found {
                Some(e) => assert!(count <= e.count && e.count - e.error <= count, "{id}: {e:?}"),
                None => assert!(count <= sketch.floor, "{id}: {count}"),
            }
        }
    }

    #[test]
    fn what_is_taken_back_is_gone() {
        let mut sketch = Sketch::default();
        sketch.add("One?");
        sketch.add("one");
        sketch.remove("ONE!");
        assert_eq!(sketch.count("one"), 1);
        sketch.remove("one");
        sketch.remove("one");
        assert!(sketch.is_empty());
    }
}
