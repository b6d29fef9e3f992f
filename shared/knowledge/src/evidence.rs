//! What a search saw that tells whether the best entries are about the question at all.

use crate::{
    index::Index,
    question::{Asked, AskedWord},
    rank::Hit,
    semantic::fusion::Fusion,
    text,
};

/// How many words one thing is said in.
const WINDOW: u32 = 20;
/// How many of the best make up "many".
const MANY: usize = 10;
const FEW: usize = 5;
/// Of how many of the best it is told what was seen.
const EACH: usize = 12;
/// Entries are never taken to be less alike than in the collections that the confidence was fitted
/// on: among a handful nothing can be known of it.
const MIN_OVERLAP: f32 = 0.15;
/// The most that BM25 gives for a term is this much of its weight: K1 + 1.
const MAX_IMPACT: f32 = 2.2;

/// What was seen, each from 0 to 1 unless it says otherwise. "Weight" is summed inverse document
/// frequency.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence {
    /// The share of the question's weight that the entry has.
    pub covered: f32,
    /// The same with weights squared, by which a rare word counts for more.
    pub covered_rare: f32,
    /// The same without function words.
    pub covered_content: f32,
    /// The same of runs of characters.
    pub covered_characters: f32,
    /// `covered`, on average over the best ten.
    pub covered_by_many: f32,
    /// The share of the content words' weight that is close together there.
    pub together: f32,
    /// The share of the question's neighbours that are neighbours there.
    pub neighbours: f32,
    /// What it scores by words, over what the question could score.
    pub words_score: f32,
    /// The cosine of its embedding.
    pub cosine: f32,
    /// How far the cosine can be relied on.
    pub reliance: f32,
    /// Whether it is that of a model's embeddings.
    pub is_model: bool,
    /// How far the second is behind the best, or the others before this one, over its own score.
    pub gap: f32,
    /// What `covered_by_many` is on average where entries of the collection are requested: much
    /// where many say the same in other words.
    pub mean_overlap: f32,
    /// How many words of the question no entry has, to three.
    pub unknown: f32,
    /// How long the question is beside the best entries: near 0 for a question to a long passage,
    /// 0.5 where a question meets another.
    pub likeness: f32,
    /// ln(1 + the weight of content words, in words that no entry has).
    pub weight: f32,
    /// ln(1 + the question's words).
    pub words: f32,
    /// ln(1 + the entries).
    pub entries: f32,
    /// Whether the question is in a script without spaces whose clusters are sounds: most entries have most
    /// of them.
    pub is_by_sounds: bool,
}

#[derive(Debug, Default, Clone, Copy)]
struct One {
    score: f32,
    covered: f32,
    content: f32,
    squared: f32,
    together: f32,
    neighbours: f32,
    length: f32,
}

/// What is seen by words alone.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Seen {
    pub covered_by_many: f32,
}

/// Gathers evidence while the best entries are looked at.
pub(crate) struct Gathering<'a> {
    asked: &'a Asked,
    /// The places and weights of content words.
    content: Vec<(usize, f32)>,
    all: Vec<One>,
    /// Where each word was last seen in the entry that is looked at; 0 if it wasn't.
    last: Vec<u32>,
    together: f32,
}

impl<'a> Gathering<'a> {
    pub fn new(asked: &'a Asked) -> Self {
        let last = vec![0; asked.words.len()];
        let content = asked.words.iter().enumerate().filter(|(_, word)| !word.is_function);
        let content = content.map(|(place, word)| (place, word.weight)).collect();
        Self { asked, content, all: Vec::new(), last, together: 0.0 }
    }

    pub fn begin(&mut self) {
        self.last.fill(0);
        self.together = 0.0;
    }

