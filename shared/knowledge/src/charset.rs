//! The character set of a page or a file, by the WHATWG's algorithm: byte order mark, header, what
//! the page declares; and where nothing is said, what its bytes look like.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How much of a page is looked at for what it declares, in bytes. The standard has 1,024, and lets
/// a parser that finds a later declaration begin again.
const HEAD: usize = 64 * 1024;
/// How much of a text is looked at to guess, in bytes.
const GUESSED: usize = 256 * 1024;
/// Characters beyond ASCII that a text of UTF-8 has at least for each byte that is wrong in it.
const RIGHT_TO_WRONG: usize = 20;

/// The text of `body`, which came with this content type.
pub(crate) fn decoded(body: &[u8], content_type: &str, top_level_domain: Option<&str>) -> String {
    let markup = content_type.split(';').next().is_some_and(|kind| {
        let kind = kind.trim().to_ascii_lowercase();
        kind.ends_with("html") || kind.ends_with("xml")
    });
    let head = body.get(..HEAD).unwrap_or(body);
    let declared = || declared(head).filter(|_| markup);
    let named = label(content_type)
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .filter(|named| *named != UTF_8 || !is_no_utf_8(body));
    let encoding = named
        .or_else(declared)
        .filter(|encoding| *encoding != UTF_8 || !is_no_utf_8(body))
        .unwrap_or_else(|| guessed(body, top_level_domain));
    // A server calls all its files Latin, also those that are not: no such text looks like UTF-8.
    let encoding = match encoding.is_single_byte() && is_utf_8_beyond_ascii(body) {
        true => UTF_8,
        false => encoding,
    };
    encoding.decode(body).0.into_owned()
}

fn is_utf_8_beyond_ascii(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| !text.is_ascii())
}

/// The `charset` of a content type.
pub(crate) fn label(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1);
    let mut pairs = parameters.filter_map(|parameter| parameter.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(value.trim().trim_matches(['"', '\''])).filter(|label| !label.is_empty())
}

/// What a page declares: in an XML declaration or a `meta` element.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let label = xml_declaration(head).or_else(|| prescan(head))?;
    let encoding = Encoding::for_label(label.trim_ascii())?;
    // What could be read to this place is no UTF-16.
    match encoding.name() {
        "UTF-16LE" | "UTF-16BE" => Some(UTF_8),
        "x-user-defined" => Some(WINDOWS_1252),
        _ => Some(encoding),
    }
}

fn xml_declaration(head: &[u8]) -> Option<&[u8]> {
    let rest = head.trim_ascii_start();
    let end = rest.strip_prefix(b"<?xml")?.iter().position(|byte| *byte == b'>')?;
    attribute(rest.get(..end + 5)?, b"encoding")
}

/// The character set in the first `meta` element that has one; comments and what is in quotes are
/// no elements.
fn prescan(head: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    while let Some(begin) = head.get(at..)?.iter().position(|byte| *byte == b'<') {
        at += begin;
        let rest = head.get(at..)?;
        if rest.starts_with(b"<!--") {
            let end = rest.windows(3).skip(2).position(|window| window == b"-->")?;
            at += end + 5;
            continue;
        }
        let is_name = rest.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/');
        if !is_name {
            at += 1;
            continue;
        }
        let end = tag_end(rest)?;
        let tag = rest.get(..end)?;
        let name = tag.get(1..).unwrap_or_default();
        let named = |of: &[u8]| {
            name.get(..of.len()).is_some_and(|name| name.eq_ignore_ascii_case(of))
                && name.get(of.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric())
        };
        if named(b"meta")
            && let Some(label) = of_meta(tag)
        {
            return Some(label);
        }
        at += end;
        // What is in a script or a style is no markup.
        for raw in [&b"script"[..], b"style", b"title", b"textarea"] {
            if named(raw) {
                let close = [b"</", raw].concat();
                let skip = head.get(at..)?.windows(close.len());
                at += skip.into_iter().position(|window| window.eq_ignore_ascii_case(&close))?;
            }
        }
    }
    None
}

/// The end of a tag, past what its quotes hold.
fn tag_end(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if tag.get(at.wrapping_sub(1)) == Some(&b'=') => {
                quote = Some(*byte)
            }
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

fn of_meta(tag: &[u8]) -> Option<&[u8]> {
    if let Some(label) = attribute(tag, b"charset") {
        return Some(label);
    }
    let equiv = attribute(tag, b"http-equiv")?;
    let content =
        attribute(tag, b"content").filter(|_| equiv.eq_ignore_ascii_case(b"content-type"))?;
    let at = content.windows(7).position(|window| window.eq_ignore_ascii_case(b"charset"))?;
    let value = content.get(at + 7..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let end = value.iter().position(|byte| *byte == b';' || byte.is_ascii_whitespace());
    value.get(..end.unwrap_or(value.len()))
}

/// The value of an attribute of a tag.
fn attribute<'t>(tag: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let begin = tag.iter().position(u8::is_ascii_whitespace)?;
    let mut rest = tag.get(begin..)?;
    loop {
        let divides = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'/';
        rest = rest.get(rest.iter().position(|byte| !divides(byte))?..)?;
        let ends = |byte: &u8| divides(byte) || matches!(byte, b'=' | b'>' | b'?');
        let end = rest.iter().position(ends).unwrap_or(rest.len());
        let (found, behind) = (rest.get(..end)?, rest.get(end..)?.trim_ascii_start());
        let Some(value) = behind.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else {
            // A sign alone would be met again and again.
            rest = behind.get(usize::from(found.is_empty())..)?;
            continue;
        };
        let quote = value.first().copied().filter(|byte| matches!(byte, b'"' | b'\''));
        let value = value.get(usize::from(quote.is_some())..)?;
        let ends = |byte: &u8| match quote {
            Some(quote) => *byte == quote,
            None => byte.is_ascii_whitespace() || *byte == b'>',
        };
        let end = value.iter().position(ends).unwrap_or(value.len());
        if found.eq_ignore_ascii_case(name) {
            return value.get(..end);
        }
        rest = value.get(end + usize::from(quote.is_some())..)?;
    }
}

/// What bytes that nothing is said of look like.
fn guessed(body: &[u8], top_level_domain: Option<&str>) -> &'static Encoding {
    if is_nearly_utf_8(body) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let part = body.get(..GUESSED).unwrap_or(body);
    detector.feed(part, part.len() == body.len());
    let domain = top_level_domain
        .filter(|domain| domain.bytes().all(|b| b.is_ascii_lowercase()))
        .map(str::as_bytes);
    detector.guess(domain, Utf8Detection::Deny)
}

