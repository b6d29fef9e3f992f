//! reStructuredText, by way of Markdown: sections by their lines, directives by what is in them,
//! roles by what is shown; comments and targets are left out.

use url::Url;

use super::{Document, ExtractError, markdown, rst_tables, stand_ins::StandIns};

/// Directives whose content is shown as it is typed.
const CODE: &[&str] = &[
    "code",
    "code-block",
    "sourcecode",
    "parsed-literal",
    "prompt",
    "highlight",
    "math",
    "doctest",
];
/// Directives that show nothing of what is in them to readers of a text.
const UNSEEN: &[&str] = &[
    "toctree",
    "contents",
    "index",
    "raw",
    "include",
    "meta",
    "highlightlang",
    "currentmodule",
    "module",
    "automodule",
    "autoclass",
    "autofunction",
    "automethod",
    "literalinclude",
    "only",
    "tabularcolumns",
    "default-role",
    "role",
    "sectionauthor",
    "codeauthor",
];
/// Signs that underline headings.
const LINES: &str = "=-~^\"*+#`:.'_<>";

/// Reads reStructuredText that was found at `url`.
pub(crate) fn read(source: &str, url: &Url) -> Result<Document, ExtractError> {
    let lines: Vec<&str> =
        source.trim_start_matches('\u{feff}').lines().map(str::trim_end).collect();
    let replaced = replaced(&lines);
    let lines: Vec<&str> = replaced.iter().map(String::as_str).collect();
    let mut reader = Reader { lines: &lines, text: String::new(), levels: Vec::new() };
    reader.block(0, lines.len(), 0);
    markdown::read(&reader.text, url)
}

struct Reader<'l> {
    lines: &'l [&'l str],
    text: String,
    /// The lines of headings, outermost first: what is above, and below.
    levels: Vec<(bool, char)>,
}

