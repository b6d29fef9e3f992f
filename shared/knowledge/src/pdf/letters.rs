//! Maps of codes to letters, as the `ToUnicode` streams of fonts hold them. Read for what they say
//! and not for their form: programs leave out most of the frame that the standard has around it.

/// Ranges and single codes kept of one map at most.
const MAX_ENTRIES: usize = 70_000;
/// Letters that one code means at most: a ligature, a syllable.
const MAX_LETTERS: usize = 16;
/// Bytes of a code at most.
const MAX_BYTES: usize = 4;

/// The codes from `first` to `last`; the last unit of `units` counts up with them.
struct Range {
    bytes: usize,
    first: u32,
    last: u32,
    units: Vec<u16>,
}

/// Which letters the codes of a font's strings mean.
pub(super) struct LetterMap {
    /// In order of bytes and first codes.
    ranges: Vec<Range>,
    /// (bytes, lowest, highest) of the codes there may be: each byte lies within its own bounds.
    spaces: Vec<(usize, u32, u32)>,
}

/// What a stream is made of, as far as it is read.
enum Token<'s> {
    /// `<…>`.
    Code(Vec<u8>),
    Open,
    Close,
    Word(&'s [u8]),
}

struct Tokens<'s>(&'s [u8]);

impl<'s> Iterator for Tokens<'s> {
    type Item = Token<'s>;

    fn next(&mut self) -> Option<Token<'s>> {
        let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
        loop {
            let begin = self.0.iter().position(|byte| !is_space(byte))?;
            self.0 = &self.0[begin..];
            let (first, rest) = self.0.split_first()?;
            match first {
                b'%' => {
                    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    self.0 = &rest[end.unwrap_or(rest.len())..];
                }
                b'[' | b']' => {
                    self.0 = rest;
                    return Some(if *first == b'[' { Token::Open } else { Token::Close });
                }
                b'<' if rest.first() != Some(&b'<') => {
                    let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
                    self.0 = rest.get(end + 1..).unwrap_or_default();
                    return Some(Token::Code(hexadecimal(&rest[..end])));
                }
                _ => {
                    let ends = |byte: &u8| is_space(byte) || b"[]<>/%".contains(byte);
                    let end = rest.iter().position(ends).unwrap_or(rest.len());
                    let word = &self.0[..=end];
                    self.0 = &rest[end..];
                    return Some(Token::Word(word));
                }
            }
        }
    }
}

fn hexadecimal(digits: &[u8]) -> Vec<u8> {
    let value = |digit: &u8| char::from(*digit).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let values: Vec<u8> = digits.iter().filter_map(value).take(4 * MAX_LETTERS).collect();
    // A digit that is left out at the end is 0.
    values.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
}

fn number(code: &[u8]) -> Option<(usize, u32)> {
    (1..=MAX_BYTES)
        .contains(&code.len())
        .then(|| (code.len(), code.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte))))
}

fn units(letters: &[u8]) -> Vec<u16> {
    match letters {
        // Some write a letter of ASCII in one byte.
        [one] => vec![u16::from(*one)],
        _ => letters.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
    }
}

