//! What libraries read by themselves, and no struct holds.

use super::Variable;

pub(super) const VARIABLES: [Variable; 2] = [
    Variable::optional(
        "RUST_LOG",
        "Log lines that are written; `info` in AWS, where nothing below it is compiled in",
    ),
    Variable::optional(
        "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH",
        "`true`, since a REST API sends its stage in the path",
    ),
];
