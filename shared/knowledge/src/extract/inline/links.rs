//! What is written on a link, and where it leads if that is no page to be read.

use percent_encoding::percent_decode_str;

use super::{LONGEST_ALT, Tag, Writer};

/// Files that a page offers, whose address is worth telling.
const FILES: &[&str] = &[".pdf", ".docx", ".doc", ".xlsx", ".xls", ".pptx", ".odt", ".zip", ".csv"];

/// Where a link to an address of mail leads that Cloudflare hides from programs, before the address.
const VEIL: &str = "/cdn-cgi/l/email-protection#";

impl Writer<'_> {
    /// What is written on a link, and where it leads if that is no page.
    pub(super) fn link(&mut self, place: usize) {
        let node = &self.page.nodes[place];
        let href = node.attribute("href").unwrap_or_default().trim();
        let begin = self.line.text().len();
        let text = self.page.text(place);
        // A sign beside a heading leads to that heading.
        let sign = href.starts_with('#') && !text.chars().any(char::is_alphanumeric);
        let is_note = href.starts_with('#') && is_mark_of_note(&text);
        if (sign && text.chars().count() <= 2) || is_note || self.is_to_source(place, &text) {
            return;
        }
        self.children(place);
        let written = self.line.text().get(begin..).unwrap_or_default().to_lowercase();
        if let Some(address) = self.address(href, &written) {
            let shown = if written.trim().is_empty() { address } else { format!(" ({address})") };
            self.line.push(&shown, false);
        }
    }

    /// Whether a link behind the signature of a function leads to its source, as documentation made
    /// from code has them.
    fn is_to_source(&self, place: usize, text: &str) -> bool {
        const TEXTS: &[&str] = &["[source]", "[src]", "[docs]", "[source code]", "[view source]"];
        let page = self.page;
        let signed = |at: usize| matches!(page.nodes[at].tag, Tag::Dt | Tag::H(_));
        text.len() <= 16
            && TEXTS.iter().any(|source| text.eq_ignore_ascii_case(source))
            && page.ancestors(place).take(3).any(signed)
    }

    /// Where a link leads, if its text doesn't say it and it is worth telling.
    fn address(&self, href: &str, written: &str) -> Option<String> {
        let (scheme, rest) = href.split_once(':').unwrap_or(("", href));
        let scheme = scheme.to_ascii_lowercase();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        if let Some((_, veiled)) = href.split_once(VEIL) {
            return unveiled(veiled).filter(|to| !written.contains(&to.to_lowercase()));
        }
        match scheme.as_str() {
            "mailto" => {
                let to = rest.split('?').next().unwrap_or_default();
                let to = percent_decoded(to).trim().to_owned();
                (to.contains('@') && !written.contains(&to.to_lowercase())).then_some(to)
            }
            "tel" | "sms" => {
                let number = percent_decoded(rest.split([';', '?']).next().unwrap_or_default());
                let told = digits(written);
                let said = digits(&number);
                let known = told.len() >= 5
                    && (said.ends_with(told.trim_start_matches('0')) || told.ends_with(&said));
                (!said.is_empty() && !known).then_some(number.trim().to_owned())
            }
            _ if self.is_article => None,
            _ => {
                let target = self.url.join(href).ok()?;
                let told = || self.line.text().contains(target.as_str());
                (is_file(target.path())
                    && target.as_str().len() <= LONGEST_ALT
                    && target.scheme() != "file"
                    && !told())
                .then(|| target.to_string())
            }
        }
    }
}

/// Whether an address is that of a file to be read elsewhere than in a browser.
pub(in crate::extract) fn is_file(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    FILES.iter().any(|ending| path.ends_with(ending))
}

/// An address with its escapes undone.
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Whether a link says no more than which note it leads to: "[1]", as text programs write them.
fn is_mark_of_note(text: &str) -> bool {
    let number = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    number.is_some_and(|number| {
        (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// An address of mail as Cloudflare writes it into pages, and each visitor reads it: in hexadecimal, the first
/// byte the key of the others.
pub(super) fn unveiled(veiled: &str) -> Option<String> {
    const LONGEST: usize = 254;
    if veiled.len() > 2 * LONGEST || !veiled.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = veiled
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let bytes = bytes?;
    let (key, rest) = bytes.split_first()?;
    let mailbox: Vec<u8> = rest.iter().map(|byte| byte ^ key).collect();
    let mailbox = String::from_utf8(mailbox).ok()?;
    let mailbox = mailbox.split('?').next().unwrap_or_default().trim();
    let is_one = mailbox.contains('@') && !mailbox.contains(char::is_whitespace);
    is_one.then(|| mailbox.to_owned())
}
