//! What systems of documentation add to Markdown, made plain: components of MDX, remarks with signs
//! before them (Docusaurus, MkDocs, GitHub), tags of GitBook, Jekyll and Hugo. What they call a box
//! is told, and how it looks is not.

use std::borrow::Cow;

/// Attributes of components that name what is in them.
const NAMES: &[&str] = &["title", "label", "header", "question", "summary", "heading"];

/// `source` in the Markdown that all agree on.
pub(super) fn plain(source: &str) -> Cow<'_, str> {
    const SIGNS: &[&str] = &[
        ":::", "!!! ", "???", "=== \"", "{%", "{{<", "{{%", "{/*", "[!", "import ", "export ", "<",
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
        match replaced(said) {
            None => self.text.push_str(line),
            Some((name, opens)) => {
                if opens {
                    self.indent += 4;
                }
                self.text.push('\n');
                if !name.is_empty() {
                    self.text.push_str(&format!("**{name}**\n\n"));
                }
            }
        }
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
    if line.starts_with("> [!") && line.ends_with(']') {
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
}
