//! Files that say in their trailer itself how they are encrypted. The parser reads only what an object of
//! its own says, so such a file gets one: it is written behind the file's end, as an update of the file.

use std::borrow::Cow;

/// Bytes of a trailer at most.
const MAX_TRAILER: usize = 64 * 1024;
/// Dictionaries and arrays within each other at most.
const MAX_DEPTH: usize = 16;

/// The file, with what its trailer says of its encryption in an object of its own.
pub(super) fn with_object(file: &[u8]) -> Cow<'_, [u8]> {
    updated(file).map_or(Cow::Borrowed(file), Cow::Owned)
}

fn updated(file: &[u8]) -> Option<Vec<u8>> {
    let mut end = file.len();
    let (trailer, said) = loop {
        end = rfind(file.get(..end)?, b"trailer")?;
        let rest = file.get(end..)?.get(..MAX_TRAILER).unwrap_or(file.get(end..)?);
        let trailer = Trailer::of(rest)?;
        match (trailer.value(b"Root"), trailer.value(b"Encrypt")) {
            (Some(_), Some(said)) if said.starts_with(b"<<") => break (trailer, said),
            _ => {}
        }
    };
    let number: usize = ascii(trailer.value(b"Size")?)?;
    let start = rfind(file, b"startxref")? + b"startxref".len();
    let before: usize = ascii(file.get(start..)?)?;
    let mut updated = file.to_vec();
    updated.push(b'\n');
    let object = updated.len();
    updated.extend(format!("{number} 0 obj\n").bytes());
    updated.extend(said);
    updated.extend(b"\nendobj\n");
    let table = updated.len();
    updated.extend(format!("xref\n{number} 1\n{object:010} 00000 n \ntrailer\n<<").bytes());
    for (name, value) in &trailer.0 {
        if !matches!(*name, b"Encrypt" | b"Size" | b"Prev" | b"XRefStm") {
            updated.push(b'/');
            updated.extend_from_slice(name);
            updated.push(b' ');
            updated.extend_from_slice(value);
        }
    }
    let size = number.checked_add(1)?;
    let end =
        format!("/Size {size}/Encrypt {number} 0 R/Prev {before}>>\nstartxref\n{table}\n%%EOF\n");
    updated.extend(end.bytes());
    Some(updated)
}

fn rfind(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}

/// The number that bytes begin with.
fn ascii(bytes: &[u8]) -> Option<usize> {
    let bytes = bytes.trim_ascii_start();
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len());
    std::str::from_utf8(bytes.get(..end)?).ok()?.parse().ok()
}

/// The entries of a trailer: names, without their slashes, and values as they are written.
struct Trailer<'f>(Vec<(&'f [u8], &'f [u8])>);

impl<'f> Trailer<'f> {
    /// Reads what begins with the word `trailer`.
    fn of(file: &'f [u8]) -> Option<Self> {
        let begin = file.windows(2).position(|window| window == b"<<")? + 2;
        let mut entries: Vec<(&[u8], &[u8])> = Vec::new();
        let mut at = begin;
        loop {
            at = end_of_space(file, at);
            if file.get(at..)?.starts_with(b">>") {
                return Some(Self(entries));
            }
            let name = end_of_value(file, at, 0)?;
            let value = end_of_space(file, name);
            let mut end = end_of_value(file, value, 0)?;
            // A reference is a number, a generation and an R.
            while !matches!(*file.get(end_of_space(file, end))?, b'/' | b'>') {
                end = end_of_value(file, end_of_space(file, end), 0)?;
            }
            let of_name = file.get(at..name)?.strip_prefix(b"/")?;
            entries.push((of_name, file.get(value..end)?));
            at = end;
        }
    }

    fn value(&self, name: &[u8]) -> Option<&'f [u8]> {
        self.0.iter().find(|(of, _)| *of == name).map(|(_, value)| *value)
    }
}

fn end_of_space(file: &[u8], at: usize) -> usize {
    let space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let rest = file.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !space(byte)).unwrap_or(rest.len())
}

/// The place behind the value that begins at `at`.
fn end_of_value(file: &[u8], at: usize, depth: usize) -> Option<usize> {
    let rest = file.get(at..).filter(|_| depth < MAX_DEPTH)?;
    let (close, begin): (&[u8], usize) = match rest {
        [b'<', b'<', ..] => (b">>", 2),
        [b'[', ..] => (b"]", 1),
        [b'<', ..] => return Some(at + rest.iter().position(|byte| *byte == b'>')? + 1),
        [b'(', ..] => return end_of_string(file, at),
        [_, word @ ..] => {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b"()<>[]{}/%\0".contains(byte);
            return Some(at + 1 + word.iter().position(ends)?);
        }
        [] => return None,
    };
    let mut at = end_of_space(file, at + begin);
    while !file.get(at..)?.starts_with(close) {
        at = end_of_space(file, end_of_value(file, at, depth + 1)?);
    }
    Some(at + close.len())
}

/// The place behind a string in parentheses, which nest.
fn end_of_string(file: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut escaped = false;
    for (place, byte) in file.iter().enumerate().skip(at) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(place + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailer_is_taken_apart_whatever_its_strings_hold() {
        let trailer = b"trailer <</Size 9/Root 1 0 R /Encrypt<</O(a\\)>>(b))/U<00ff>/R 3 /K[1 <</A/B>>]>>/ID[<01><02>] >> x";
        let read = Trailer::of(trailer).unwrap();
        assert_eq!(read.value(b"Size"), Some(b"9".as_slice()));
        assert_eq!(read.value(b"Root"), Some(b"1 0 R".as_slice()));
        let said: &[u8] = b"<</O(a\\)>>(b))/U<00ff>/R 3 /K[1 <</A/B>>]>>";
        assert_eq!(read.value(b"Encrypt"), Some(said));
        for broken in
            ["trailer <<", "trailer <</A", "trailer <</A (", "trailer <</A [[[[", "trailer x"]
        {
            assert!(Trailer::of(broken.as_bytes()).is_none(), "{broken}");
        }
        let deep = format!("trailer <</A {}>>", "[".repeat(5_000));
        assert!(Trailer::of(deep.as_bytes()).is_none());
    }

    #[test]
    fn a_file_without_such_a_trailer_is_as_it_is() {
        for file in ["", "trailer", "trailer<</Size 1/Root 1 0 R/Encrypt 4 0 R>>startxref 0"] {
            assert!(matches!(with_object(file.as_bytes()), Cow::Borrowed(_)), "{file}");
        }
    }
}
