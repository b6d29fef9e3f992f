//! What a search saw that tells whether the best entries are about the question at all.

use crate::rank::{Asked, Hit};

/// How many words one thing is said in.
const WINDOW: u32 = 20;

pub type Evidence = Vec<f32>;

#[derive(Default, Clone, Copy)]
struct One { score: f32, all: f32, telling: f32, window: f32, pairs: f32, count: f32, len: f32 }

pub(crate) struct Gathering<'a> {
    asked: &'a Asked,
    seen: Vec<One>,
    last: Vec<u32>,
    at: u32,
    pairs: u32,
}

impl<'a> Gathering<'a> {
    pub fn new(asked: &'a Asked) -> Self {
        Self { asked, seen: Vec::with_capacity(24), last: vec![0; asked.terms.len()], at: 0, pairs: 0 }
    }
    pub fn begin(&mut self, score: f32) {
        self.seen.push(One { score, ..One::default() });
        self.last.fill(0);
        self.at = WINDOW;
        self.pairs = 0;
    }
    pub fn term(&mut self, place: u16, _is_above: bool) {
        self.at += 1;
        if place == u16::MAX { return; }
        self.last[place as usize] = self.at;
        if self.asked.terms[place as usize].3 { return; }
        let mut w = 0.0;
        for ((_, worth, _, stop), last) in self.asked.terms.iter().zip(&self.last) {
            if !stop && *last + WINDOW > self.at { w += worth; }
        }
        let Some(one) = self.seen.last_mut() else { return };
        one.window = one.window.max(w);
    }
    pub fn neighbours(&mut self, worth: f32) {
        if let Some(one) = self.seen.last_mut() { one.pairs += worth; }
    }
    pub fn end(&mut self) {
        let Some(one) = self.seen.last_mut() else { return };
        for ((_, worth, _, stop), last) in self.asked.terms.iter().zip(&self.last) {
            if *last > 0 {
                one.all += worth;
                one.count += 1.0;
                if !stop { one.telling += worth; }
            }
        }
        one.len = (self.at - WINDOW) as f32;
    }
    pub fn evidence(mut self, bonus: &[f32], _hits: &[Hit], unknown_stop: f32) -> Evidence {
        // order by final score
        for (one, b) in self.seen.iter_mut().zip(bonus) { one.score += b; }
        self.seen.sort_by(|a, b| b.score.total_cmp(&a.score));
        let unk = self.asked.unknown.0;
        let _ = unknown_stop;
        let all: f32 = unk + self.asked.terms.iter().map(|t| t.1).sum::<f32>();
        let tell: f32 = unk + self.asked.terms.iter().filter(|t| !t.3).map(|t| t.1).sum::<f32>();
        let maxpairs: f32 = self.asked.order.windows(2).map(|w| w.iter().map(|p| if *p == u16::MAX { 7.0 } else { self.asked.terms[*p as usize].1 }).sum::<f32>()).sum::<f32>().max(1.0);
        let t = self.seen.first().copied().unwrap_or_default();
        let n = self.seen.len().clamp(1, 10);
        let (all, tell) = (all.max(1e-6), tell.max(1e-6));
        let mean = |f: &dyn Fn(&One) -> f32| self.seen.iter().take(n).map(f).sum::<f32>() / n as f32;
        let max = |f: &dyn Fn(&One) -> f32| self.seen.iter().take(n).map(f).fold(0.0, f32::max);
        let s2 = self.seen.get(1).map_or(0.0, |o| o.score);
        let nterms = self.asked.order.len() as f32;
        let ntell = self.asked.terms.iter().filter(|t| !t.3).count() as f32 + self.asked.unknown.1 as f32;
        let best_missing = self.asked.terms.iter().map(|t| t.1).fold(0.0, f32::max);
        vec![
            t.all / all, t.telling / tell, t.window / tell, t.pairs / maxpairs,
            t.score / (2.2 * all), s2 / t.score.max(1e-6), mean(&|o| o.score) / t.score.max(1e-6),
            mean(&|o| o.all) / all, mean(&|o| o.telling) / tell, max(&|o| o.all) / all, max(&|o| o.telling) / tell,
            max(&|o| o.window) / tell, max(&|o| o.pairs) / maxpairs, mean(&|o| o.score) / (2.2 * all),
            unk / all, self.asked.unknown.1 as f32, nterms, ntell, tell, t.telling, t.score, t.len, best_missing,
        ]
    }
}
