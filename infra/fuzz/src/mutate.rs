//! Mutations: what turns a seed into another input. All of them follow from the seed of a random
//! number generator.

use fastrand::Rng;

use crate::Corpus;

/// Numbers at which readers change their ways.
const NUMBERS: [&str; 10] = [
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65535",
    "65536",
    "2147483648",
    "4294967296",
    "18446744073709551615",
];

pub struct Mutator<'a> {
    random: Rng,
    corpus: &'a Corpus,
    words: &'a [&'a str],
}

impl<'a> Mutator<'a> {
    pub fn new(seed: u64, corpus: &'a Corpus, words: &'a [&'a str]) -> Self {
        Self { random: Rng::with_seed(seed), corpus, words }
    }

    /// The next input, of at most `max_bytes`.
    pub fn next(&mut self, max_bytes: usize) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        for _ in 0..self.random.u32(1..=8) {
            self.mutate(&mut input, max_bytes);
        }
        input.truncate(max_bytes);
        input
    }

    fn seed(&mut self) -> &'a [u8] {
        let corpus = self.corpus;
        &corpus.seeds[self.random.usize(..corpus.seeds.len())]
    }

    /// A place within `input`, its end included.
    fn place(&mut self, input: &[u8]) -> usize {
        self.random.usize(..=input.len())
    }

    /// A range of `input`, of at most `most` bytes.
    fn range(&mut self, input: &[u8], most: usize) -> std::ops::Range<usize> {
        let from = self.place(input);
        let length = self.random.usize(..=most.min(input.len() - from));
        from..from + length
    }

    fn mutate(&mut self, input: &mut Vec<u8>, max_bytes: usize) {
        match self.random.u32(..11) {
            0 => {
                let at = self.place(input);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.random.u32(..8);
                }
            }
            1 => {
                let at = self.place(input);
                if let Some(byte) = input.get_mut(at) {
                    *byte = self.random.u8(..);
                }
            }
            2 => {
                let range = self.range(input, 4_096);
                input.drain(range);
            }
            3 => {
                let range = self.range(input, 256);
                let part = input[range].to_vec();
                self.insert(input, &part);
            }
            4 | 5 if !self.words.is_empty() => {
                let word = self.words[self.random.usize(..self.words.len())];
                self.insert(input, word.as_bytes());
            }
            6 => {
                let number = NUMBERS[self.random.usize(..NUMBERS.len())];
                self.replace_number(input, number);
            }
            7 => {
                let other = self.seed();
                let range = self.range(other, 4_096);
                let part = other[range].to_vec();
                self.insert(input, &part);
            }
            // What is small and unfolds: a part many times over.
            8 => {
                let range = self.range(input, 64);
                let part = input[range].to_vec();
                let most = max_bytes.saturating_sub(input.len()) / part.len().max(1);
                let times = 1 << self.random.u32(..15);
                let many = part.repeat(most.min(times));
                self.insert(input, &many);
            }
            9 => {
                let at = self.place(input);
                input.truncate(at);
            }
            _ => {
                let odd = ["\u{0}", "\u{feff}", "\u{fffe}", "é", "😀", "\r\n", "\u{202e}"];
                let odd = odd[self.random.usize(..odd.len())];
                self.insert(input, odd.as_bytes());
            }
        }
    }

    fn insert(&mut self, input: &mut Vec<u8>, part: &[u8]) {
        let at = self.place(input);
        input.splice(at..at, part.iter().copied());
    }

    /// Puts `number` in place of one that is there.
    fn replace_number(&mut self, input: &mut Vec<u8>, number: &str) {
        let from = self.place(input);
        let Some(begin) = input[from..].iter().position(u8::is_ascii_digit) else { return };
        let begin = from + begin;
        let digits = input[begin..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        input.splice(begin..begin + digits, number.bytes());
    }
}
