//! From what a client sent to what the domain takes. Each function names the field and the bound
//! that was broken; none of them clamps in silence.

use serde_json::Value;
use url::Url;

use crate::{Days, Error, Result, Timestamp};

/// A chatbot's name, in every dialect.
pub const NAME: (usize, usize) = (1, 100);
/// A chatbot's description.
pub const DESCRIPTION: (usize, usize) = (0, 2_000);
/// The name of an uploaded file.
pub const FILE_NAME: (usize, usize) = (1, 255);
/// A visitor's message.
pub const MESSAGE: (usize, usize) = (1, 4_000);
/// An opaque id that a client chooses, such as a visitor's.
pub const CLIENT_ID: (usize, usize) = (1, 128);
/// The question of a Q&A pair.
pub const QUESTION: (usize, usize) = (1, 1_000);
/// Other ways to ask a Q&A pair's question, each as long as a question.
pub const ALTERNATIVES: usize = 20;
/// The answer of a Q&A pair.
pub const ANSWER: (usize, usize) = (1, 10_000);
/// A webhook's description.
pub const NOTE: (usize, usize) = (0, 200);
/// A visitor's name.
pub const PERSON: (usize, usize) = (1, 200);
/// A phone number, in whatever form it was typed.
pub const PHONE: (usize, usize) = (1, 50);
/// Why a person is requested.
pub const REASON: (usize, usize) = (0, 500);
/// What a list is searched for.
pub const SEARCH: (usize, usize) = (0, 100);
/// The longest URL taken.
pub const URL_LENGTH: usize = 2_048;
/// A chatbot's free settings, as JSON text. They are read with the chatbot on every chat turn.
pub const SETTINGS_BYTES: usize = 8 * 1024;
/// How deep settings may nest.
pub const SETTINGS_DEPTH: usize = 16;

/// Text of `min..=max` characters after trimming, without NUL.
pub fn text(field: &str, value: &str, (min, max): (usize, usize)) -> Result<String> {
    let value = value.trim();
    if value.contains('\0') {
        return Err(Error::field(field, "must not contain a NUL character"));
    }
    let length = value.chars().count();
    if length < min || (min > 0 && value.chars().all(is_invisible)) {
        return Err(Error::field(field, "must not be empty"));
    }
    if length > max {
        return Err(Error::field(field, format!("must have at most {max} characters")));
    }
    Ok(value.to_owned())
}

/// What a client means by an optional field: a blank text is none.
pub fn given(value: Option<&str>) -> Option<&str> {
    value.filter(|text| !text.trim().is_empty())
}

/// Whether a character shows nothing by itself: white space, a format character, a filler, a
/// variation selector (Unicode 16, `Default_Ignorable_Code_Point` and the blanks beside it).
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A value that has to be there.
pub fn required<T>(field: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Error::field(field, "is required"))
}

/// A whole number from a query parameter, `min..=max`, or `default` when absent.
pub fn number(
    field: &str,
    value: Option<&str>,
    default: u32,
    (min, max): (u32, u32),
) -> Result<u32> {
    let Some(value) = value else { return Ok(default) };
    match value.parse::<u32>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(Error::field(field, format!("must be a whole number from {min} to {max}"))),
    }
}

/// A UTC day, `YYYY-MM-DD`: when it begins.
pub fn day(field: &str, value: &str) -> Result<Timestamp> {
    let digits =
        |at: usize, b: u8| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() };
    Some(value)
        .filter(|v| v.len() == 10 && v.bytes().enumerate().all(|(at, b)| digits(at, b)))
        .and_then(|v| Timestamp::parse(&format!("{v}T00:00:00Z")))
        .ok_or_else(|| Error::field(field, "must be a day, YYYY-MM-DD"))
}

/// From a first day to a last one, each with the name of its field; either may be left out.
pub fn days(first: (&str, Option<&str>), last: (&str, Option<&str>)) -> Result<Days> {
    let days = Days {
        first: first.1.map(|value| day(first.0, value)).transpose()?,
        last: last.1.map(|value| day(last.0, value)).transpose()?,
    };
    match (days.first, days.last) {
        (Some(begins), Some(ends)) if ends < begins => {
            Err(Error::field(last.0, format!("must not be before {}", first.0)))
        }
        _ => Ok(days),
    }
}

