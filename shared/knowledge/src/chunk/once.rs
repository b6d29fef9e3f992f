//! What the pages of a site say over and over is kept once.

use std::collections::{HashMap, HashSet};

use domain::source::Chunk;

use crate::extract::is_notice;

/// Takes out of the passages of a site what most of its pages say, but where it is said first; and
/// everywhere what says nothing: a notice about cookies, a question to readers that no line answers. A
/// passage of nothing else is left without a word, so that it is never found; those before and behind it
/// keep their places.
pub fn say_repeated_lines_once(chunks: &mut [Chunk]) {
    /// Lines that are shorter, in characters, may be answers: "Yes, it is."
    const SHORTEST: usize = 16;
    /// Pages that have a line in common at least.
    const MIN_PAGES: usize = 5;
    let page = |chunk: &Chunk| {
        let url = chunk.url.clone().unwrap_or_default();
        url.split('#').next().unwrap_or_default().to_owned()
    };
    let mut pages: HashSet<String> = HashSet::new();
    let mut said: HashMap<&str, HashSet<String>> = HashMap::new();
    for chunk in chunks.iter() {
        let page = page(chunk);
        let may_repeat = |line: &&str| line.chars().count() >= SHORTEST && !is_code(line);
        for line in chunk.content.lines().filter(may_repeat) {
            said.entry(line).or_default().insert(page.clone());
        }
        pages.insert(page);
    }
    let most = MIN_PAGES.max(pages.len() / 2);
    let repeated: HashSet<String> = said
        .into_iter()
        .filter(|(_, on)| on.len() >= most)
        .map(|(line, _)| line.to_owned())
        .collect();
    if repeated.is_empty() {
        return;
    }
    let mut first: HashSet<String> = HashSet::new();
    for chunk in chunks {
        let lines: Vec<&str> = chunk.content.lines().collect();
        let says_nothing = |at: usize| {
            let answers = |next: &&str| repeated.contains(*next) && !asks(next) && !is_notice(next);
            let answered = lines.get(at + 1).is_some_and(answers);
            is_notice(lines[at]) || (!answered && is_question_to_readers(lines[at]))
        };
        let is_kept = |(at, line): &(usize, &&str)| {
            !repeated.contains(**line) || (!says_nothing(*at) && first.insert((**line).to_owned()))
        };
        let kept: Vec<&str> =
            lines.iter().enumerate().filter(is_kept).map(|(_, line)| *line).collect();
        let content = kept.join("\n");
        if content.trim().is_empty() {
            chunk.headings.clear();
            chunk.title.clear();
        }
        chunk.content = content;
    }
}

fn asks(line: &str) -> bool {
    line.contains(['?', '？', '؟'])
}

/// Whether a line looks like one of a piece of code, which is of no use without it.
fn is_code(line: &str) -> bool {
    line.starts_with([' ', '\t', '}', '$', '#', '<', '@'])
        || line.ends_with(['\\', '{', '}', '[', ']', ';', ',', '>', '='])
        || line.contains("://")
}

/// Whether a line that pages repeat asks readers something, and says nothing beside: neither a number
/// nor an address.
fn is_question_to_readers(line: &str) -> bool {
    asks(line) && !line.contains(|c: char| c.is_ascii_digit() || c == '@')
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::{
        chunk::chunks,
        extract::{Block, BlockKind, Document},
    };

    fn block(heading: &str, text: &str) -> Block {
        Block::new(&[heading], text)
    }

    #[test]
    fn what_most_pages_say_is_said_once() {
        let notice = "Free delivery from 90 euros on.";
        let of_page = |n: usize| {
            let document = Document {
                title: "T".into(),
                blocks: vec![
                    block("A", &format!("Fact number {n}.")),
                    block("A", notice),
                    block("B", notice),
                ],
                ..Document::default()
            };
            chunks(&document, &Url::parse(&format!("https://example.com/{n}")).unwrap())
        };
        let mut all: Vec<Chunk> = (0..6).flat_map(of_page).collect();
        let count = all.len();
        say_repeated_lines_once(&mut all);
        assert_eq!(all.len(), count);
        assert_eq!(all.iter().filter(|chunk| chunk.content.contains(notice)).count(), 1);
        assert!(all.iter().any(|chunk| chunk.content == "Fact number 5."));
        assert!(all[3].content.is_empty() && all[3].headings.is_empty());
        let mut few: Vec<Chunk> = (0..3).flat_map(of_page).collect();
        say_repeated_lines_once(&mut few);
        assert!(few.iter().all(|chunk| !chunk.content.is_empty()));
    }

    #[test]
    fn what_most_pages_ask_or_announce_without_saying_anything_is_not_said() {
        let lines = [
            ("Here, cookies are used to show you fitting offers.", 0),
            ("Could we help you along today?", 0),
            ("Questions? Call 0664 555 12 34", 1),
            ("Who bakes these cookies?", 1),
            ("Our aunt does, each Friday.", 1),
        ];
        let of_page = |n: usize| {
            let mut blocks = vec![block("A", &format!("Fact number {n}, and no cookie."))];
            blocks.extend(lines.iter().map(|(line, _)| block("A", line)));
            let document = Document { title: "T".into(), blocks, ..Document::default() };
            chunks(&document, &Url::parse(&format!("https://example.com/{n}")).unwrap())
        };
        let mut all: Vec<Chunk> = (0..8).flat_map(of_page).collect();
        say_repeated_lines_once(&mut all);
        let text: Vec<&str> = all.iter().map(|chunk| chunk.content.as_str()).collect();
        let text = text.join("\n");
        for (line, times) in lines {
            assert_eq!(text.matches(line).count(), times, "{line}: {text}");
        }
        assert_eq!(text.matches("and no cookie").count(), 8);
    }

    #[test]
    fn lines_of_code_are_said_wherever_they_are() {
        let of_page = |n: usize| {
            let code =
                format!("curl -X POST $BASE/v{n} \\\n  -H \"Content-Type: text/csv\" \\\n  -d @-");
            let code = Block { kind: BlockKind::Code, ..block("A", &code) };
            let document =
                Document { title: "T".into(), blocks: vec![code], ..Document::default() };
            chunks(&document, &Url::parse(&format!("https://example.com/{n}")).unwrap())
        };
        let mut all: Vec<Chunk> = (0..8).flat_map(of_page).collect();
        say_repeated_lines_once(&mut all);
        assert!(all.iter().all(|chunk| chunk.content.contains("text/csv")), "{all:?}");
    }
}
