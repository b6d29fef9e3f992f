//! SVG, refused if an allow-list of what a drawing may hold ([`svg_hush`]) would take anything away,
//! or if it fetches from elsewhere. Refused and not cleaned: what one parser takes away, another one
//! may still see.

use std::io::Cursor;

use roxmltree::{Document, Node, ParsingOptions};
use svg_hush::{Filter, data_url_filter};

const SVG: &str = "http://www.w3.org/2000/svg";
/// A drawing with more elements than this is no logo.
const MAX_NODES: u32 = 10_000;

/// Says what is wrong with it, if anything.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no UTF-8 text")?;
    let lower = text.to_ascii_lowercase();
    if lower.contains("<!doctype") || lower.contains("<!entity") {
        return Err("it has a document type".to_owned());
    }
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" || root.tag_name().namespace() != Some(SVG) {
        return Err(format!("its root must be svg of {SVG}"));
    }
    document.descendants().try_for_each(|node| check_node(&node))?;
    let clean = clean(bytes)?;
    let clean = parse(&clean)?;
    let mut kept = elements(&clean);
    for element in elements(&document) {
        let name = element.tag_name().name();
        match kept.next() {
            Some(twin) if twin.tag_name().name() == name => keeps_all(&element, &twin)?,
            _ => return Err(format!("it has an element {name}")),
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..Default::default() };
    Document::parse_with_options(text, options).map_err(|error| error.to_string())
}

/// What the allow-list leaves of a drawing, not indented, so that no node is added.
fn clean(bytes: &[u8]) -> Result<String, String> {
    let mut filter = Filter::new();
    filter.set_data_url_filter(data_url_filter::allow_standard_images);
    let mut clean = Vec::with_capacity(bytes.len());
    filter.filter(&mut Cursor::new(bytes), &mut clean).map_err(|error| error.to_string())?;
    String::from_utf8(clean).map_err(|error| error.to_string())
}

fn elements<'a, 'input>(
    document: &'a Document<'input>,
) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
    document.descendants().filter(Node::is_element)
}

/// Whether the allow-list has left each attribute of `element`.
fn keeps_all(element: &Node<'_, '_>, kept: &Node<'_, '_>) -> Result<(), String> {
    for attribute in element.attributes() {
        let name = attribute.name();
        let found = kept.attributes().any(|kept| kept.name() == name);
        if !found {
            return Err(format!("it has an attribute {name} that a drawing may not have"));
        }
    }
    Ok(())
}

/// What the allow-list lets pass: processing instructions, styles that fetch, addresses elsewhere.
fn check_node(node: &Node<'_, '_>) -> Result<(), String> {
    if node.is_pi() {
        return Err("it has a processing instruction".to_owned());
    }
    if node.is_text() && node.parent().is_some_and(|parent| is_style(&parent)) {
        check_css(node.text().unwrap_or_default())?;
    }
    // A style that its element's parts say between them would be read part by part here.
    if is_style(node) && node.children().filter(|child| !child.is_comment()).count() > 1 {
        return Err("a style must be one text".to_owned());
    }
    for attribute in node.attributes() {
        let name = attribute.name().to_ascii_lowercase();
        if ["href", "src"].contains(&name.as_str()) {
            check_reference(attribute.value())?;
        }
        check_css(attribute.value())?;
    }
    Ok(())
}

fn is_style(node: &Node<'_, '_>) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case("style")
}

/// Browsers drop white space and control characters from an address before they read it.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// A part of the same drawing, or an image that is in it.
fn check_reference(value: &str) -> Result<(), String> {
    let value = bare(value);
    let inside = value.starts_with('#')
        || value.starts_with("data:image/png;base64,")
        || value.starts_with("data:image/jpeg;base64,");
    match inside {
        true => Ok(()),
        false => Err("it refers to something outside".to_owned()),
    }
}

