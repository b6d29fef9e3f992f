//! AsciiDoc, by way of Markdown: sections, lists, tables, code, remarks; comments, attributes and
//! what only a converter understands are left out.

use url::Url;

use super::{Document, ExtractError, markdown, stand_ins::StandIns, superscript};

/// Cells of one row at most.
const MAX_CELLS: usize = 40;

/// Reads AsciiDoc that was found at `url`.
pub(crate) fn read(source: &str, url: &Url) -> Result<Document, ExtractError> {
    let mut reader = Reader {
        text: String::new(),
        until: None,
        table: None,
        columns: 0,
        names: StandIns::between(('{', '}')),
    };
    for line in source.trim_start_matches('\u{feff}').lines() {
        reader.line(line.trim_end());
    }
    reader.end_table();
    markdown::read(&reader.text, url)
}

struct Reader {
    text: String,
    /// What ends the block that is read to the letter, or left out.
    until: Option<(String, bool)>,
    /// The cells of the table that is being read, and how many are in a row.
    table: Option<(Vec<String>, usize)>,
    /// How many columns the next table has, as the line before it says.
    columns: usize,
    /// What names stand for.
    names: StandIns,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if let Some((end, kept)) = self.until.clone() {
            let over = line == end;
            if over {
                self.until = None;
            }
            if kept {
                self.push(if over { "```" } else { line });
            }
            return;
        }
        if line == "|===" || line == "!===" {
            return match self.table.is_some() {
                true => self.end_table(),
                false => {
                    self.table = Some((Vec::new(), std::mem::take(&mut self.columns)));
                }
            };
        }
        if self.table.is_some() {
            return self.row(line);
        }
        let sign = line.chars().next();
        let is_rule = line.len() >= 4 && line.chars().all(|c| Some(c) == sign);
        match sign.filter(|_| is_rule) {
            Some('/') => self.until = Some((line.to_owned(), false)),
            Some('-' | '.' | '`') => {
                self.push("\n```");
                self.until = Some((line.to_owned(), true));
            }
            // Boxes: what is in them is text.
            Some('=' | '*' | '_' | '+') => self.push(""),
            // An open block, a line across, the end of a page.
            _ if matches!(line, "--" | "'''" | "<<<") => self.push(""),
            _ => {
                let line = self.names.in_line(line);
                self.text_line(&line);
            }
        }
    }

    /// Notes what a line says of what comes next, or of a name.
    fn note(&mut self, line: &str) {
        if let Some((name, value)) = line.strip_prefix(':').and_then(|rest| rest.split_once(": ")) {
            self.names.note(name, value.trim());
        }
        if let Some((_, columns)) = line.split_once("cols=") {
            let quoted = columns.strip_prefix('"').and_then(|rest| rest.split('"').next());
            let columns = quoted.unwrap_or(columns).trim_end_matches(']');
            let times =
                |of: &str| of.split_once('*').and_then(|(times, _)| times.trim().parse().ok());
            let counts = columns.split([',', ';']).map(|of| times(of).unwrap_or(1usize));
            self.columns = counts.fold(0usize, usize::saturating_add).min(MAX_CELLS);
        }
    }

    fn text_line(&mut self, line: &str) {
        const MACROS: &[&str] =
            &["include::", "ifdef::", "ifndef::", "endif::", "toc::", "video::", "audio::"];
        let is_attribute = line.starts_with(':')
            && line.get(1..).and_then(|rest| rest.split_once(':')).is_some_and(|(name, rest)| {
                !name.contains(' ') && (rest.is_empty() || rest.starts_with(' '))
            });
        let is_block = line.starts_with('[') && line.ends_with(']');
        if is_attribute || is_block {
            self.note(line);
        }
        if line.starts_with("//") || line == "+" || is_attribute || is_block {
            return self.push("");
        }
        if MACROS.iter().any(|name| line.starts_with(name)) {
            return;
        }
        if let Some(rest) = line.strip_prefix("image::") {
            let alt = rest.split_once('[').map_or("", |(_, alt)| alt.trim_end_matches(']'));
            return self.push(alt.split(',').next().unwrap_or_default());
        }
        let title = line.strip_prefix('.').filter(|rest| rest.starts_with(char::is_alphanumeric));
        if let Some(title) = title {
            return self.push(&format!("\n**{}**\n", inline(title)));
        }
        if let Some((level, heading)) = heading(line) {
            return self.push(&format!("\n{} {}\n", "#".repeat(level), inline(heading)));
        }
        if let Some((sign, item)) = item(line) {
            let (depth, mark) = (sign.len() - 1, if sign.starts_with('.') { "1." } else { "-" });
            return self.push(&format!("{}{mark} {}", "   ".repeat(depth.min(4)), inline(item)));
        }
        for remark in ["NOTE: ", "TIP: ", "WARNING: ", "IMPORTANT: ", "CAUTION: "] {
            if let Some(said) = line.strip_prefix(remark) {
                return self.push(&inline(said));
            }
        }
        match line.split_once("::") {
            Some((term, said))
                if !term.is_empty() && (said.is_empty() || said.starts_with(' ')) =>
            {
                // What is said of it may begin in the next line.
                let said = inline(said.trim());
                let end = if said.is_empty() { "" } else { "\n" };
                self.text.push_str(&format!("\n{}\n: {said}{end}", inline(term)));
            }
            _ => self.push(&inline(line)),
        }
    }

    fn row(&mut self, line: &str) {
        let line = &self.names.in_line(line);
        let Some((cells, columns)) = &mut self.table else { return };
        let Some(begin) = line.find('|') else {
            if let Some(last) = cells.last_mut().filter(|_| !line.trim().is_empty()) {
                last.push(' ');
                last.push_str(line.trim());
            }
            return;
        };
        let said = line.get(begin + 1..).unwrap_or_default();
        let before = cells.len();
        // What is right before a bar may say how the next cell is shown.
        let plain = |cell: &str| {
            let cell = cell.trim();
            inline(cell).replace('|', "\\|")
        };
        cells.extend(said.split('|').take(MAX_CELLS).map(plain));
        if *columns == 0 {
            *columns = cells.len() - before;
        }
    }

    fn end_table(&mut self) {
        let Some((cells, columns)) = self.table.take().filter(|(cells, _)| !cells.is_empty())
        else {
            return;
        };
        self.push("");
        for (at, row) in cells.chunks(columns.max(1)).enumerate() {
            self.push(&format!("| {} |", row.join(" | ")));
            if at == 0 {
                self.push(&"|---".repeat(columns.max(1)));
            }
        }
        self.push("");
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('=');
    let level = line.len() - text.len();
    let said = text.strip_prefix(' ')?.trim();
    ((1..=6).contains(&level) && !said.is_empty()).then_some((level, said))
}

