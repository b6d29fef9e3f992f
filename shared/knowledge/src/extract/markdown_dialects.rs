//! What systems of documentation add to Markdown, made plain: components of MDX, remarks with signs
//! before them (Docusaurus, MkDocs, GitHub), tags of GitBook, Jekyll and Hugo. What they call a box
//! is told, and how it looks is not.

use std::borrow::Cow;

/// Attributes of components that name what is in them.
const NAMES: &[&str] = &[
    "title", "label", "header", "question", "summary", "heading", "name", "path", "query", "body",
    "tab",
];

/// `source` in the Markdown that all agree on.
pub(super) fn plain(source: &str) -> Cow<'_, str> {
    const SIGNS: &[&str] = &[
        ":::", "!!! ", "???", "=== \"", "{%", "{{<", "{{%", "{/*", "[!", "import ", "export ", "<",
        "[[", "==", "%%", "{:", "{ .", "{.", "[TOC]", "[toc]",
    ];
    if !SIGNS.iter().any(|sign| source.contains(sign)) {
        return Cow::Borrowed(source);
    }
    let mut plain = Plain { text: String::with_capacity(source.len()), ..Plain::default() };
    for line in source.split_inclusive('\n') {
        plain.line(line);
    }
    Cow::Owned(plain.text)
}

#[derive(Default)]
struct Plain<'s> {
    text: String,
    /// The sign of the code that is being read.
    fence: Option<&'s str>,
    /// Whether a comment of MDX is being read.
    in_comment: bool,
    /// Whether code of a component is being read, up to an empty line.
    in_code: bool,
    /// A tag of a component that goes over several lines.
    tag: Option<String>,
    /// How far the content of a remark of MkDocs is indented.
    indent: usize,
}

impl<'s> Plain<'s> {
    fn line(&mut self, line: &'s str) {
        let line = self.dedented(line);
        let said = line.trim();
        if let Some(fence) = self.fence {
            if said.starts_with(fence) {
                self.fence = None;
            }
            return self.text.push_str(line);
        }
        if let Some(fence) = ["```", "~~~"].iter().find(|fence| said.starts_with(**fence)) {
            self.fence = Some(fence);
            return self.text.push_str(line);
        }
        if self.in_comment || said.starts_with("{/*") {
            self.in_comment = !said.contains("*/}");
            return;
        }
        if self.in_code {
            self.in_code = !said.is_empty();
            return;
        }
        if self.tag(said) {
            return;
        }
        if said.starts_with("export ") && said.ends_with(['(', '{', '[']) {
            self.in_code = replaced(said).is_some();
        }
        match replaced(said) {
            None => {
                let line = without_marks(line);
                self.text.push_str(&line);
            }
            Some((name, opens)) => {
                if opens {
                    self.indent += 4;
                }
                self.name(name);
            }
        }
    }

    fn name(&mut self, name: &str) {
        self.text.push('\n');
        if !name.is_empty() {
            self.text.push_str(&format!("**{name}**\n\n"));
        }
    }

    /// Reads a component whose tag goes over several lines, or that begins and ends in one.
    fn tag(&mut self, said: &str) -> bool {
        const LONGEST: usize = 2_000;
        if let Some(mut tag) = self.tag.take() {
            tag.push(' ');
            tag.push_str(said);
            match said.ends_with('>') || tag.len() > LONGEST {
                true => self.name(attribute(&tag).unwrap_or_default()),
                false => self.tag = Some(tag),
            }
            return true;
        }
        let Some(rest) = said.strip_prefix('<') else { return false };
        if !rest.starts_with(|c: char| c.is_ascii_uppercase()) {
            return false;
        }
        if !said.contains('>') {
            self.tag = Some(said.to_owned());
            return true;
        }
        let Some((head, inner)) = said.split_once('>') else { return false };
        let Some((inner, _)) = inner.rsplit_once("</") else { return false };
        let Some(name) = attribute(head) else { return false };
        self.name(name);
        self.text.push_str(inner);
        self.text.push_str("\n\n");
        true
    }

