//! `unanswerable`: whether the confidence tells questions that have an answer from those that have
//! none.

use std::{collections::HashSet, fs, path::PathBuf};

use serde_json::json;

use crate::{
    BenchError, Result,
    retrieve::{Built, Collection, Line, build, lines},
};

/// Documents whose features are written.
const NEAR: usize = 12;

/// The flags of `bench unanswerable`.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    collection: Collection,
    /// Ids of the queries without an answer, one a line.
    #[arg(long)]
    unanswerable: Option<PathBuf>,
    /// Where a line `{"id","confidence","top"}` is written for each query; `top` is the id of the best
    /// document, or null. With it are `features`: of each of the best documents, what its confidence is a
    /// weighted sum of.
    #[arg(long)]
    scores: Option<PathBuf>,
}

/// Prints AUROC, FPR at 95 % TPR, and how often each confidence was right.
pub fn run(options: &Options) -> Result<String> {
    let docs = lines(&options.collection.docs)?;
    let tier = options.collection.tier(&docs)?;
    let Built { mut index, ids, .. } = build(docs)?;
    if let Some(tier) = &tier {
        index = index.with_embeddings(tier.embeddings());
    }
    let listed = options.unanswerable.as_ref().map(fs::read_to_string).transpose();
    let listed = listed.map_err(BenchError::of)?.unwrap_or_default();
    let listed: HashSet<&str> = listed.lines().map(str::trim).collect();
    let mut found: Vec<(f64, bool)> = Vec::new();
    let mut scores = String::new();
    for Line { id, text, answerable, .. } in lines(&options.collection.queries)? {
        let has = answerable.unwrap_or(true) && !listed.contains(id.as_str());
        let embedding = tier.as_ref().map(|tier| tier.query(&text)).transpose()?;
        let confidence = index.find_embedded(&text, embedding.as_ref(), 1).confidence;
        found.push((confidence, has));
        if options.scores.is_some() {
            let best = index.rank(&text, embedding.as_ref(), 1).hits.first().copied();
            let top = best.and_then(|hit| ids.get(hit.entry as usize));
            let near = index.explain(&text, embedding.as_ref(), NEAR).into_iter();
            let features: Vec<Vec<f32>> = near.map(|one| one.features).collect();
            let line = json!({
                "id": id, "confidence": confidence, "top": top, "answerable": has, "features": features,
            });
            scores.push_str(&format!("{line}\n"));
        }
    }
    if let Some(file) = &options.scores {
        fs::write(file, scores).map_err(BenchError::of)?;
    }
    report(found)
}

fn report(mut found: Vec<(f64, bool)>) -> Result<String> {
    let yes = found.iter().filter(|(_, has)| *has).count();
    let no = found.len() - yes;
    if yes == 0 || no == 0 {
        return Err(BenchError("queries with and without an answer are needed".to_owned()));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Those of one confidence are one step of the curve.
    let (mut area, mut hits, mut misses, mut at_95) = (0.0, 0, 0, None);
    for step in found.chunk_by(|a, b| a.0 == b.0) {
        let right = step.iter().filter(|(_, has)| *has).count();
        let wrong = step.len() - right;
        area += wrong as f64 * (hits as f64 + right as f64 / 2.0);
        hits += right;
        misses += wrong;
        if at_95.is_none() && hits as f64 >= 0.95 * yes as f64 {
            at_95 = Some(misses as f64 / no as f64);
        }
    }
    let auroc = area / (yes as f64 * no as f64);
    let mut said = format!(
        "auroc={auroc:.4} fpr_at_95_tpr={:.4} answerable={yes} unanswerable={no}\n",
        at_95.unwrap_or(1.0)
    );
    // The last two: of what has an answer, the share with this confidence or more; of what has none,
    // the share with less.
    said.push_str("confidence  queries  mean confidence  answerable  accepted  refused\n");
    for tenth in 0..10 {
        let of = |(confidence, _): &&(f64, bool)| ((confidence * 10.0) as usize).min(9) == tenth;
        let here: Vec<_> = found.iter().filter(of).collect();
        let count = here.len().max(1) as f64;
        let mean = here.iter().map(|(confidence, _)| confidence).sum::<f64>() / count;
        let share = here.iter().filter(|(_, has)| *has).count() as f64 / count;
        let from = tenth as f64 / 10.0;
        let accepted = found.iter().filter(|(confidence, has)| *has && *confidence >= from);
        let accepted = accepted.count() as f64 / yes as f64;
        let refused = found.iter().filter(|(confidence, has)| !*has && *confidence < from);
        let refused = refused.count() as f64 / no as f64;
        said.push_str(&format!(
            "{from:.1}  {}  {mean:.3}  {share:.3}  {accepted:.3}  {refused:.3}\n",
            here.len()
        ));
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_is_as_by_hand() {
        let said = report(vec![(0.9, true), (0.8, false), (0.7, true), (0.1, false)]).unwrap();
        assert!(said.starts_with("auroc=0.7500 fpr_at_95_tpr=0.5000"), "{said}");
        assert!(said.contains("0.8  1  0.800  0.000  0.500  0.500\n"), "{said}");
        let tied = report(vec![(0.5, true), (0.5, false)]).unwrap();
        assert!(tied.starts_with("auroc=0.5000 fpr_at_95_tpr=1.0000"), "{tied}");
        assert!(report(vec![(0.5, true)]).is_err());
    }
}
