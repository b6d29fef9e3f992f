//! The variables that functions read are those that `template.yaml` sets.

use std::collections::BTreeSet;

use local::template::{TEXT, Template};
use runtime::config;

/// Set by `cargo dev` alone.
const LOCAL: [&str; 2] = ["LOCAL_RUN", "MAIL_DIR"];
/// Set by Lambda itself.
const LAMBDA: &str = "AWS_REGION";

#[test]
fn the_template_sets_every_variable_that_is_read_and_no_other() {
    let template = Template::parse(TEXT).expect("the template");
    let set: BTreeSet<&str> = template
        .functions
        .iter()
        .flat_map(|function| function.settings.keys().map(String::as_str))
        .collect();
    let variables = config::ALL.into_iter().flatten();
    let read: BTreeSet<&str> = variables
        .map(|variable| variable.name)
        .filter(|name| !LOCAL.contains(name) && *name != LAMBDA)
        .collect();
    assert_eq!(read, set, "shared/runtime/src/config (left) and template.yaml (right)");
}