    /// Without the spaces by which it belongs to a remark.
    fn dedented(&mut self, line: &'s str) -> &'s str {
        if self.indent == 0 || line.trim().is_empty() {
            return line;
        }
        let spaces = line.len() - line.trim_start_matches(' ').len();
        self.indent = self.indent.min(spaces / 4 * 4);
        line.get(self.indent..).unwrap_or(line)
    }
}

/// The name of what a line opens, and whether what is in it is indented; empty if it only closes
/// something. `None` if the line is text.
fn replaced(line: &str) -> Option<(&str, bool)> {
    if let Some(rest) = line.strip_prefix(":::") {
        let rest = rest.trim_start_matches(':').trim();
        if rest.starts_with('{') {
            return Some((attribute(rest).unwrap_or_default(), false));
        }
        let name = rest.split_once([' ', '[']).map_or("", |(_, title)| title);
        return Some((name.trim_matches(['[', ']', ' ']), false));
    }
    for sign in ["!!! ", "???+ ", "??? ", "=== "] {
        if let Some(rest) = line.strip_prefix(sign) {
            return (sign != "=== " || rest.starts_with('"')).then(|| (quoted(rest), true));
        }
    }
    let tag = |open: &str, close: &str| line.starts_with(open) && line.ends_with(close);
    if tag("{%", "%}") || tag("{{<", ">}}") || tag("{{%", "%}}") {
        return Some((attribute(line).unwrap_or_default(), false));
    }
    if let Some(rest) = line.strip_prefix("> [!") {
        let (_, name) = rest.split_once(']')?;
        return Some((name.trim_start_matches(['+', '-']).trim(), false));
    }
    if matches!(line, "[TOC]" | "[toc]" | "[[toc]]" | "[[_TOC_]]") || tag("{:", "}") {
        return Some(("", false));
    }
    let quotes = line.contains(['"', '\'']);
    let is_import =
        line.starts_with("import ") && quotes && line.trim_end().ends_with(['"', '\'', ';']);
    let is_export = ["export const ", "export default ", "export function "]
        .iter()
        .any(|start| line.starts_with(start));
    if is_import || is_export {
        return Some(("", false));
    }
    // A component: what it is called is in its attributes.
    let component = line.strip_prefix('<')?;
    component.starts_with(|c: char| c.is_ascii_uppercase()).then_some(())?;
    let name = attribute(line)?;
    line.ends_with('>').then_some((name, false)).filter(|_| !line.contains("</"))
}

/// A line of text without what some systems mark in it: links by the names of pages, what is
/// highlighted, remarks of the author, attributes of what is before them.
fn without_marks(line: &str) -> Cow<'_, str> {
    if line.contains('`') || !["[[", "==", "%%", "{:", "{ .", "{."].iter().any(|m| line.contains(m))
    {
        return Cow::Borrowed(line);
    }
    let wiki = between(line, "[[", "]]", |inner, before| {
        let shown = inner.rsplit_once('|').map_or(inner, |(_, shown)| shown);
        // What is put in at this place is a picture or another page.
        if before.ends_with('!') { String::new() } else { shown.trim_start_matches('#').to_owned() }
    });
    let plain = between(&wiki, "%%", "%%", |_, _| String::new());
    let plain = between(&plain, "==", "==", |inner, _| inner.to_owned());
    let plain = ["{:", "{ .", "{."]
        .iter()
        .fold(plain, |text, open| between(&text, open, "}", |_, _| String::new()));
    Cow::Owned(plain)
}

