//! Other forms of an Arabic word of a question: with other words written together with it ("and the book"), and
//! its root in another pattern ("library"), which share no ending that a stemmer knows.
//!
//! Such a form is worth less than the word itself, and none is worth more because it is rare: it is what all
//! forms of the word are worth together, as if they were one term (after Pirkola, "The effects of query structure
//! and dictionary setups in dictionary-based cross-language information retrieval", 1998).

use std::cmp::Reverse;

use crate::{
    index::{Index, MIN_ENTRIES, TermKind, idf},
    question::{Asked, NONE},
};

/// What the impact of a word counts for that differs in its clitics alone, and of one of the same root, which may
/// well mean something else.
const OTHER_CLITICS: f32 = 0.7;
const SAME_ROOT: f32 = 0.3;
/// Forms of one word that are looked for, the most frequent first.
const MAX_FORMS: usize = 24;

impl Index {
    /// Looks the words of `asked` that are in Arabic up by their other forms too.
    pub(crate) fn ask_forms(&self, asked: &mut Asked) {
        for at in 0..asked.words.len() {
            let word = &asked.words[at];
            if word.is_function || word.plain.is_ascii() {
                continue;
            }
            let forms = self.forms(&word.plain);
            let place = u16::try_from(at).unwrap_or(NONE);
            for (term, quality) in forms {
                asked.add_term(term, place, quality);
            }
        }
    }

    /// The terms of all forms of a plain word, with what the impact of each counts for.
    fn forms(&self, plain: &str) -> Vec<(u32, f32)> {
        let bare = self.words_with_bare_form(plain).map(|word| (word, false));
        let words = bare.chain(self.words_with_root(plain).map(|word| (word, true)));
        let form = |(word, by_root): (u32, bool)| {
            let term = self.term_of(word);
            let lower = &*self.vocabulary.words.get(word as usize)?.lower;
            let kind = self.vocabulary.kinds.get(term as usize)?;
            (*kind == TermKind::Content).then_some((term, by_root, lower))
        };
        let mut forms: Vec<(u32, bool, &str)> = words.filter_map(form).collect();
        forms.sort_unstable();
        forms.dedup_by_key(|(term, ..)| *term);
        let count = |term: u32| self.postings(term).len();
        // Of those as frequent the first by its letters: which was read first is chance.
        forms.sort_unstable_by_key(|(term, _, lower)| (Reverse(count(*term)), *lower));
        forms.truncate(MAX_FORMS);
        let entries = self.len().max(MIN_ENTRIES) as f32;
        let together: usize = forms.iter().map(|(term, ..)| count(*term)).sum();
        let worth = idf(entries, (together as f32).min(entries));
        let weighed = forms.into_iter().map(|(term, by_root, _)| {
            let own = self.weights.get(term as usize).copied().unwrap_or_default();
            let quality = if by_root { SAME_ROOT } else { OTHER_CLITICS };
            (term, quality * (worth / own.max(f32::MIN_POSITIVE)).min(1.0))
        });
        weighed.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{SourceId, source::Chunk};

    use super::*;
    use crate::segment::Segment;

    fn index(texts: &[&str]) -> Index {
        let chunk = |text: &&str| Chunk { content: (*text).to_owned(), ..Chunk::default() };
        let chunks: Vec<Chunk> = texts.iter().map(chunk).collect();
        Index::new([(SourceId::new(), Arc::new(Segment::build(&chunks)))], [])
    }

    #[test]
    fn an_arabic_word_is_found_with_other_clitics_and_in_other_patterns() {
        let index = index(&[
            "بني الملعب في المدينة",
            "تفتح المدارس في الصباح",
            "يباع الخبز وباللحم كل يوم",
        ]);
        for (asked, entry) in [("مدرسة", 1), ("والمدرسة", 1), ("ملاعب", 0), ("اللحم", 2)]
        {
            let found = index.rank(asked, None, 3).hits;
            assert_eq!(found.first().map(|hit| hit.entry), Some(entry), "{asked}");
        }
    }

    #[test]
    fn a_form_counts_for_less_than_the_word_and_for_no_more_because_it_is_rare() {
        let index = index(&["مدرسة", "مدرسة", "مدرسة", "مدارس", "والمدرسة"]);
        let asked = index.asked("مدرسة");
        let quality = |written: &str| {
            let word = index.vocabulary.spelled(written).next().unwrap();
            let of_word = |term: &&crate::question::AskedTerm| term.term == index.term_of(word);
            asked.terms.iter().find(of_word).unwrap().quality
        };
        assert_eq!(quality("مدرسة"), 1.0);
        assert!(quality("مدارس") < SAME_ROOT, "{}", quality("مدارس"));
        assert!(quality("والمدرسة") > quality("مدارس"));
        let worth = |written: &str| {
            let term = index.term_of(index.vocabulary.spelled(written).next().unwrap());
            index.weights[term as usize] * quality(written)
        };
        assert!(worth("مدارس") < SAME_ROOT * worth("مدرسة"));
    }

    #[test]
    fn words_in_other_letters_have_no_forms() {
        let index = index(&["schools", "школы"]);
        for word in ["school", "школа", "学校"] {
            assert!(index.forms(word).is_empty(), "{word}");
        }
    }
}