fn check_css(text: &str) -> Result<(), String> {
    let lower = text.to_ascii_lowercase();
    // Which may spell any of the words below.
    if lower.contains('\\') && (lower.contains('(') || lower.contains('@')) {
        return Err("it has an escape in a style".to_owned());
    }
    for word in ["@import", "image-set(", "image(", "expression(", "-moz-binding"] {
        if lower.contains(word) {
            return Err(format!("it has {word} in a style"));
        }
    }
    for (at, _) in lower.match_indices("url(") {
        let target = text.get(at + 4..).unwrap_or_default();
        check_reference(target.trim_start().trim_start_matches(['"', '\'']))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(inside: &str) -> Result<(), String> {
        let head =
            "xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"";
        check(format!("<svg {head}>{inside}</svg>").as_bytes())
    }

    #[test]
    fn drawings_are_taken() {
        for inside in [
            "",
            "<!-- made by hand --><title>Harbour</title><path d='M0 0h1v1z' fill='#fff'/>",
            "<defs><linearGradient id='a'><stop offset='0'/></linearGradient></defs>\
             <rect fill='url(#a)' style='stroke: url( \"#a\" )'/><use href='#b' xlink:href='#b'/>",
            "<style>.a { fill: url(#a); } @media print { .a { fill: red } }</style>",
            "<style><![CDATA[.a > .b { fill: red }]]></style>",
            "<image href='data:image/png;base64,iVBOR' width='1'/>",
            "<animate attributeName='opacity' values='0;1' dur='1s'/>",
            "<text font-family='One, \"Two\"'>once upon a time: on\\off (1)</text>",
        ] {
            assert_eq!(of(inside), Ok(()), "{inside}");
        }
        let declared = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                        <s:svg xmlns:s=\"http://www.w3.org/2000/svg\"><s:g/></s:svg>";
        assert_eq!(check(declared.as_bytes()), Ok(()));
    }

    #[test]
    fn what_runs_or_fetches_is_refused() {
        for inside in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            "<x:script xmlns:x='http://www.w3.org/2000/svg'/>",
            "<h:script xmlns:h='http://www.w3.org/1999/xhtml'/>",
            "<h:p xmlns:h='http://www.w3.org/1999/xhtml'/>",
            "<foreignObject/>",
            "<g onload='alert(1)'/>",
            "<g ONclick='alert(1)'/>",
            "<a href='javascript:alert(1)'><text>x</text></a>",
            "<a href='java&#10;script:alert(1)'/>",
            "<a href='&#x6a;avascript:alert(1)'/>",
            "<a xlink:href=' JaVaScRiPt:alert(1)'/>",
            "<a href='https://evil.example/'/>",
            "<use href='https://evil.example/a.svg#b'/>",
            "<use xlink:href='//evil.example/a.svg#b'/>",
            "<use href='a.svg#b'/>",
            "<use href=''/>",
            "<image href='data:image/svg+xml;base64,PHN2Zy8+'/>",
            "<image href='data:text/html,x'/>",
            "<image src='https://evil.example/a.png'/>",
            "<g xml:base='https://evil.example/'/>",
            "<rect fill='url(https://evil.example/a#b)'/>",
            "<rect style=\"fill:URL( 'https://evil.example/a#b' )\"/>",
            "<rect style='fill:\\75rl(https://evil.example/)'/>",
            "<style>@import 'https://evil.example/a.css';</style>",
            "<style>@IMPORT url(#a);</style>",
            "<style>@\\69mport 'https://evil.example/a.css';</style>",
            "<style>.a{background:url(//evil.example/a)}</style>",
            "<style>.a{fill:u<g/>rl(//evil.example/a)}</style>",
            "<style>.a{background:image-set('https://evil.example/a' 1x)}</style>",
            "<animate attributeName='href' values='javascript:alert(1)'/>",
            "<set attributeName='xlink:href' to='#a'/>",
            "<set attributeName=' onclick ' to='alert(1)'/>",
            "<?xml-stylesheet href='https://evil.example/a.css'?>",
            "<iframe/>",
            "<unclosed>",
            "&evil;",
        ] {
            assert!(of(inside).is_err(), "{inside}");
        }
    }

    #[test]
    fn it_has_to_be_svg_without_a_document_type_and_of_bounded_size() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        assert_eq!(check(svg.as_bytes()), Ok(()));
        for text in [
            "",
            "GIF89a",
            "<svg/>",
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<g xmlns=\"http://www.w3.org/2000/svg\"/>",
            &format!("<!DOCTYPE svg>{svg}"),
            &format!("<!DOCTYPE svg [<!ENTITY a \"b\">]>{svg}"),
            &format!("<?xml-stylesheet href=\"a.css\"?>{svg}"),
            &format!("{svg}{svg}"),
        ] {
            assert!(check(text.as_bytes()).is_err(), "{text}");
        }
        assert!(check(b"\xff\xfe<\0s\0v\0g\0/\0>\0").is_err());
        assert!(of(&"<g/>".repeat(10_001)).is_err());
        assert!(of(&format!("{}{}", "<g>".repeat(14_000), "</g>".repeat(14_000))).is_err());
        assert_eq!(of(&format!("{}{}", "<g>".repeat(2_000), "</g>".repeat(2_000))), Ok(()));
    }
}