impl Reader<'_> {
    /// Reads lines of which `indent` columns belong to what they are in.
    fn block(&mut self, mut at: usize, end: usize, indent: usize) {
        while at < end {
            let line = dedent(self.lines[at], indent);
            let below = self.lines.get(at + 1).filter(|_| at + 1 < end).copied().unwrap_or("");
            let below = dedent(below, indent);
            let over = self.lines.get(at + 2).filter(|_| at + 2 < end).copied().unwrap_or("");
            let over = dedent(over, indent);
            if let Some(lines) = self.table(at, end, indent) {
                at += lines;
            } else if let Some(sign) = rule(line) {
                if !below.trim().is_empty() && rule(over) == Some(sign) {
                    self.heading(true, sign, below.trim());
                    at += 3;
                } else {
                    at += 1;
                }
            } else if line.starts_with("+-") || line.starts_with("+=") {
                let count = rst_tables::grid(&self.lines[at..end], indent, &mut self.text);
                at += count.max(1);
            } else if let Some(verse) = line.strip_prefix("| ").or((line == "|").then_some("")) {
                // Lines that end where their author ended them.
                self.push(&format!("{}  ", inline(verse)));
                at += 1;
            } else if let Some(sign) = rule(below).filter(|_| is_title(line, below)) {
                self.heading(false, sign, line.trim());
                at += 2;
            } else if let Some(rest) =
                line.strip_prefix("..").filter(|rest| rest.is_empty() || rest.starts_with(' '))
            {
                at = self.explicit(at, end, indent, rest.trim());
            } else if line.ends_with("::") {
                let said = line.strip_suffix(':').unwrap_or(line);
                self.push(&inline(said.trim_start()));
                at = self.code(at + 1, end, indent);
            } else {
                self.push(&text_line(line));
                at += 1;
            }
        }
    }

    fn heading(&mut self, above: bool, sign: char, text: &str) {
        let place = self.levels.iter().position(|level| *level == (above, sign));
        let level = place.unwrap_or_else(|| {
            self.levels.push((above, sign));
            self.levels.len() - 1
        });
        self.push(&format!("\n{} {}\n", "#".repeat((level + 1).min(6)), inline(text)));
    }

    /// A directive, a target or a comment; the line behind it.
    fn explicit(&mut self, at: usize, end: usize, indent: usize, rest: &str) -> usize {
        let inner = (at + 1..end).find(|at| !self.lines[*at].trim().is_empty());
        let depth = inner.map_or(0, |at| columns(self.lines[at]));
        let last = if depth > indent { self.end_of(at + 1, end, indent) } else { at + 1 };
        let Some((name, argument)) = rest.split_once("::") else {
            // A note's text is told, and where links lead or what authors remark is not.
            if let Some((_, note)) = rest.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
                self.push(&inline(note));
                self.block(at + 1, last, depth);
            }
            return last;
        };
        if rest.starts_with('|') {
            return last;
        }
        let (name, argument) = (name.rsplit('|').next().unwrap_or(name).trim(), argument.trim());
        if matches!(name, "list-table" | "csv-table") {
            let lines: Vec<&str> = (at + 1..last).map(|at| dedent(self.lines[at], depth)).collect();
            rst_tables::directive(name, argument, &lines, &mut self.text);
            return last;
        }
        let mut first = at + 1;
        while first < last && dedent(self.lines[first], depth).starts_with(':') {
            let option = dedent(self.lines[first], depth);
            if let Some(alt) = option.strip_prefix(":alt:") {
                self.push(&inline(alt.trim()));
            }
            first += 1;
        }
        self.push("");
        if CODE.contains(&name) {
            self.fenced(first, last, depth);
        } else if !UNSEEN.contains(&name) {
            if !argument.is_empty()
                && !matches!(name, "image" | "figure" | "csv-table" | "list-table")
            {
                let is_api = name.contains(':')
                    || matches!(name, "function" | "class" | "method" | "option");
                let said = if is_api { argument.to_owned() } else { inline(argument) };
                self.push(&format!("{said}\n"));
            }
            self.block(first, last, depth);
        }
        self.push("");
        last
    }

    /// The first line behind `at` that is not indented more than `indent`.
    fn end_of(&self, at: usize, end: usize, indent: usize) -> usize {
        let out = |at: &usize| {
            let line = self.lines[*at];
            !line.trim().is_empty() && columns(line) <= indent
        };
        (at..end).find(out).unwrap_or(end)
    }

    /// What is indented behind a paragraph that ends with two colons.
    fn code(&mut self, at: usize, end: usize, indent: usize) -> usize {
        let last = self.end_of(at, end, indent);
        let inner = (at..last).find(|at| !self.lines[*at].trim().is_empty());
        let Some(first) = inner else { return last };
        self.fenced(first, last, columns(self.lines[first]));
        last
    }

    fn fenced(&mut self, first: usize, last: usize, depth: usize) {
        let lines: Vec<&str> = (first..last).map(|at| dedent(self.lines[at], depth)).collect();
        let code = lines.join("\n");
        let code = code.trim_matches('\n');
        if !code.is_empty() {
            self.push(&format!("\n~~~~\n{code}\n~~~~\n"));
        }
    }

    /// A simple table, whose columns are those of the line above it; how many lines it has.
    fn table(&mut self, at: usize, end: usize, indent: usize) -> Option<usize> {
        let border = dedent(self.lines[at], indent);
        if !border.starts_with("==") || border.contains(|c| c != '=' && c != ' ') {
            return None;
        }
        let starts: Vec<usize> = border
            .char_indices()
            .filter(|(place, c)| *c == '=' && (*place == 0 || border[..*place].ends_with(' ')))
            .map(|(place, _)| place)
            .collect();
        if starts.len() < 2 {
            return None;
        }
        let is_border = |at: &usize| dedent(self.lines[*at], indent).starts_with("==");
        let borders: Vec<usize> = (at..end).filter(is_border).take(3).collect();
        let last = *borders.get(2).or(borders.get(1))?;
        let mut rows: Vec<String> = Vec::new();
        for line in (at + 1..last).filter(|at| !is_border(at)) {
            let line = dedent(self.lines[line], indent);
            let chars: Vec<char> = line.chars().collect();
            let cell = |column: usize| {
                let until = starts.get(column + 1).copied().unwrap_or(chars.len());
                let cell = chars.get(starts[column]..until.min(chars.len())).unwrap_or_default();
                inline(cell.iter().collect::<String>().trim()).replace('|', "\\|")
            };
            let cells: Vec<String> = (0..starts.len()).map(cell).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(format!("| {} |", cells.join(" | ")));
            }
        }
        if !rows.is_empty() {
            rows.insert(1, "|---".repeat(starts.len()));
        }
        self.push(&format!("\n{}\n", rows.join("\n")));
        Some(last + 1 - at)
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The lines with what their substitutions stand for.
fn replaced(lines: &[&str]) -> Vec<String> {
    let of_line = |line: &str| -> Option<(String, String)> {
        let (name, text) = line.trim_start().strip_prefix(".. |")?.split_once("| replace::")?;
        Some((name.to_owned(), text.trim().to_owned()))
    };
    let mut names = StandIns::between(('|', '|'));
    for (name, text) in lines.iter().filter_map(|line| of_line(line)) {
        names.note(&name, &text);
    }
    let is_plain = |line: &str| !line.contains('|') || of_line(line).is_some();
    let with = |line: &&str| if is_plain(line) { (*line).to_owned() } else { names.in_line(line) };
    lines.iter().map(with).collect()
}

