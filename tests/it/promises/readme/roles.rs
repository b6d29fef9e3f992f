//! Which partitions of the table each role opens, as the template says.

use std::collections::BTreeSet;

use local::template::{TEXT, Template};

use super::generated;

fn listed(patterns: &BTreeSet<&str>) -> String {
    let names = patterns.iter().map(|pattern| format!("`{}`", pattern.trim_end_matches('*')));
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_table_of_roles_is_that_of_the_template() {
    let template = Template::parse(TEXT).expect("the template");
    let mut rows = Vec::new();
    for function in &template.functions {
        let grants = &function.grants;
        assert!(!grants.iter().any(|grant| grant.opens_all()), "{} opens all", function.binary);
        let of = |changes: bool| -> BTreeSet<&str> {
            let grants = grants.iter().filter(|grant| grant.changes() == changes);
            grants.flat_map(|grant| grant.partitions()).map(String::as_str).collect()
        };
        let (reads, changes) = (of(false), of(true));
        if !(reads.is_empty() && changes.is_empty()) {
            let reads = reads.difference(&changes).copied().collect();
            rows.push(format!(
                "| {} | {} | {} |",
                function.binary,
                listed(&reads),
                listed(&changes)
            ));
        }
    }
    rows.sort();
    rows.splice(0..0, ["| function | only reads | changes |", "|---|---|---|"].map(str::to_owned));
    generated("docs/data-model.md", "roles", &rows);
}