/// An absolute web address: http or https, a host, no credentials, at most [`URL_LENGTH`] bytes.
/// The fragment is dropped, since it never reaches a server.
pub fn web_url(field: &str, value: &str) -> Result<Url> {
    if value.len() > URL_LENGTH {
        return Err(Error::field(field, format!("must have at most {URL_LENGTH} characters")));
    }
    let mut url = Url::parse(value.trim())
        .map_err(|e| Error::field(field, format!("must be an absolute URL: {e}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::field(field, "must begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::field(field, "must not contain a user name or password"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Error::field(field, "must name a host"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// How deep a JSON value nests: 0 for one that holds no other.
pub fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// An e-mail address in lower case. Only its form is looked at: one `@`, a dotted domain.
pub fn email(field: &str, value: &str) -> Result<String> {
    let value = value.trim().to_lowercase();
    let valid = value.len() <= 254
        && value.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && domain.split('.').count() >= 2
                && domain.split('.').all(|label| {
                    !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                })
        })
        && value.chars().all(|c| !c.is_whitespace() && !c.is_control());
    if valid { Ok(value) } else { Err(Error::field(field, "must be an e-mail address")) }
}

/// A BCP 47 language tag, by its form: subtags of letters and digits, the first of letters alone.
pub fn language(field: &str, value: &str) -> Result<String> {
    let mut subtags = value.split('-');
    let first = subtags.next().unwrap_or_default();
    let valid = (2..=8).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && value.len() <= 35
        && subtags.all(|tag| {
            (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    if valid {
        Ok(value.to_owned())
    } else {
        Err(Error::field(field, "must be a language tag such as en or pt-BR"))
    }
}

/// A colour as in CSS, by its digits: `#rgb`, `#rrggbb` or `#rrggbbaa`.
pub fn color(field: &str, value: &str) -> Result<String> {
    let digits = value.strip_prefix('#').unwrap_or_default();
    if [3, 6, 8].contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(value.to_owned())
    } else {
        Err(Error::field(field, "must be a colour: #rgb, #rrggbb or #rrggbbaa"))
    }
}

/// A password: 8 to 128 characters, nothing else asked.
pub fn password(field: &str, value: &str) -> Result<()> {
    match value.chars().count() {
        8..=128 => Ok(()),
        _ => Err(Error::field(field, "must have 8 to 128 characters")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_counts_characters_and_names_the_bound() {
        assert_eq!(text("name", "  Zoë ", NAME).unwrap(), "Zoë");
        assert!(text("name", &"ü".repeat(100), NAME).is_ok());
        let error = text("name", &"ü".repeat(101), NAME).unwrap_err();
        assert_eq!(error.message, "name must have at most 100 characters");
        for blank in ["   ", "\u{200b}", "\u{2060}\u{feff}", "\u{3164} \u{fe0f}"] {
            assert_eq!(text("name", blank, NAME).unwrap_err().message, "name must not be empty");
        }
        assert!(text("name", "\u{200f}מחיר", NAME).is_ok() && text("name", "👍🏽", NAME).is_ok());
        assert_eq!((given(Some(" ")), given(Some(" a")), given(None)), (None, Some(" a"), None));
    }

    #[test]
    fn web_url_takes_only_plain_web_addresses() {
        assert_eq!(
            web_url("url", "https://Example.com/docs#top").unwrap().as_str(),
            "https://example.com/docs"
        );
        for bad in
            ["file:///etc/passwd", "https://me:secret@example.com", "example.com", "ftp://a/b", ""]
        {
            assert_eq!(web_url("url", bad).unwrap_err().fields[0].field, "url", "{bad}");
        }
    }

    #[test]
    fn numbers_out_of_bounds_are_errors() {
        assert_eq!(number("limit", None, 20, (1, 100)).unwrap(), 20);
        assert_eq!(number("limit", Some("100"), 20, (1, 100)).unwrap(), 100);
        for bad in ["0", "101", "-1", "ten", "1.5", ""] {
            assert!(number("limit", Some(bad), 20, (1, 100)).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_are_days() {
        let days = |a, b| days(("from", a), ("to", b));
        let both = days(Some("2028-02-29"), Some("2028-02-29")).unwrap();
        assert_eq!(both.names().collect::<Vec<_>>(), ["2028-02-29"]);
        assert_eq!(days(None, None).unwrap(), Days::ALL);
        for bad in ["", "2026-02-30", "2026-2-3", "20260203", "2026-02-03T00:00:00Z", "+026-02-03"]
        {
            assert_eq!(
                days(Some(bad), None).unwrap_err().message,
                "from must be a day, YYYY-MM-DD"
            );
            assert!(days(None, Some(bad)).unwrap_err().message.starts_with("to must"), "{bad}");
        }
        let backwards = days(Some("2026-02-03"), Some("2026-02-02")).unwrap_err();
        assert_eq!(backwards.message, "to must not be before from");
    }

    #[test]
    fn language_tags() {
        for tag in ["en", "pt-BR", "zh-Hant-TW", "de-CH-1996"] {
            assert_eq!(language("language", tag).unwrap(), tag);
        }
        for bad in ["", "e", "en_US", "english language", "-en", "12", "en--US"] {
            assert!(language("language", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn colors() {
        for good in ["#fff", "#2563EB", "#2563eb80"] {
            assert_eq!(color("primaryColor", good).unwrap(), good);
        }
        for bad in
            ["", "#", "fff", "#ff", "#ffff", "#fffff", "#ggg", "red", "#fff;", "#ééé", "##ff"]
        {
            assert!(color("primaryColor", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn email_form() {
        assert_eq!(email("email", " Ada@Example.com ").unwrap(), "ada@example.com");
        for bad in ["ada", "ada@", "@example.com", "a b@example.com", "a@b", "a@b..c"] {
            assert!(email("email", bad).is_err(), "{bad}");
        }
    }
}
