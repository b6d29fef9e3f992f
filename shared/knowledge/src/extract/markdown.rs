//! Markdown, by way of the page that it becomes: what pages may have, it may have too.

use pulldown_cmark::{Event, MetadataBlockKind, Options, Parser, Tag as MarkdownTag, TagEnd, html};
use url::Url;

use super::{
    Document, ExtractError, blocks, language, links, main_text::MainText, markdown_dialects,
    page::PageTree, tag::Tag,
};

/// Elements of a page that a Markdown file of the largest size may make.
const MAX_ELEMENTS: usize = 400_000;

/// Events of the parser that are taken at most. What is behind them is not read.
const MAX_EVENTS: usize = 600_000;
/// Bytes of a file that are read at most: more than passages of a file hold.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Reads Markdown that was found at `url`.
pub(crate) fn read(source: &str, url: &Url) -> Result<Document, ExtractError> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let source = source.trim_start_matches('\u{feff}');
    let (source, _) = source.split_at(source.floor_char_boundary(MAX_BYTES));
    // Programs of old Macs end lines by a carriage return alone.
    let old = (!source.contains('\n')).then(|| source.replace('\r', "\n"));
    let source = markdown_dialects::plain(old.as_deref().unwrap_or(source));
    let mut front = String::new();
    let mut in_front = false;
    let mut events = Vec::new();
    for event in Parser::new_ext(&source, options).take(MAX_EVENTS) {
        match event {
            Event::Start(MarkdownTag::MetadataBlock(
                MetadataBlockKind::YamlStyle | MetadataBlockKind::PlusesStyle,
            )) => in_front = true,
            Event::End(TagEnd::MetadataBlock(_)) => in_front = false,
            Event::Text(text) if in_front => front.push_str(&text),
            // A task that is done is no different from one that isn't to a reader who asks what
            // has to be done.
            Event::TaskListMarker(_) => {}
            event => events.push(event),
        }
    }
    let mut page = String::with_capacity(source.len() * 2);
    html::push_html(&mut page, events.into_iter());
    document(&page, url, front_title(&front))
}

/// Reads markup that holds a text and nothing around it.
pub(crate) fn document(
    source: &str,
    url: &Url,
    title: Option<String>,
) -> Result<Document, ExtractError> {
    let page = PageTree::parse_up_to(source, MAX_ELEMENTS)?;
    let gone = page.nodes.iter().map(|node| node.tag == Tag::Head).collect();
    let main = MainText { root: 0, leads: Vec::new(), opened: Vec::new(), gone, is_article: false };
    let blocks = blocks::of(&page, &main, url);
    if blocks.is_empty() {
        return Err(ExtractError::Empty);
    }
    let heading = || page.nodes.iter().position(|node| matches!(node.tag, Tag::H(_)));
    let said = page.first(Tag::Title).map(|title| page.text(title)).filter(|t| !t.is_empty());
    let title = title.or(said).or_else(|| heading().map(|heading| page.text(heading)));
    Ok(Document {
        title: title.unwrap_or_default(),
        blocks,
        links: links(&page, url, &[]),
        language: language(&page),
        ..Document::default()
    })
}

/// The title in front matter, in YAML or TOML.
fn front_title(front: &str) -> Option<String> {
    let line = front.lines().find_map(|line| line.strip_prefix("title"))?;
    let value = line.trim_start().strip_prefix([':', '='])?.trim();
    let value = value.trim_matches(['"', '\'']).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<(Vec<String>, String)> {
        let url = Url::parse("https://example.com/guide.md").unwrap();
        let blocks = read(source, &url).unwrap().blocks;
        blocks.into_iter().map(|block| (block.headings.to_vec(), block.text)).collect()
    }

    #[test]
    fn sections_of_any_line_ends_and_what_only_looks_like_a_heading() {
        let text = "# Boats\r\n\r\nRow boats,\r\ntwo seats.\r\n\r\n## Hire\r\n\r\n#1 on the lake.\r\n\r\n\
                    ```sh\r\n# not a heading\r\nrow --fast\r\n```\r\n";
        let found = texts(text);
        assert_eq!(found[0], (vec!["Boats".into()], "Row boats, two seats.".into()));
        assert_eq!(found[1], (vec!["Boats".into(), "Hire".into()], "#1 on the lake.".into()));
        assert_eq!(found[2].1, "# not a heading\nrow --fast");
    }

    #[test]
    fn comments_and_front_matter_are_not_said_and_tables_are() {
        let text = "---\ntitle: Harbour fees\n---\n\n<!-- ask Jo -->\nFees are per night.\n\n\
                    | Length | Fee |\n|---|--:|\n| to 8 m | 14 |\n| to 12 m | 22 |\n\n\
                    4. Moor.\n5. Pay.\n\n- [x] Bring papers\n";
        let url = Url::parse("https://example.com/").unwrap();
        let document = read(text, &url).unwrap();
        assert_eq!(document.title, "Harbour fees");
        let found: Vec<_> = document.blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(
            found,
            [
                "Fees are per night.",
                "Length: to 8 m | Fee: 14",
                "Length: to 12 m | Fee: 22",
                "4. Moor.",
                "5. Pay.",
                "- Bring papers"
            ]
        );
    }
}
