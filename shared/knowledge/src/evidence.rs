//! What a search saw that tells whether the best entries are about the question at all.

use crate::question::{Asked, NONE};

/// How many words one thing is said in.
const WINDOW: u32 = 20;
/// How many of the best make up "many".
const MANY: usize = 10;
const FEW: usize = 5;
/// Entries are never taken to be less alike than in the collections that the confidence was fitted
/// on: among a handful nothing can be known of it.
const LEAST_CROWD: f32 = 0.15;
/// The most that BM25 gives for a term is this much of its worth: K1 + 1.
const MOST_IMPACT: f32 = 2.2;

/// What was seen, each from 0 to 1 unless it says otherwise. "Weight" is summed inverse document
/// frequency.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence {
    /// The share of the question's weight that the best entry has.
    pub covered: f32,
    /// The same with weights squared, by which a rare word counts for more.
    pub covered_rare: f32,
    /// The share of it, stop words aside, that stands close together there.
    pub together: f32,
    /// The share of the question's neighbours that are neighbours there.
    pub neighbours: f32,
    /// The best score, over what the question could score.
    pub score: f32,
    /// How far the second is behind the best.
    pub gap: f32,
    /// `covered`, on average over the best ten.
    pub covered_by_many: f32,
    /// What `covered_by_many` is on average where entries of the collection are asked for: much
    /// where many say the same in other words.
    pub crowd: f32,
    /// How many words of the question no entry has, to three.
    pub unknown: f32,
    /// How long the question is beside the best entries: near 0 for a question to a long passage,
    /// 0.5 where a question meets another.
    pub likeness: f32,
    /// ln(1 + the question's weight without stop words).
    pub weight: f32,
    /// ln(1 + the question's words).
    pub words: f32,
    /// `covered` without stop words.
    pub covered_telling: f32,
    /// Whether there are too few entries for the fit to say anything of them.
    pub sparse: bool,
}

impl Evidence {
    /// How likely it is that the question has its answer here, from 0 to 1; 0.5 where it is as
    /// likely as not, if as many questions have an answer as have none.
    ///
    /// A logistic function, fitted once on XQuAD (passages) and CLINC150 (short utterances), each
    /// with questions that have an answer and questions that have none; how well it does there and
    /// elsewhere stands under *Refusal* in `docs/benchmarks.md`. What tells these apart is not the same in both: that many passages cover a question
    /// means that it has common words, but that many utterances do means that it is often asked.
    /// Hence the products with `likeness`, and with `likeness` and `crowd`.
    ///
    /// Among a handful of entries it is no more than the share of the question, stop words aside,
    /// that the best one has: the fit knows only large collections, and of a question about
    /// something else a handful has a word by chance.
    pub fn confidence(&self) -> f32 {
        let of = self;
        let dense = of.likeness * of.crowd;
        let sum = -1.884 + 5.76 * of.covered + 5.46 * of.score
            - 13.2 * of.covered_by_many
            - 0.486 * of.unknown
            + 4.34 * of.likeness
            + 2.82 * of.together
            + 1.92 * of.neighbours
            + 0.785 * of.gap
            - 0.777 * of.words
            + of.likeness * (36.2 * of.covered_by_many + 0.582 * of.words)
            + dense
                * (13.4 * of.weight + 27.4 * of.covered_by_many - 18.2 * of.covered_rare - 43.0);
        let fitted = logistic(sum);
        if of.sparse { fitted.min(of.covered_telling) } else { fitted }
    }

    /// The same where an embedding model said too how near the nearest entry is to the question, as
    /// a cosine: a logistic function of both, fitted on the same questions with MiniLM; or, if that
    /// is more, what so near an entry is worth whatever its words. The less the vectors are
    /// to be relied on, the more it is what the words say.
    pub fn confidence_with(&self, nearest: f32, reliance: f32) -> f32 {
        let by_words = self.confidence();
        let odds = by_words.clamp(0.001, 0.999);
        let by_both = logistic(-3.437 + 0.814 * (odds / (1.0 - odds)).ln() + 6.121 * nearest);
        let read = by_both.max(logistic(25.0 * (nearest - 0.72)));
        by_words + reliance * (read - by_words)
    }
}