fn item(line: &str) -> Option<(&str, &str)> {
    let (signs, said) = line.trim_start().split_once(' ')?;
    let same = |of: char| !signs.is_empty() && signs.len() <= 5 && signs.chars().all(|c| c == of);
    (same('*') || same('.') || signs == "-").then_some((signs, said.trim()))
}

/// A line with its links as what is written on them, and bold words as Markdown has them.
fn inline(line: &str) -> String {
    let mut said = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['[', '<']) {
        let (before, behind) = rest.split_at(at);
        let word = before.rfind(char::is_whitespace).map_or(0, |space| space + 1);
        let target = before.get(word..).unwrap_or_default();
        let leads = [
            "http://",
            "https://",
            "link:",
            "xref:",
            "mailto:",
            "image:",
            "footnote:",
            "kbd:",
            "btn:",
            "menu:",
            "icon:",
            "pass:",
            "indexterm:",
        ];
        let begin = leads.iter().filter_map(|lead| target.find(lead)).min();
        if behind.starts_with('[')
            && let (Some(begin), Some(end)) = (begin, behind.find(']'))
        {
            let shown = behind.get(1..end).unwrap_or_default();
            let shown = shown.split(",role=").next().unwrap_or(shown).trim_end_matches('^');
            said.push_str(before.get(..word + begin).unwrap_or_default());
            let of = target.get(begin..).unwrap_or_default();
            match of {
                "footnote:" => said.push_str(" ("),
                _ if of.starts_with("menu:") => said.push_str(&format!("{} > ", &of[5..])),
                _ => {}
            }
            said.push_str(if shown.is_empty() {
                target.get(begin..).unwrap_or_default()
            } else {
                shown
            });
            if of == "footnote:" {
                said.push(')');
            }
            rest = behind.get(end + 1..).unwrap_or_default();
        } else if behind.starts_with("<<")
            && let Some(end) = behind.find(">>")
        {
            said.push_str(before);
            let inner = behind.get(2..end).unwrap_or_default();
            said.push_str(inner.split_once(',').map_or(inner, |(_, shown)| shown.trim()));
            rest = behind.get(end + 2..).unwrap_or_default();
        } else {
            let next = at + behind.chars().next().map_or(1, char::len_utf8);
            said.push_str(rest.get(..next).unwrap_or_default());
            rest = rest.get(next..).unwrap_or_default();
        }
    }
    said.push_str(rest);
    without_signs(&said.replace("`+", "`").replace("+`", "`"))
}

