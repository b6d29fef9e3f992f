//! scratch
use std::{collections::HashMap, fs, sync::Arc, time::Instant};
use domain::{SourceId, source::Chunk};
use domain::source::QaPair;
use knowledge::{Index, Match, Segment};

fn rows(path: &str) -> Vec<Vec<String>> {
    fs::read_to_string(path).unwrap().lines().map(|l| l.split('\t').map(str::to_owned).collect()).collect()
}
fn index(docs: &[&Vec<String>]) -> Index {
    let chunks: Vec<Chunk> = docs.iter().map(|d| Chunk { id: String::new(), content: d[1].clone(), headings: vec![], url: None, title: String::new(), tokens: 0 }).collect();
    Index::new([(SourceId::new(), Arc::new(Segment::build(&chunks)))], [])
}
fn auroc(mut v: Vec<(f32, bool)>) -> (f64, f64) {
    v.sort_by(|a, b| b.0.total_cmp(&a.0));
    let yes = v.iter().filter(|x| x.1).count() as f64; let no = v.len() as f64 - yes;
    let (mut area, mut h, mut m, mut at95) = (0.0, 0.0, 0.0, None);
    for step in v.chunk_by(|a, b| a.0 == b.0) {
        let r = step.iter().filter(|x| x.1).count() as f64; let w = step.len() as f64 - r;
        area += w * (h + r / 2.0); h += r; m += w;
        if at95.is_none() && h >= 0.95 * yes { at95 = Some(m / no); }
    }
    (area / (yes * no), at95.unwrap_or(1.0))
}
struct Rng(u64);
impl Rng { fn next(&mut self, n: usize) -> usize { self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); ((self.0 >> 33) as usize) % n } }
fn line(out: &mut String, id: &str, has: bool, right: bool, f: &knowledge::Found) {
    out.push_str(&format!("{id}\t{}\t{}\t{:?}\t{:?}\t{}\n", u8::from(has), u8::from(right), f.evidence, f.likeness.unwrap_or_default(), f.confidence));
}
fn report(name: &str, rows: &[(f64, bool, bool)]) {
    // confidence, has an answer, top is right
    let n = rows.len() as f64;
    let has = rows.iter().filter(|r| r.1).count() as f64;
    let (mut right, mut near, mut wrong, mut refused) = (0.0, 0.0, 0.0, 0.0);
    let (mut f_wrong, mut f_near) = (0.0, 0.0);
    for (c, has, ok) in rows {
        match (*c >= 0.5, *c >= 0.2, *has) { (true, _, true) => if *ok { right += 1.0 } else { wrong += 1.0 }, (false, true, true) => near += 1.0, (false, false, true) => refused += 1.0,
            (true, _, false) => f_wrong += 1.0, (false, true, false) => f_near += 1.0, _ => {} }
    }
    let hit = rows.iter().filter(|r| r.1 && r.2).count() as f64;
    let none = (n - has).max(1.0); let has = has.max(1.0);
    println!("{name:22} has {has:.0}: hit {:.3} right {:.3} wrong {:.3} near {:.3} refused {:.3} | none {none:.0}: answered {:.3} near {:.3}", hit / has, right / has, wrong / has, near / has, refused / has, f_wrong / none, f_near / none);
}
fn pairs(dir: &str, set: &str, per: usize, dump: Option<&String>) {
    let docs = rows(&format!("{dir}/{set}.docs"));
    let queries = rows(&format!("{dir}/{set}.queries"));
    let (mut out, mut all) = (String::new(), Vec::new());
    for seed in 0..4u64 {
        let mut rng = Rng(seed * 77 + 5);
        let mut by: std::collections::BTreeMap<&str, Vec<&Vec<String>>> = Default::default();
        for d in &docs { by.entry(d[2].as_str()).or_default().push(d); }
        // half of the labels are there
        let mut ps = Vec::new();
        for (label, ds) in &by { if rng.next(2) == 0 { for _ in 0..per { ps.push((label.to_string(), ds[rng.next(ds.len())][1].clone())); } } }
        let there: std::collections::HashSet<String> = ps.iter().map(|p| p.0.clone()).collect();
        let ix = Index::new([], ps.into_iter().map(|(l, q)| (SourceId::new(), QaPair { question: q, answer: l })));
        for q in queries.iter().step_by(4) {
            let f = ix.find(&q[1], 3);
            let has = there.contains(&q[2]);
            let right = matches!(&f.best, Match::Pair(p, _) if p.answer == q[2]);
            line(&mut out, &format!("{}:{seed}", q[0]), has, right, &f);
            all.push((f.confidence, has, right));
        }
    }
    report(&format!("pairs:{set}:{per}"), &all);
    if let Some(d) = dump { fs::write(format!("{d}/pairs-{set}-{per}.dump"), out).unwrap(); }
}
fn sites(dir: &str, set: &str, k: usize, dump: Option<&String>) {
    let docs = rows(&format!("{dir}/{set}.docs"));
    let queries = rows(&format!("{dir}/{set}.queries"));
    let (mut out, mut all) = (String::new(), Vec::new());
    for seed in 0..(24 / k).clamp(2, 12) as u64 {
        let mut rng = Rng(seed * 131 + 9 + k as u64);
        let mut arts: Vec<usize> = Vec::new();
        while arts.len() < k { let a = rng.next(48); if !arts.contains(&a) { arts.push(a); } }
        let art = |label: &str| label[1..].parse::<usize>().unwrap() / 5;
        let kept: Vec<&Vec<String>> = docs.iter().filter(|d| arts.contains(&art(&d[2]))).collect();
        let ix = index(&kept);
        let n_in = queries.iter().filter(|q| arts.contains(&art(&q[2]))).count();
        let mut outq: Vec<&Vec<String>> = Vec::new();
        while outq.len() < n_in.min(300) { let q = &queries[rng.next(queries.len())]; if !arts.contains(&art(&q[2])) { outq.push(q); } }
        for q in queries.iter().filter(|q| arts.contains(&art(&q[2]))).chain(outq) {
            let f = ix.find(&q[1], 3);
            let has = arts.contains(&art(&q[2]));
            let right = matches!(&f.best, Match::Passages(p) if docs.iter().any(|d| d[2] == q[2] && d[1] == p[0].content));
            line(&mut out, &format!("{}:{seed}", q[0]), has, right, &f);
            all.push((f.confidence, has, right));
        }
    }
    report(&format!("site:{set}:{k}"), &all);
    if let Some(d) = dump { fs::write(format!("{d}/site-{set}-{k}.dump"), out).unwrap(); }
}
fn main() {
    let dir = std::env::var("SETS").unwrap_or("/work/tmp-answer/sets".into());
    let dump = std::env::var("DUMP").ok();
    for name in std::env::args().skip(1) {
        if let Some(rest) = name.strip_prefix("pairs:") { let (set, per) = rest.split_once(':').unwrap(); pairs(&dir, set, per.parse().unwrap(), dump.as_ref()); continue; }
        if let Some(rest) = name.strip_prefix("site:") { let (set, k) = rest.split_once(':').unwrap(); sites(&dir, set, k.parse().unwrap(), dump.as_ref()); continue; }
        let (set, half) = name.split_once(':').map_or((name.as_str(), ""), |(a, b)| (a, b));
        let docs = rows(&format!("{dir}/{set}.docs"));
        // id text label parity
        let kept: Vec<&Vec<String>> = docs.iter().filter(|d| half.is_empty() || half == "typo" || d[3] == half).collect();
        let ix = index(&kept);
        let by_label: HashMap<&str, usize> = kept.iter().fold(HashMap::new(), |mut m, d| { *m.entry(d[2].as_str()).or_default() += 1; m });
        let queries = rows(&format!("{dir}/{set}.{}", if half == "typo" { "typo" } else { "queries" }));
        let (mut hit, mut ndcg, mut n, mut conf) = (0.0, 0.0, 0.0, Vec::new());
        let begun = Instant::now();
        let mut out = String::new();
        for q in &queries {
            let has = by_label.get(q[2].as_str()).copied().unwrap_or(0);
            let r = ix.rank(&q[1], None, 100);
            let right = r.hits.first().is_some_and(|h| kept[h.entry as usize][2] == q[2]);
            conf.push((r.evidence.confidence(), has > 0));
            if dump.is_some() { out.push_str(&format!("{}\t{}\t{}\t{:?}\n", q[0], u8::from(has > 0), u8::from(right), r.evidence)); }
            if has > 0 {
                n += 1.0; if right { hit += 1.0; }
                let dcg: f64 = r.hits.iter().take(10).enumerate().filter(|(_, h)| kept[h.entry as usize][2] == q[2]).map(|(i, _)| 1.0 / (i as f64 + 2.0).log2()).sum();
                let ideal: f64 = (0..has.min(10)).map(|i| 1.0 / (i as f64 + 2.0).log2()).sum();
                ndcg += dcg / ideal;
            }
        }
        let us = begun.elapsed().as_secs_f64() * 1e6 / queries.len() as f64;
        print!("{name:22} hit@1 {:.4} ndcg {:.4} us {us:.0}", hit / n, ndcg / n);
        if conf.iter().any(|c| !c.1) { let (a, f) = auroc(conf); print!(" auroc {a:.4} fpr95 {f:.3}"); }
        println!();
        if let Some(d) = &dump { fs::write(format!("{d}/{}.dump", name.replace(':', "-")), out).unwrap(); }
    }
}
