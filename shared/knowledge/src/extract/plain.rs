//! Plain text: paragraphs between empty lines, headings as people mark them in text, lines that were
//! wrapped by hand put together again.

use url::Url;

use super::{
    Document, ExtractError,
    outline::{BlockKind, Outline},
    runs_on,
};

/// Lines of a paragraph are taken to be wrapped by hand if the longest has at least this many characters.
const WRAPPED: usize = 45;
/// Lines by which reStructuredText and others mark the line above as a heading, outermost first.
const UNDERLINES: [char; 6] = ['=', '-', '~', '^', '"', '*'];

/// Reads plain text that was found at `url`.
pub(crate) fn read(source: &str, url: &Url) -> Result<Document, ExtractError> {
    let mut outline = Outline::default();
    let mut title = None;
    let mut paragraph: Vec<&str> = Vec::new();
    let mut lines = source.trim_start_matches('\u{feff}').lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_end();
        let heading = match lines.peek() {
            Some(below) if paragraph.is_empty() => underlined(line, below.trim_end()),
            _ => None,
        };
        if let Some(level) = heading {
            lines.next();
            title.get_or_insert_with(|| line.trim().to_owned());
            outline.heading(level, line.trim());
        } else if let Some((level, text)) = marked(line) {
            write(&mut outline, &paragraph);
            paragraph.clear();
            title.get_or_insert_with(|| text.to_owned());
            outline.heading(level, text);
        } else if line.trim().is_empty() {
            write(&mut outline, &paragraph);
            paragraph.clear();
        } else {
            paragraph.push(line);
        }
    }
    write(&mut outline, &paragraph);
    let blocks = outline.finish();
    if blocks.is_empty() {
        return Err(ExtractError::Empty);
    }
    let title = title.unwrap_or_else(|| url.path().to_owned());
    Ok(Document { title, blocks, ..Document::default() })
}

/// A heading with signs before it: `## Shipping`, `== Shipping`.
fn marked(line: &str) -> Option<(u8, &str)> {
    let sign = line.chars().next().filter(|sign| matches!(sign, '#' | '='))?;
    let text = line.trim_start_matches(sign);
    let level = u8::try_from(line.len() - text.len()).ok().filter(|level| *level <= 6)?;
    let said = text.strip_prefix([' ', '\t'])?.trim().trim_end_matches(sign).trim_end();
    said.contains(char::is_alphanumeric).then_some((level, said))
}

/// The level of a heading that has a line below it.
fn underlined(line: &str, below: &str) -> Option<u8> {
    let sign = below.chars().next()?;
    let level = UNDERLINES.iter().position(|known| *known == sign)?;
    let long = below.chars().count() >= line.trim().chars().count().clamp(3, 4);
    let is = below.chars().all(|c| c == sign) && long && line.contains(char::is_alphanumeric);
    is.then(|| u8::try_from(level + 1).unwrap_or(6))
}

fn write(outline: &mut Outline, lines: &[&str]) {
    if lines.len() > 1
        && lines.iter().all(|line| line.starts_with("    ") || line.starts_with('\t'))
    {
        let code: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        return outline.block(BlockKind::Code, &code.join("\n"));
    }
    let lines = match question(lines) {
        Some((question, answer)) => {
            outline.label(question, None);
            answer
        }
        None => lines,
    };
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let mut width = 0;
    for line in lines {
        let said = line.trim();
        let full = longest >= WRAPPED && width * 4 >= longest * 3;
        let goes_on = !is_item(said) && !text.is_empty() && (full || runs_on(&text, said));
        if !text.is_empty() {
            text.push(if goes_on && !text.ends_with(':') { ' ' } else { '\n' });
        }
        text.push_str(said);
        width = line.chars().count();
    }
    for (kind, part) in parts(&text) {
        outline.block(kind, part);
    }
}

/// The question that a paragraph begins with, if it is a line of its own, and the lines below it. With
/// nothing below it, it is a question of a list if it has a number.
fn question<'l>(lines: &'l [&'l str]) -> Option<(&'l str, &'l [&'l str])> {
    const LONGEST: usize = 150;
    let (first, answer) = lines.split_first()?;
    let first = first.trim();
    let asks = first.ends_with(['?', '？', '؟']) && first.chars().count() <= LONGEST;
    let asked = first.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = is_item(first) && asked.len() < first.len();
    let said = if numbered { asked.get(2..).unwrap_or_default().trim_start() } else { first };
    let answered = answer.first().is_some_and(|next| {
        let next = next.trim();
        !next.ends_with(['?', '？', '؟']) && (numbered || !is_item(next))
    });
    (asks && (answered || (numbered && answer.is_empty()))).then_some((said, answer))
}

/// A paragraph, or each item of a list by itself.
fn parts(text: &str) -> Vec<(BlockKind, &str)> {
    if text.lines().filter(|line| is_item(line)).count() < 2 {
        return vec![(BlockKind::Text, text)];
    }
    text.lines()
        .map(|line| match (is_item(line), line.starts_with(|c: char| c.is_ascii_digit())) {
            (true, true) => (BlockKind::Step, line),
            (true, false) => (BlockKind::Item, line),
            (false, _) => (BlockKind::Text, line),
        })
        .collect()
}

/// Whether a line begins as an item of a list does.
fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - number.len();
    let signed = ["- ", "* ", "• ", "– ", "+ "].iter().any(|sign| line.starts_with(sign));
    signed || ((1..=3).contains(&digits) && (number.starts_with(". ") || number.starts_with(") ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<(Vec<String>, String)> {
        let url = Url::parse("file:///").unwrap();
        let blocks = read(source, &url).unwrap().blocks;
        blocks.into_iter().map(|block| (block.headings.to_vec(), block.text)).collect()
    }

    #[test]
    fn headings_with_signs_or_lines() {
        let found = texts(
            "Ferry\n=====\n\nTwice a day.\n\nTickets\n-------\nOn board.\n\n== Dogs\nOn a lead.\n\n#dogs is our tag.",
        );
        assert_eq!(found[0], (vec!["Ferry".into()], "Twice a day.".into()));
        assert_eq!(found[1], (vec!["Ferry".into(), "Tickets".into()], "On board.".into()));
        assert_eq!(found[2].1, "On a lead.");
        assert_eq!(found[3].1, "#dogs is our tag.");
    }

    #[test]
    fn questions_stand_above_their_answers() {
        let found = texts(
            "Questions\n\n1) Is there a lift?\n   To the third floor.\n\n2) Are bikes allowed?\n\n   Only folded.\n\n\
             May I smoke?\nOn the roof.\n\nWhat is new? A lot.",
        );
        let found: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            found,
            [
                "Questions",
                "Is there a lift?\nTo the third floor.",
                "Are bikes allowed?\nOnly folded.",
                "May I smoke?\nOn the roof.",
                "What is new? A lot.",
            ]
        );
        let asked = texts("Is it far?\nIs it steep?\nIs it wet?");
        assert_eq!(asked.len(), 1, "questions alone answer nothing: {asked:?}");
    }

    #[test]
    fn wrapped_lines_are_one_and_lists_are_not() {
        let wrapped = "The ferry leaves the pier at Steyr every morning\nMonday to Saturday, and takes bicycles.\n";
        assert_eq!(texts(wrapped)[0].1, wrapped.trim().replace('\n', " "));
        let list = "Bring:\n- a coat\n- two sandwiches";
        let found: Vec<_> = texts(list).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, ["Bring:", "- a coat", "- two sandwiches"]);
        let short = "Mill Road 3\n4020 Linz";
        assert_eq!(texts(short)[0].1, short);
    }
}