/// `text` with what is between `open` and `close` replaced, by what it is and what is before it.
fn between(text: &str, open: &str, close: &str, made: impl Fn(&str, &str) -> String) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(open) {
        let Some((inner, after)) = behind.split_once(close).filter(|(inner, _)| !inner.is_empty())
        else {
            break;
        };
        plain.push_str(before);
        let put = made(inner, before);
        if put.is_empty() && plain.ends_with('!') {
            plain.pop();
        }
        plain.push_str(&put);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// What is in the first double quotes.
fn quoted(text: &str) -> &str {
    text.split('"').nth(1).unwrap_or_default()
}

/// The name that a tag gives to what is in it.
fn attribute(tag: &str) -> Option<&str> {
    NAMES.iter().find_map(|name| {
        let (before, rest) = tag.split_once(&format!("{name}="))?;
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, _) = rest.get(1..)?.split_once(quote)?;
        before.ends_with([' ', '{']).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::extract::markdown;

    fn said(source: &str) -> String {
        let url = Url::parse("https://example.com/guide.md").unwrap();
        let blocks = markdown::read(source, &url).unwrap().blocks;
        let lines = |block: crate::extract::Block| {
            let headings = block.headings.join(" > ");
            format!("{headings}: {}", block.text)
        };
        blocks.into_iter().map(lines).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn remarks_of_several_systems_are_text() {
        for source in [
            "# Oven\n\n:::warning Hot\n\nMind the door.\n\n:::\n\nClose it.\n",
            "# Oven\n\n:::danger[Hot]\nMind the door.\n:::\n\nClose it.\n",
            "# Oven\n\n!!! warning \"Hot\"\n    Mind the door.\n\nClose it.\n",
            "# Oven\n\n??? question \"Hot\"\n\n    Mind the door.\n\nClose it.\n",
            "# Oven\n\n{% hint style=\"info\" title=\"Hot\" %}\nMind the door.\n{% endhint %}\n\nClose it.\n",
            "# Oven\n\n<Warning title=\"Hot\">\n\nMind the door.\n\n</Warning>\n\nClose it.\n",
        ] {
            let said = said(source);
            assert!(said.contains("Mind the door.") && said.contains("Close it."), "{said}");
            assert!(said.contains("Hot"), "{source}: {said}");
            for sign in [":::", "!!!", "???", "{%", "warning", "style="] {
                assert!(!said.contains(sign), "{source}: {said}");
            }
        }
        let alert = said("# Oven\n\n> [!CAUTION]\n> Mind the door.\n");
        assert_eq!(alert, "Oven: Mind the door.");
    }

    #[test]
    fn code_of_a_page_s_own_is_not_told_and_what_readers_type_is() {
        let source = "import Tabs from '@site/tabs'\nexport const hot = 1;\n\n# Oven\n\n{/* ask Jo\nagain */}\n\n\
            <Tabs>\n<TabItem value=\"gas\" label=\"Gas\">\n\nTurn the tap.\n\n</TabItem>\n</Tabs>\n\n\
            ```py\nimport oven from \"oven\"\n:::x\n```\n\nimport duties are 4 percent.\n";
        let said = said(source);
        for there in ["Gas", "Turn the tap.", "import oven from \"oven\"", ":::x", "import duties"]
        {
            assert!(said.contains(there), "{there}: {said}");
        }
        for absent in ["ask Jo", "again", "@site", "hot = 1"] {
            assert!(!said.contains(absent), "{absent}: {said}");
        }
    }

    #[test]
    fn tabs_of_mkdocs_hold_code_and_text() {
        let source = "# Oven\n\n=== \"Gas\"\n\n    Turn the tap.\n\n    ```sh\n    light --now\n    ```\n\n\
                      === \"Power\"\n\n    Press the key.\n\nClose it.\n";
        let said = said(source);
        assert!(said.contains("light --now") && said.contains("Press the key."), "{said}");
        assert!(!said.contains("===") && !said.contains("```"), "{said}");
    }

    #[test]
    fn links_by_name_remarks_and_attributes_are_made_plain() {
        let said = said(
            "# Oven\n\nSee [[Doors|the door]] and [[Gas]]. Set it to ==220 degrees==. %%check with Jo%%\n\n\
             [TOC]\n\n> [!tip] Hot\n> Mind the door.\n\n::: {.callout-note title=\"Cold\"}\nWait.\n:::\n\nClose it.\n{: .big}\n",
        );
        for there in [
            "See the door and Gas. Set it to 220 degrees.",
            "Hot",
            "Mind the door.",
            "Cold",
            "Wait.",
        ] {
            assert!(said.contains(there), "{there}: {said}");
        }
        for absent in ["[[", "==", "Jo", "[TOC]", "[!tip]", "callout", "{:"] {
            assert!(!said.contains(absent), "{absent}: {said}");
        }
    }

    #[test]
    fn components_are_named_and_their_code_is_not_told() {
        let said = said(
            "export const Hot = (props) => (\n  <b>{props.degrees}</b>\n);\n\n# Oven\n\n\
             <Card\n  title=\"Doors\"\n  icon=\"door\"\n>\n  Open outwards.\n</Card>\n\n\
             <Card title=\"Gas\" href=\"/gas\">Is piped.</Card>\n\n<ParamField path=\"degrees\" type=\"int\">\n  How hot.\n</ParamField>\n",
        );
        for there in ["Doors", "Open outwards.", "Gas", "Is piped.", "degrees", "How hot."] {
            assert!(said.contains(there), "{there}: {said}");
        }
        for absent in ["props", "icon", "<b>", "href", ");"] {
            assert!(!said.contains(absent), "{absent}: {said}");
        }
    }
}
