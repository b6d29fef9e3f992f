//! Lines that only say who made a page, or when.

use super::boilerplate_phrases::plain;

/// How a line begins that says who made a page, in lower case.
const AUTHORS: &[&str] = &[
    "written by ",
    "posted by ",
    "published by ",
    "created by ",
    "edited by ",
    "geschrieben von ",
    "verfasst von ",
    "erstellt von ",
    "écrit par ",
    "publié par ",
    "escrito por ",
    "publicado por ",
    "scritto da ",
    "geschreven door ",
];

/// How a line begins that says when a page was made, in lower case.
const TIMES: &[&str] = &[
    "updated",
    "last updated",
    "modified",
    "last modified",
    "published",
    "first published",
    "posted",
    "asked",
    "answered",
    "created",
    "edited",
    "aktualisiert",
    "zuletzt aktualisiert",
    "zuletzt geändert",
    "veröffentlicht",
    "mis à jour",
    "publié",
    "actualizado",
    "publicado",
    "aggiornato",
    "pubblicato",
    "bijgewerkt",
];

/// Words of a time, in lower case; those of months and days are known by how they begin.
const OF_TIMES: &[&str] = &[
    "on",
    "at",
    "over",
    "about",
    "a",
    "an",
    "ago",
    "am",
    "pm",
    "the",
    "of",
    "today",
    "yesterday",
    "year",
    "month",
    "week",
    "day",
    "hour",
    "minute",
    "am:",
    "vor",
    "einem",
    "einer",
    "jahr",
    "monat",
    "woche",
    "tag",
    "stunde",
    "heute",
    "gestern",
    "um",
    "uhr",
    "il",
    "y",
    "le",
    "à",
    "hace",
    "el",
    "de",
    "il",
    "fa",
    "op",
    "utc",
    "gmt",
];
const MONTHS_AND_DAYS: &[&str] = &[
    "jan", "feb", "mar", "mär", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt",
    "nov", "dec", "dez", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
];

/// Whether a line only says who made a page, or when.
pub(super) fn is_byline(line: &str) -> bool {
    const MOST_WORDS: usize = 10;
    let line = plain(line);
    // The end of "a.m." ends no sentence.
    let line = line.replace("a.m.", "am").replace("p.m.", "pm");
    let words = || line.split_whitespace();
    if words().count() > MOST_WORDS || line.ends_with(['.', '!', '?']) {
        return false;
    }
    let rest_of = |starts: &[&str]| {
        let rests = starts.iter().filter_map(|start| line.strip_prefix(start));
        rests.min_by_key(|rest| rest.len()).map(str::to_owned)
    };
    let is_time = |rest: &str| {
        let words: Vec<&str> = rest
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '·' | '|'))
            .filter(|word| !word.is_empty())
            .collect();
        let of_time = |word: &&str| {
            let plural = word.trim_end_matches(['s', 'n', 'e']);
            word.starts_with(|c: char| c.is_ascii_digit())
                || OF_TIMES.contains(word)
                || OF_TIMES.contains(&plural)
                || MONTHS_AND_DAYS.iter().any(|start| word.starts_with(start))
        };
        words.len() > 1 && words.iter().all(of_time)
    };
    if let Some(rest) = rest_of(TIMES) {
        return is_time(&rest);
    }
    rest_of(AUTHORS).is_some_and(|rest| rest.split_whitespace().count() <= 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_about_the_page_are_told_from_what_it_says() {
        for line in [
            "Written by Jo Lind",
            "Updated over a year ago",
            "Last updated: 12/03/2026, 10:15",
            "Published on Monday, 4 May 2026 at 9:30 am",
            "Zuletzt aktualisiert am 3. März 2026",
            "Mis à jour le 3 mars 2026",
            "Geschrieben von Anna",
        ] {
            assert!(is_byline(line), "{line}");
        }
        for line in [
            "Updated prices apply from May",
            "Published",
            "Written by hand in the year of the flood by the keeper",
            "Posted speed is 30",
            "Created in 1895 for the fair",
            "Updated 3 weeks ago.",
        ] {
            assert!(!is_byline(line), "{line}");
        }
    }
}