fn logistic(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

#[derive(Debug, Default, Clone, Copy)]
struct One {
    score: f32,
    covered: f32,
    telling: f32,
    squared: f32,
    together: f32,
    neighbours: f32,
    length: f32,
}

/// Gathers evidence while the best entries are looked at.
pub(crate) struct Gathering<'a> {
    asked: &'a Asked,
    all: Vec<One>,
    /// Where each term was last seen in the entry that is looked at; 0 if it wasn't.
    last: Vec<u32>,
    at: u32,
    together: f32,
}

impl<'a> Gathering<'a> {
    pub fn new(asked: &'a Asked) -> Self {
        let last = vec![0; asked.terms.len()];
        Self { asked, all: Vec::new(), last, at: 0, together: 0.0 }
    }

    pub fn begin(&mut self) {
        self.last.fill(0);
        self.at = WINDOW;
        self.together = 0.0;
    }

    /// The next term of the entry is the one at `place` of the question, or none of it.
    pub fn term(&mut self, place: u16) {
        self.at += 1;
        if place == NONE {
            return;
        }
        self.last[usize::from(place)] = self.at;
        if self.asked.terms[usize::from(place)].stop {
            return;
        }
        let near = self.asked.terms.iter().zip(&self.last);
        let near = near.filter(|(term, last)| !term.stop && **last + WINDOW > self.at);
        self.together = self.together.max(near.map(|(term, _)| term.worth).sum());
    }

    /// The entry ends, with this score and this weight of neighbours.
    pub fn end(&mut self, score: f32, neighbours: f32) {
        let length = (self.at - WINDOW) as f32;
        let mut one = One { score, neighbours, together: self.together, length, ..One::default() };
        for (term, last) in self.asked.terms.iter().zip(&self.last) {
            if *last > 0 {
                one.covered += term.worth;
                one.telling += if term.stop { 0.0 } else { term.worth };
                one.squared += term.worth * term.worth;
            }
        }
        self.all.push(one);
    }

    pub fn evidence(mut self, crowd: f32, sparse: bool) -> Evidence {
        self.all.sort_by(|a, b| b.score.total_cmp(&a.score));
        let Some(best) = self.all.first().copied() else { return Evidence::default() };
        let asked = self.asked;
        let known = asked.terms.iter();
        let all = asked.unknown_worth + known.clone().map(|t| t.worth).sum::<f32>();
        let telling = known.clone().filter(|t| !t.stop).map(|t| t.worth).sum::<f32>();
        let telling = asked.unknown_worth + telling;
        let squared =
            asked.unknown_worth * asked.most + known.map(|t| t.worth.powi(2)).sum::<f32>();
        let two = |two: &[u16]| asked.worth(two[0]) + asked.worth(two[1]);
        let neighbours: f32 = asked.order.windows(2).map(two).sum();
        let few = &self.all[..self.all.len().min(FEW)];
        let length = few.iter().map(|one| one.length).sum::<f32>() / few.len() as f32;
        let share = |part: f32, whole: f32| if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 };
        // Where there are fewer entries, those that are not there cover nothing.
        let many = self.all.iter().take(MANY).map(|one| one.covered).sum::<f32>() / MANY as f32;
        let words = asked.order.len() as f32;
        Evidence {
            covered: share(best.covered, all),
            covered_rare: share(best.squared, squared),
            together: share(best.together, telling),
            neighbours: share(best.neighbours, neighbours),
            score: share(best.score, MOST_IMPACT * all),
            gap: 1.0 - self.all.get(1).map_or(0.0, |second| share(second.score, best.score)),
            crowd: crowd.max(LEAST_CROWD),
            covered_by_many: share(many, all),
            unknown: asked.unknown.min(3) as f32,
            likeness: words / (words + length + 1.0),
            weight: (telling / asked.most.max(f32::MIN_POSITIVE)).ln_1p(),
            words: words.ln_1p(),
            covered_telling: share(best.telling, telling),
            sparse,
        }
    }
}
