//! Names that an author wrote in the place of a text, as AsciiDoc and reStructuredText have them.
//!
//! A few lines can name a text that names another many times over, so that what a file becomes is bounded by
//! what is put in, and not by how long the file is.

use std::collections::HashMap;

/// Names of a file at most, and those that are looked for in one line.
const MAX_NAMES: usize = 500;
/// Bytes of one text at most; a longer one is no name's.
const MAX_TEXT: usize = 500;
/// Bytes that are put into a file at most; then names are left as they are.
const MAX_PUT: usize = 256 * 1024;

/// What names stand for.
#[derive(Debug)]
pub(super) struct StandIns {
    texts: HashMap<String, String>,
    /// What a name is between.
    marks: (char, char),
    put: usize,
}

impl StandIns {
    /// None yet; each will be written between `marks`.
    pub(super) fn between(marks: (char, char)) -> Self {
        Self { texts: HashMap::new(), marks, put: 0 }
    }

    /// Notes what `name` means, if that is a short text.
    pub(super) fn note(&mut self, name: &str, text: &str) {
        let text = self.in_line(text);
        if text.len() <= MAX_TEXT && self.texts.len() < MAX_NAMES {
            self.texts.insert(name.to_owned(), text);
        }
    }

    /// `line` with what its names stand for. What is put in is not looked at again.
    pub(super) fn in_line(&mut self, line: &str) -> String {
        let (open, close) = self.marks;
        let mut said = String::with_capacity(line.len());
        let mut rest = line;
        for _ in 0..MAX_NAMES {
            let Some((before, behind)) = rest.split_once(open) else { break };
            said.push_str(before);
            let named = behind.split_once(close);
            let named = named.and_then(|(name, after)| Some((self.texts.get(name)?, after)));
            match named.filter(|(text, _)| self.put + text.len() <= MAX_PUT) {
                Some((text, after)) => {
                    self.put += text.len();
                    said.push_str(text);
                    rest = after;
                }
                None => {
                    said.push(open);
                    rest = behind;
                }
            }
        }
        said.push_str(rest);
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_name_each_other_make_no_more_than_what_is_bounded() {
        let mut names = StandIns::between(('{', '}'));
        names.note("a", &"long ".repeat(20));
        for (name, of) in [("b", "{a}"), ("c", "{b}"), ("d", "{c}")] {
            names.note(name, &of.repeat(100));
        }
        assert_eq!(names.in_line("{a}!"), format!("{}!", "long ".repeat(20)));
        assert_eq!(names.in_line("{b} {other} {"), "{b} {other} {", "too long a text");
        let lines = (0..2_000).map(|_| names.in_line(&"{a}".repeat(200)).len());
        assert!(lines.sum::<usize>() < 2_000 * 600 + 2 * MAX_PUT);
    }
}
