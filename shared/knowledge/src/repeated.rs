//! Lines that pages of one site repeat, such as "Was this helpful?": where each page is a source of its
//! own no crawl sees two of them, so they are found here and left out of what is quoted.

use std::collections::{HashMap, HashSet, hash_map::DefaultHasher};
use std::hash::{Hash, Hasher};

use crate::{
    index::Index,
    segment::Segment,
    text::{self, Stems},
};

/// Sources of one host that have a line, at least, and their share of that host's sources.
const MIN_SOURCES: usize = 3;
const MIN_SHARE: f32 = 0.5;
/// Characters of a line that is looked at: longer ones are text.
const MAX_LINE: usize = 120;
/// Lines at the beginning and the end of a page that are looked at.
const EDGE: usize = 6;
/// Sources that are looked at.
const MAX_SOURCES: usize = 2_000;
/// Words of lines that count something about the page itself; others with numbers are what the page
/// says.
const ABOUT_PAGE: &str = "ago updated modified published helpful useful votes views comments read likes shares \
    hilfreich aktualisiert geandert vor stimmen aufrufe kommentare lesezeit \
    utile actualizado hace util comentarios vistas mis jour commentaires aggiornato fa commenti visualizzazioni \
    atualizado comentarios nuttig bijgewerkt geleden полезн обновлено назад просмотров guncellendi once";

/// Lines of a host, by their hashes.
#[derive(Default)]
pub(crate) struct RepeatedLines(HashSet<u64>);

impl RepeatedLines {
    pub fn of<'s>(segments: impl Iterator<Item = &'s Segment>) -> Self {
        let mut sources: HashMap<String, usize> = HashMap::new();
        let mut lines: HashMap<(String, u64), usize> = HashMap::new();
        for segment in segments.take(MAX_SOURCES) {
            let Some(host) = host(segment, 0) else { continue };
            *sources.entry(host.clone()).or_default() += 1;
            for line in edges(segment) {
                *lines.entry((host.clone(), line)).or_default() += 1;
            }
        }
        let is_repeated = |((host, _), count): &(&(String, u64), &usize)| {
            let all = sources.get(host).copied().unwrap_or_default();
            **count >= MIN_SOURCES && **count as f32 >= MIN_SHARE * all as f32
        };
        let repeated =
            lines.iter().filter(is_repeated).map(|((host, line), _)| of_host(host, *line));
        Self(repeated.collect())
    }

    /// `content` of a page of `host` without those that say nothing of what is asked by these terms.
    pub fn without(
        &self,
        content: String,
        url: Option<&str>,
        terms: &[(String, f32)],
        stems: &Stems,
    ) -> String {
        let Some(host) = url.and_then(host_of).filter(|_| !self.0.is_empty()) else {
            return content;
        };
        let says = |line: &str| {
            let mut own = stems.terms(line);
            own.any(|own| terms.iter().any(|(term, _)| *term == own))
        };
        let is_left_out = |line: &&str| {
            let hash = hash(line).map(|line| of_host(&host, line));
            hash.is_some_and(|hash| self.0.contains(&hash)) && !says(line)
        };
        if !content.lines().any(|line| is_left_out(&line)) {
            return content;
        }
        let kept: Vec<&str> = content.lines().filter(|line| !is_left_out(line)).collect();
        kept.join("\n")
    }
}

impl Index {
    /// Lines that pages of several sources repeat, once an answer is quoted.
    pub(crate) fn repeated_lines(&self) -> &RepeatedLines {
        self.repeated_lines.get_or_init(|| match self.parts.len() < MIN_SOURCES {
            true => RepeatedLines::default(),
            false => RepeatedLines::of(self.parts.iter().map(|part| &*part.segment)),
        })
    }
}