impl LetterMap {
    /// Reads a stream, unpacked. `None` where it maps nothing.
    pub(super) fn of(stream: &[u8]) -> Option<Self> {
        let mut made = Self { ranges: Vec::new(), spaces: Vec::new() };
        let mut tokens = Tokens(stream);
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(b"begincodespacerange") => made.read_spaces(&mut tokens),
                Token::Word(b"beginbfchar") => made.read_codes(&mut tokens),
                Token::Word(b"beginbfrange") => made.read_ranges(&mut tokens),
                _ => {}
            }
        }
        made.ranges.sort_by_key(|range| (range.bytes, range.first));
        (!made.ranges.is_empty()).then_some(made)
    }

    fn read_spaces(&mut self, tokens: &mut Tokens<'_>) {
        while let Some(Token::Code(low)) = tokens.next() {
            let Some(Token::Code(high)) = tokens.next() else { return };
            let (Some((bytes, low)), Some((same, high))) = (number(&low), number(&high)) else {
                continue;
            };
            if bytes == same && self.spaces.len() < 256 {
                self.spaces.push((bytes, low, high));
            }
        }
    }

    fn read_codes(&mut self, tokens: &mut Tokens<'_>) {
        while let Some(Token::Code(code)) = tokens.next() {
            let Some(Token::Code(letters)) = tokens.next() else { return };
            if let Some((bytes, code)) = number(&code) {
                self.put(bytes, code, code, units(&letters));
            }
        }
    }

    fn read_ranges(&mut self, tokens: &mut Tokens<'_>) {
        while let Some(Token::Code(first)) = tokens.next() {
            let Some(Token::Code(last)) = tokens.next() else { return };
            let (first, last) = (number(&first), number(&last));
            let target = tokens.next();
            let (Some((bytes, first)), Some((_, last))) = (first, last) else { continue };
            match target {
                Some(Token::Code(letters)) => self.put(bytes, first, last, units(&letters)),
                Some(Token::Open) => {
                    let mut code = first;
                    while let Some(Token::Code(letters)) = tokens.next() {
                        if code <= last {
                            self.put(bytes, code, code, units(&letters));
                        }
                        code = code.saturating_add(1);
                    }
                }
                _ => return,
            }
        }
    }

    fn put(&mut self, bytes: usize, first: u32, last: u32, units: Vec<u16>) {
        let is_read = !units.is_empty() && units.len() <= MAX_LETTERS && first <= last;
        if is_read && self.ranges.len() < MAX_ENTRIES {
            self.ranges.push(Range { bytes, first, last, units });
        }
    }

    fn find(&self, bytes: usize, code: u32) -> Option<Vec<u16>> {
        let behind =
            self.ranges.partition_point(|range| (range.bytes, range.first) <= (bytes, code));
        let range = self.ranges.get(behind.checked_sub(1)?)?;
        if range.bytes != bytes || code > range.last {
            return None;
        }
        let mut units = range.units.clone();
        let last = units.last_mut()?;
        *last = last.wrapping_add(u16::try_from(code - range.first).ok()?);
        Some(units)
    }

    /// How many bytes of `rest` are the next code.
    fn length(&self, rest: &[u8]) -> usize {
        let code = |bytes: usize| number(rest.get(..bytes)?).map(|(_, code)| code);
        let within = |bytes: usize| {
            let Some(code) = code(bytes) else { return false };
            let byte = |of: u32, at: usize| of.to_be_bytes()[MAX_BYTES - bytes + at];
            self.spaces.iter().any(|(size, low, high)| {
                let lies = |at| (byte(*low, at)..=byte(*high, at)).contains(&byte(code, at));
                *size == bytes && (0..bytes).all(lies)
            })
        };
        let known = |bytes: usize| code(bytes).is_some_and(|code| self.find(bytes, code).is_some());
        let usual = self.ranges.first().map_or(1, |range| range.bytes);
        (1..=MAX_BYTES)
            .find(|bytes| within(*bytes))
            .or_else(|| (1..=MAX_BYTES).find(|bytes| known(*bytes)))
            .unwrap_or(usual)
            .clamp(1, rest.len().max(1))
    }

    /// Adds the letters of a string. Codes that the map doesn't have go to `other`, which adds
    /// letters and says whether it knew any. Says whether any letter was known.
    pub(super) fn decode(
        &self,
        mut bytes: &[u8],
        text: &mut String,
        other: impl Fn(&[u8], &mut String) -> bool,
    ) -> bool {
        let mut is_known = bytes.is_empty();
        while !bytes.is_empty() {
            let (code, rest) = bytes.split_at(self.length(bytes));
            bytes = rest;
            match number(code).and_then(|(bytes, code)| self.find(bytes, code)) {
                Some(units) => {
                    let letters = char::decode_utf16(units).flatten();
                    text.extend(letters.filter(|letter| *letter != '\0'));
                    is_known = true;
                }
                None => is_known |= other(code, text),
            }
        }
        is_known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(map: &str, bytes: &[u8]) -> String {
        let mut text = String::new();
        let map = LetterMap::of(map.as_bytes()).expect("a map");
        map.decode(bytes, &mut text, |code, text| {
            text.extend(code.iter().map(|byte| char::from(*byte)));
            true
        });
        text
    }

    #[test]
    fn codes_ranges_and_lists_are_read_in_whatever_frame() {
        let map = "begincmap 1 begincodespacerange <00><ff> endcodespacerange\n\
                   2 beginbfchar <01> <00660066>\r<02> <D83DDE00> endbfchar % <03> <0041>\n\
                   2 beginbfrange <41> <43> <0061> <50> <52> [<0078> <0079007A> <0021>] endbfrange";
        assert_eq!(read(map, b"\x01\x02ABCPQR"), "ff\u{1F600}abcxyz!");
        assert_eq!(read(map, b"A-Z"), "a-Z", "a code without a mapping is passed on");
    }

    #[test]
    fn codes_of_two_bytes_and_of_mixed_lengths_are_told_apart() {
        let wide = "1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
                    1 beginbfrange <0041> <0042> <0391> endbfrange";
        assert_eq!(read(wide, b"\x00A\x00B"), "\u{391}\u{392}");
        let mixed = "2 begincodespacerange <00> <7f> <8140> <9ffc> endcodespacerange\n\
                     1 beginbfrange <20> <7e> <0020> endbfrange\n\
                     1 beginbfchar <8150> <3042> endbfchar";
        assert_eq!(read(mixed, b"a\x81\x50b"), "a\u{3042}b");
        let unsaid = "1 beginbfchar <0007> <0047> endbfchar";
        assert_eq!(read(unsaid, b"\x00\x07"), "G", "without a code space");
    }

    #[test]
    fn what_maps_nothing_is_no_map_and_what_is_broken_ends() {
        for stream in ["", "beginbfchar", "beginbfchar <01>", "beginbfrange <01> <02> [", "<<<<<"] {
            assert!(LetterMap::of(stream.as_bytes()).is_none(), "{stream}");
        }
        let many = "beginbfrange <00000000> <ffffffff> <0041> endbfrange".repeat(80_000);
        assert!(LetterMap::of(many.as_bytes()).expect("a map").ranges.len() <= MAX_ENTRIES);
    }
}