/// Without terms of the index, which no reader sees, and with what is lowered or raised as it is said.
fn without_signs(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("(((") {
        let Some((_, after)) = behind.split_once(")))") else { break };
        said.push_str(before.trim_end());
        rest = after;
    }
    said.push_str(rest);
    for (sign, raised) in [('~', false), ('^', true)] {
        let parts: Vec<&str> = said.split(sign).collect();
        let short = |part: &&str| (1..=4).contains(&part.len()) && !part.contains(' ');
        if parts.len() == 3 && short(&parts[1]) {
            let (before, inner, after) = (parts[0], parts[1], parts[2]);
            let inner = if raised { superscript(before, inner) } else { inner.to_owned() };
            said = format!("{before}{inner}{after}");
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str) -> Vec<String> {
        let url = Url::parse("file:///").unwrap();
        let blocks = read(source, &url).unwrap().blocks;
        let line =
            |block: super::super::Block| format!("{}: {}", block.headings.join(" > "), block.text);
        blocks.into_iter().map(line).collect()
    }

    #[test]
    fn a_manual_is_read_and_what_is_for_its_authors_is_not() {
        let source = "= Kiln\nJo Fox\n:toc: left\n:icons: font\n\n== Firing\n\n// cheaper in winter?\n\
            The *kiln* reaches xref:heat.adoc[its heat] in https://a.example/h[two hours].\n\n\
            ////\nnot yet\n////\n\n. Load it.\n. Close the lid.\n\n[WARNING]\n====\nWear gloves.\n====\n\n\
            [source,sh]\n----\nkiln --on\n# not a heading\n----\n\n.Fees\n|===\n|Size |Fee\n\n|Small\n|9\n|Large\n|15\n|===\n\n\
            Cone:: What melts first.\n\nNOTE: Ask <<desk,the desk>>.\n";
        let lines = lines(source);
        let all = lines.join("\n");
        for there in [
            "Kiln > Firing: The kiln reaches its heat in two hours.",
            "1. Load it.",
            "2. Close the lid.",
            "Wear gloves.",
            "kiln --on\n# not a heading",
            "Size: Large | Fee: 15",
            "Ask the desk.",
        ] {
            assert!(all.contains(there), "{there:?} is not in {all}");
        }
        assert!(all.contains("Cone") && all.contains("What melts first."), "{all}");
        for absent in ["cheaper", "not yet", "====", "|===", "[source", ":toc:", "NOTE", "WARNING"]
        {
            assert!(!all.contains(absent), "{absent:?} is in {all}");
        }
    }

    #[test]
    fn names_columns_and_macros_are_said_as_they_are_shown() {
        let source = "= Kiln\n:heat: 1200 degrees\n\n== Firing\n\nIt reaches {heat}.footnote:[Not in frost.]\n\n\
            --\nPress kbd:[F2], then menu:Fire[Now].\n--\n\nSoot is CO~2~ free (((soot))).\n\n\
            [cols=\"2*\"]\n|===\n|Size\n|Fee\n\n|Small\n|{heat}\n|===\n\nCone::\nWhat melts first.\n";
        let all = lines(source).join("\n");
        for there in [
            "It reaches 1200 degrees. (Not in frost.)",
            "Press F2, then Fire > Now.",
            "Soot is CO2 free.",
            "Small",
            "Cone: What melts first.",
        ] {
            assert!(all.contains(there), "{there:?} is not in {all}");
        }
        for absent in ["{heat}", "kbd:", "--", "(((", "~", "footnote"] {
            assert!(!all.contains(absent), "{absent:?} is in {all}");
        }
    }

    #[test]
    fn no_count_of_columns_is_too_large() {
        let source = format!("[cols=\"{0}*,{0}*\"]\n|===\n|Size |Fee\n|===\n", usize::MAX);
        assert!(lines(&source).join("\n").contains("Size"));
    }
}