fn columns(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

pub(super) fn dedent(line: &str, indent: usize) -> &str {
    line.get(indent.min(columns(line))..).unwrap_or(line)
}

/// The sign that a line repeats.
fn rule(line: &str) -> Option<char> {
    let sign = line.chars().next().filter(|sign| LINES.contains(*sign))?;
    (line.len() >= 3 && line.chars().all(|c| c == sign)).then_some(sign)
}

fn is_title(line: &str, below: &str) -> bool {
    let said = line.trim();
    !line.starts_with(' ')
        && said.contains(char::is_alphanumeric)
        && below.chars().count() * 2 >= said.chars().count()
}

fn text_line(line: &str) -> String {
    let said = line.trim_start();
    let indent = " ".repeat(columns(line).min(8));
    match said.strip_prefix("#. ") {
        Some(step) => format!("{indent}1. {}", inline(step)),
        // Quotations are indented; Markdown would take them for code.
        None if indent.len() >= 4 && !said.starts_with(['-', '*']) => inline(said),
        None => format!("{indent}{}", inline(said)),
    }
}

/// A line with roles and links as what is shown of them.
pub(super) fn inline(line: &str) -> String {
    let line = line.replace("``", "\u{1}");
    let mut said = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(at) = rest.find('`') {
        let (before, behind) = rest.split_at(at);
        let Some((shown, after)) = behind.get(1..).and_then(|behind| behind.split_once('`')) else {
            break;
        };
        said.push_str(without_role(before));
        let shown = shown.split_once(" <").map_or(shown, |(shown, _)| shown);
        said.push_str(shown.trim_start_matches(['~', '!']));
        rest = after.trim_start_matches('_');
    }
    said.push_str(rest);
    without_references(&said).replace('\u{1}', "`")
}

/// Without marks that lead to notes, and with the words of links that are named like them: `[1]_`,
/// `tides_`.
fn without_references(line: &str) -> String {
    if !line.contains('_') || line.contains('\u{1}') {
        return line.to_owned();
    }
    let word = |word: &str| -> String {
        let end = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let Some(name) = end.strip_suffix('_') else { return word.to_owned() };
        let sign = &word[end.len()..];
        match name.starts_with('[') && name.ends_with(']') {
            true => sign.to_owned(),
            false if !name.is_empty() && !name.contains('_') => format!("{name}{sign}"),
            false => word.to_owned(),
        }
    };
    let words: Vec<String> = line.split(' ').map(word).collect();
    words.join(" ").replace(" .", ".").replace(" ,", ",")
}

/// Without `:ref:` at its end.
fn without_role(before: &str) -> &str {
    let Some(rest) = before.strip_suffix(':') else { return before };
    let begin = rest.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '+')));
    let begin = begin.map_or(0, |at| at + rest[at..].chars().next().map_or(1, char::len_utf8));
    match rest.get(begin..) {
        Some(role) if role.starts_with(':') => before.get(..begin).unwrap_or(before),
        _ => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(source: &str) -> String {
        let url = Url::parse("file:///").unwrap();
        let blocks = read(source, &url).unwrap().blocks;
        let line =
            |block: super::super::Block| format!("{}: {}", block.headings.join(" > "), block.text);
        blocks.into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_manual_is_read_and_what_is_for_its_authors_is_not() {
        let source = "====\nKiln\n====\n\n.. _firing:\n\nFiring\n------\n\n.. cheaper in winter?\n   ask again\n\n\
            The ``kiln`` reaches :ref:`its heat <heat>` in `two hours <https://a.example>`_.\n\n\
            .. warning::\n\n   Wear gloves.\n\n.. code-block:: sh\n   :linenos:\n\n   kiln --on\n   # no heading\n\n\
            Type this::\n\n    kiln --off\n\n#. Load it.\n#. Close the lid.\n\n=====  ===\nSize   Fee\n=====  ===\nSmall  9\nLarge  15\n=====  ===\n\n\
            .. toctree::\n   :maxdepth: 2\n\n   heat\n\nCooling\n-------\n\nTakes a night.\n";
        let all = all(source);
        for there in [
            "Kiln > Firing: The kiln reaches its heat in two hours.",
            "Wear gloves.",
            "kiln --on\n# no heading",
            "kiln --off",
            "1. Load it.",
            "2. Close the lid.",
            "Size: Large | Fee: 15",
            "Kiln > Cooling: Takes a night.",
        ] {
            assert!(all.contains(there), "{there:?} is not in {all}");
        }
        for absent in
            ["cheaper", "ask again", "warning", "..", "code-block", "maxdepth", "``", ":ref:"]
        {
            assert!(!all.contains(absent), "{absent:?} is in {all}");
        }
    }

    #[test]
    fn tables_name_their_columns_and_names_stand_for_what_they_replace() {
        let source = ".. |heat| replace:: 1200 degrees\n\nKiln\n====\n\nIt reaches |heat| [2]_, says cone_.\n\n\
            .. list-table::\n   :header-rows: 1\n\n   * - Size\n     - Fee\n   * - Small\n     - 9\n   * - Large\n     - 15\n\n\
            .. csv-table::\n   :header: Clay, Price\n\n   \"Red, fine\", 4\n   White, 6\n\n\
            +------+-------+\n| Day  | Hours |\n+======+=======+\n| Mon  | 9 to  |\n|      | 12    |\n+------+-------+\n| Tue  | 8 to 1|\n+------+-------+\n\n\
            | Tannery Yard 2\n| 2611 Delft\n";
        let all = all(source);
        for there in [
            "It reaches 1200 degrees, says cone.",
            "Size: Large | Fee: 15",
            "Clay: Red, fine | Price: 4",
            "Day: Mon | Hours: 9 to 12",
            "Tannery Yard 2\n2611 Delft",
        ] {
            assert!(all.contains(there), "{there:?} is not in {all}");
        }
        for absent in ["|heat|", "[2]", "cone_", "replace", "| Tannery"] {
            assert!(!all.contains(absent), "{absent:?} is in {all}");
        }
    }
}
