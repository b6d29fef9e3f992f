//! Tokens as a language model counts them, so that a passage's cost is known before it is sent.

use crate::text;

/// The vocabulary: byte pairs of GPT-4 (`cl100k_base`). Other models' counts differ by some percent;
/// this is the smallest vocabulary in use.
const ENCODING: &str = "cl100k_base";

/// How many tokens `text` has. The vocabulary is unpacked with the first text, in some 30 ms, and
/// kept from then on in some 12 MB of memory.
pub fn count(text: &str) -> u32 {
    match tiktoken::get_encoding(ENCODING) {
        Some(encoding) => u32::try_from(encoding.count(text)).unwrap_or(u32::MAX),
        // Only if the vocabulary was not built in: the usual estimate, which is for English.
        None => text::word_count(text).max(u32::try_from(text.len()).unwrap_or(u32::MAX) / 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_that_openai_publishes() {
        // From "How to count tokens with tiktoken" in OpenAI's cookbook.
        for (text, tokens) in [
            ("", 0),
            ("tiktoken is great!", 6),
            ("antidisestablishmentarianism", 6),
            ("2 + 2 = 4", 7),
            ("お誕生日おめでとう", 9),
        ] {
            assert_eq!(count(text), tokens, "{text}");
        }
    }
}
