//! Whose shape a path is answered in that no route serves.

use domain::Dialect;

use crate::{colloquy, folder::folder};

/// The dialect outside all prefixes. Its error bodies hold what those of most others do.
const ELSEWHERE: Dialect = Dialect::Botplot;

/// The dialect in whose shape `path` is answered where no route serves it: that of the longest
/// prefix.
pub fn of_path(path: &str) -> Dialect {
    let of_dialects = Dialect::ALL.into_iter().flat_map(|dialect| {
        let prefixes = folder(dialect).path_prefixes();
        prefixes.iter().map(move |prefix| (*prefix, dialect))
    });
    let ours = colloquy::PATH_PREFIXES.into_iter().map(|prefix| (prefix, colloquy::ERRORS));
    of_dialects
        .chain(ours)
        .filter(|(prefix, _)| is_under(path, prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map_or(ELSEWHERE, |(_, dialect)| dialect)
}

fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_decides() {
        for (path, dialect) in [
            ("/api/v1/external/v1/nothing", Dialect::Conferbot),
            ("/api/v1/chatbots/1/nothing", Dialect::Openbat),
            ("/api/v1/auth/nothing", Dialect::Openbat),
            ("/api/v1/api-keys", Dialect::Openbat),
            ("/api/v1/chatbotsandmore", Dialect::Botplot),
            ("/v1/nothing", Dialect::ChatbotPlatform),
            ("/v11", Dialect::Botplot),
            ("/api/v1/sources/x/y", Dialect::Helpbot),
            ("/api/v1/analytics/overview", Dialect::Helpbot),
            ("/api/v1/analytics/ratings", Dialect::Botplot),
            ("/api/v1/nothing", Dialect::Botplot),
            ("/", Dialect::Botplot),
            ("", Dialect::Botplot),
        ] {
            assert_eq!(of_path(path), dialect, "{path}");
        }
    }

    #[test]
    fn no_two_dialects_have_the_same_prefix() {
        let prefixes = Dialect::ALL.map(|dialect| folder(dialect).path_prefixes());
        let mut all: Vec<_> = prefixes.into_iter().flatten().copied().collect();
        all.extend(colloquy::PATH_PREFIXES);
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "{all:?}");
    }
}