/// Whether bytes are UTF-8, but for a few that something broke.
fn is_nearly_utf_8(body: &[u8]) -> bool {
    let (right, wrong) = right_and_wrong(body);
    wrong == 0 || right >= wrong * RIGHT_TO_WRONG
}

/// Whether bytes are something else than the UTF-8 that their server calls all its files.
fn is_no_utf_8(body: &[u8]) -> bool {
    let (right, wrong) = right_and_wrong(body);
    wrong > right
}

/// How many characters beyond ASCII a text of UTF-8 has, and how often its bytes are none.
fn right_and_wrong(body: &[u8]) -> (usize, usize) {
    body.utf8_chunks().fold((0, 0), |(right, wrong), chunk| {
        let beyond_ascii = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (right + beyond_ascii, wrong + usize::from(!chunk.invalid().is_empty()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(body: &[u8]) -> String {
        decoded(body, "text/html", None)
    }

    #[test]
    fn the_header_goes_before_the_page_and_both_before_guessing() {
        let of = |body: &[u8], kind: &str| decoded(body, kind, None);
        assert_eq!(of(b"caf\xe9", "text/html; charset=ISO-8859-1"), "café");
        assert_eq!(of("café".as_bytes(), "text/html; x=1; Charset=\"utf-8\""), "café");
        assert_eq!(of("\u{feff}café".as_bytes(), "text/html; charset=latin1"), "café");
        // What is called Latin and can be nothing but UTF-8.
        assert_eq!(of("crème brûlée".as_bytes(), "text/html; charset=latin1"), "crème brûlée");
        assert_eq!(of("кофе".as_bytes(), "text/html; charset=windows-1251"), "кофе");
        // What is called UTF-8 and is none.
        let meta = b"<meta charset=iso-8859-2>\xa3\xf3d\xbc";
        assert!(of(meta, "text/html; charset=utf-8").ends_with("Łódź"));
        assert_eq!(of(b"cr\xe8me br\xfbl\xe9e", "text/plain; charset=utf-8"), "crème brûlée");
        let broken = "crème brûlée".as_bytes().to_vec();
        let broken = [&broken[..], b"\xff"].concat();
        assert!(of(&broken, "text/html; charset=utf-8").starts_with("crème brûlée"));
        assert_eq!(html("café".as_bytes()), "café");
        assert!(html(b"<meta charset=\"windows-1252\">caf\xe9").ends_with("café"));
        let equiv =
            b"<META content='text/html; charset=koi8-r' HTTP-EQUIV=Content-Type>\xd2\xd5\xd3";
        assert!(html(equiv).ends_with("рус"));
        let text = "See <meta charset=koi8-r> for it: naïve".as_bytes();
        assert_eq!(of(text, "text/plain"), "See <meta charset=koi8-r> for it: naïve");
    }

    #[test]
    fn only_a_meta_element_declares() {
        for head in [
            "<!-- <meta charset=koi8-r> -->",
            "<script>var m = '<meta charset=koi8-r>'</script>",
            "<link href=a charset=koi8-r>",
            "<div title='<meta charset=koi8-r>'></div>",
            "<meta name=description content='charset=koi8-r'>",
            "<meta charset=utf-16le>",
        ] {
            let page = format!("{head}<p>naïve</p>");
            assert!(html(page.as_bytes()).ends_with("<p>naïve</p>"), "{head}");
        }
        let late = [
            b"<!--".to_vec(),
            vec![b'x'; 5_000],
            b"--><meta charset=windows-1251>\xcc\xe8\xf0".to_vec(),
        ];
        assert!(html(&late.concat()).ends_with("Мир"));
        let xml = b"<?xml version='1.0' encoding='iso-8859-2'?><p>\xb9koda</p>";
        assert!(decoded(xml, "application/xhtml+xml", None).contains("škoda"));
    }

    #[test]
    fn what_says_nothing_is_guessed() {
        let (japanese, _, _) =
            encoding_rs::EUC_JP.encode("図書館は月曜日に休みます。開館は十時です。");
        assert!(decoded(&japanese, "text/plain", Some("jp")).starts_with("図書館は"));
        let mut broken = "Grüße aus Österreich, schöne Straßen überall. ".repeat(20).into_bytes();
        broken.push(0xff);
        assert!(html(&broken).starts_with("Grüße aus Österreich"));
        assert_eq!(html(b"caf\xe9"), "café");
    }
}