    /// The word of the entry that is in this place, counted from 1, is those at the places of the question.
    pub fn word(&mut self, at: u32, place: u16, also: u16) {
        let at = at + WINDOW;
        for place in [place, also] {
            if let Some(last) = self.last.get_mut(usize::from(place)) {
                *last = at;
            }
        }
        if self.asked.words.get(usize::from(place)).is_none_or(|word| word.is_function) {
            return;
        }
        let near = self.content.iter().map(|(place, weight)| {
            let is_near = self.last.get(*place).is_some_and(|last| *last + WINDOW > at);
            if is_near { *weight } else { 0.0 }
        });
        self.together = self.together.max(near.sum());
    }

    /// The entry ends after this many words, with this score and this weight of neighbours.
    pub fn end(&mut self, words: u32, score: f32, neighbours: f32) {
        let length = words as f32;
        let mut one = One { score, neighbours, together: self.together, length, ..One::default() };
        for (word, last) in self.asked.words.iter().zip(&self.last) {
            if *last > 0 {
                one.covered += word.weight;
                one.content += if word.is_function { 0.0 } else { word.weight };
                one.squared += word.weight * word.weight;
            }
        }
        self.all.push(one);
    }

    /// The score of the entry that was looked at in that place, as it is now.
    pub fn score(&mut self, at: usize, score: f32) {
        if let Some(one) = self.all.get_mut(at) {
            one.score = score;
        }
    }

    pub fn seen(&self) -> Seen {
        let all: f32 = self.asked.words.iter().map(|word| word.weight).sum();
        Seen { covered_by_many: share(self.by_many(), all) }
    }

    /// Where there are fewer entries, those that are not there cover nothing.
    fn by_many(&self) -> f32 {
        self.all.iter().take(MANY).map(|one| one.covered).sum::<f32>() / MANY as f32
    }

    /// What was seen of each of `hits`, which are those that were looked at, best first.
    pub fn evidence(
        mut self,
        index: &Index,
        fusion: &Fusion,
        hits: &[Hit],
        characters: impl Fn(u32) -> f32,
    ) -> Vec<Evidence> {
        self.all.sort_by(|a, b| b.score.total_cmp(&a.score));
        let asked = self.asked;
        let sum = |of: &dyn Fn(&AskedWord) -> f32| asked.words.iter().map(of).sum::<f32>();
        let all = sum(&|word| word.weight);
        let content = sum(&|word| if word.is_function { 0.0 } else { word.weight });
        let squared = sum(&|word| word.weight.powi(2));
        let two = |two: &[u16]| asked.weight(two[0]) + asked.weight(two[1]);
        let neighbours: f32 = asked.order.windows(2).map(two).sum();
        let few = &self.all[..self.all.len().min(FEW)];
        let length = few.iter().map(|one| one.length).sum::<f32>() / few.len().max(1) as f32;
        let words = asked.order.len() as f32;
        let by_many = share(self.by_many(), all);
        let is_by_sounds = asked.words.iter().any(|word| text::is_unspaced_by_sound(&word.plain));
        let each = self.all.iter().zip(hits).enumerate().take(EACH).map(|(at, (one, hit))| {
            let other = hits.get(usize::from(at == 0)).map_or(0.0, |other| other.score);
            Evidence {
                covered: share(one.covered, all),
                covered_rare: share(one.squared, squared),
                covered_content: share(one.content, content),
                covered_characters: characters(hit.entry),
                covered_by_many: by_many,
                together: share(one.together, content),
                neighbours: share(one.neighbours, neighbours),
                words_score: hit.words / MAX_IMPACT,
                cosine: hit.meaning,
                reliance: fusion.reliance(),
                is_model: fusion.is_model(),
                gap: (hit.score - other) / hit.score.max(f32::MIN_POSITIVE),
                mean_overlap: index.mean_overlap.max(MIN_OVERLAP),
                unknown: asked.unknown().min(3) as f32,
                likeness: words / (words + length + 1.0),
                weight: (content / asked.max_weight.max(f32::MIN_POSITIVE)).ln_1p(),
                words: words.ln_1p(),
                entries: (index.len() as f32).ln_1p(),
                is_by_sounds,
            }
        });
        each.collect()
    }
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 }
}
