//! Questions for a code, such as that of an error: a section that is headed by the code answers whatever
//! else is said about it.

use crate::{
    asks,
    index::Index,
    question::Asked,
    rank::{LOOKED_AT, Ranking},
    text,
};

/// Words that say something else and that a section lacks, at most.
const MAX_ELSE: usize = 2;

impl Index {
    /// The first passage of the only section that is headed by a code in the question.
    pub(crate) fn headed_by_code(
        &self,
        question: &str,
        asked: &Asked,
        ranking: &Ranking,
    ) -> Option<u32> {
        let words: Vec<String> = text::words(question).collect();
        let codes = codes(&words);
        // A measure of the thing that has the code is another question.
        if codes.is_empty() || asks::asks(&words).is_some() {
            return None;
        }
        let mut found: Option<(u32, &str)> = None;
        for hit in ranking.hits.iter().take(LOOKED_AT) {
            let Some(heading) = self.heading(hit.entry) else { continue };
            let is_headed = head(heading).is_some_and(|head| {
                let own: Vec<String> = text::words(head).collect();
                self::codes(&own).iter().any(|code| codes.contains(code))
            });
            match found {
                _ if !is_headed => {}
                Some((_, other)) if other != heading => return None,
                Some((entry, _)) if entry < hit.entry => {}
                _ => found = Some((hit.entry, heading)),
            }
        }
        let (entry, _) = found?;
        let mut own = Vec::new();
        self.each_word(entry, |word, _| own.push(self.term_of(word)));
        let is_there = |at: usize| {
            let of = |place: u16| usize::from(place) == at;
            let mut terms = asked.terms.iter().filter(|term| of(term.word) || of(term.also));
            terms.any(|term| own.contains(&term.term))
        };
        let others = asked
            .words
            .iter()
            .enumerate()
            .filter(|(at, word)| !word.is_function && word.weight > 0.0 && !is_there(*at));
        (others.count() <= MAX_ELSE).then_some(entry)
    }
}

/// Codes of letters and digits.
fn codes(words: &[String]) -> Vec<String> {
    let is_code = |code: &String| {
        code.contains(|c: char| c.is_ascii_digit())
            && code.contains(|c: char| c.is_ascii_alphabetic())
    };
    asks::codes(words).into_iter().filter(is_code).collect()
}

/// What is before the mark that parts a code from what it means: "E-7" of "E-7: No signal".
fn head(heading: &str) -> Option<&str> {
    const MAX_HEAD: usize = 16;
    let end = heading.find(": ").or_else(|| heading.find(" – ")).or_else(|| heading.find(" - "));
    let head = heading.get(..end.unwrap_or(heading.len()))?.trim();
    (head.chars().count() <= MAX_HEAD).then_some(head)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{SourceId, source::Chunk};

    use super::*;
    use crate::segment::Segment;

    #[test]
    fn a_section_that_a_code_heads_answers_questions_for_the_code() {
        let chunk = |(heading, content): (&str, &str)| Chunk {
            id: String::new(),
            content: content.to_owned(),
            headings: vec![heading.to_owned()],
            url: Some("https://example.com/kiln".into()),
            title: "Kiln".into(),
            tokens: 1,
            ..Chunk::default()
        };
        let chunks: Vec<Chunk> = [
            ("F-11: Door open", "The kiln does not heat while its door is open. Shut it firmly."),
            ("F-12: Too hot", "The sensor reads more than 1,300 degrees. Let the kiln cool down."),
            ("F-13: No current", "A fuse has blown. Replace it by one of 16 amperes."),
        ]
        .map(chunk)
        .into();
        let index = Index::new([(SourceId::new(), Arc::new(Segment::build(&chunks)))], []);
        let headed = |question: &str| {
            let asked = index.asked(question);
            let ranking = index.rank_asked(&asked, None, LOOKED_AT);
            index.headed_by_code(question, &asked, &ranking)
        };
        assert_eq!(headed("it shows F-12 again"), Some(1));
        assert_eq!(headed("F13"), Some(2));
        assert_eq!(headed("what is F 11 please"), Some(0));
        assert_eq!(headed("F-99 again"), None);
        assert_eq!(headed("the kiln is too hot"), None);
    }
}