/// The lines at the beginning and the end of a source's pages, each once.
fn edges(segment: &Segment) -> HashSet<u64> {
    let url = |at: usize| segment.above(at).and_then(|(above, _)| above.url.as_deref());
    let last = segment.len().saturating_sub(1);
    let mut found = HashSet::new();
    for at in 0..segment.len() {
        let begins = at == 0 || url(at - 1) != url(at);
        let ends = at == last || url(at + 1) != url(at);
        if !(begins || ends) {
            continue;
        }
        let content = segment.content(at);
        let lines: Vec<&str> = content.lines().collect();
        let from = if ends { lines.len().saturating_sub(EDGE) } else { lines.len() };
        let to = if begins { EDGE.min(lines.len()) } else { 0 };
        found.extend(lines[..to].iter().chain(&lines[from..]).filter_map(|line| hash(line)));
    }
    found
}

/// What a line is known by, if it may be one that pages repeat: numbers aside where it counts something
/// about the page.
fn hash(line: &str) -> Option<u64> {
    let line = line.trim();
    if line.is_empty() || line.chars().count() > MAX_LINE || line.contains(" | ") {
        return None;
    }
    let has_digits = line.contains(|c: char| c.is_ascii_digit());
    let words: Vec<String> = text::words(line).collect();
    let counts = words.iter().any(|word| ABOUT_PAGE.split_whitespace().any(|one| one == word));
    if words.is_empty() || has_digits && !counts {
        return None;
    }
    let is_number = |word: &&String| word.starts_with(|c: char| c.is_ascii_digit());
    let mut hasher = DefaultHasher::new();
    words.iter().filter(|word| !is_number(word)).for_each(|word| word.hash(&mut hasher));
    Some(hasher.finish())
}

fn of_host(host: &str, line: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (host, line).hash(&mut hasher);
    hasher.finish()
}

fn host(segment: &Segment, at: usize) -> Option<String> {
    segment.above(at).and_then(|(above, _)| host_of(above.url.as_deref()?))
}

fn host_of(url: &str) -> Option<String> {
    url.split('/').nth(2).filter(|host| !host.is_empty()).map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use domain::source::Chunk;

    use super::*;

    fn page(path: &str, content: &str) -> Segment {
        Segment::build(&[Chunk {
            id: String::new(),
            content: content.to_owned(),
            headings: vec!["Help".into()],
            url: Some(format!("https://docs.example.com/{path}")),
            title: String::new(),
            tokens: 1,
            ..Chunk::default()
        }])
    }

    #[test]
    fn lines_that_pages_of_several_sources_repeat_are_left_out() {
        let pages = [
            page(
                "a",
                "Sails dry on the mast.\nStill stuck? Ask the crew\n41 of 52 sailors found this helpful",
            ),
            page(
                "b",
                "Ropes are coiled.\nStill stuck? Ask the crew\n7 of 9 sailors found this helpful",
            ),
            page(
                "c",
                "Anchors are heavy.\nLength 12 m\nStill stuck? Ask the crew\n3 of 4 sailors found this helpful",
            ),
        ];
        let repeated = RepeatedLines::of(pages.iter());
        let stems = Stems::default();
        let left = |at: usize, asked: &str| {
            let terms: Vec<(String, f32)> =
                stems.content_terms(asked).into_iter().map(|term| (term, 1.0)).collect();
            let url = pages[at].above(0).and_then(|(above, _)| above.url.clone());
            repeated.without(pages[at].content(0), url.as_deref(), &terms, &stems)
        };
        assert_eq!(left(0, "How do sails dry?"), "Sails dry on the mast.");
        assert_eq!(left(2, "How long is the chain?"), "Anchors are heavy.\nLength 12 m");
        assert!(
            left(1, "Where is the crew?").contains("Ask the crew"),
            "the question names the crew"
        );
        let two = RepeatedLines::of(pages.iter().take(2));
        let content = pages[0].content(0);
        assert_eq!(
            two.without(content.clone(), Some("https://docs.example.com/a"), &[], &stems),
            content
        );
    }
}
