//! Roots of Arabic words. A word is three consonants, its root, in a pattern of vowels, prefixes and endings:
//! مدرسة and مدارس (school, schools) are درس in two patterns, and no ending that is taken off makes them one
//! word. By patterns and without a dictionary, after Taghva, Elkhoury and Coombs, "Arabic stemming without a
//! root dictionary" (2005): of some words what is found is no root, but it is the same for their forms.

/// Patterns by their length, the consonants of the root as in فعل, of words as they are folded (ة is ه).
const PATTERNS: [&[&str]; 4] = [
    &["مفعل", "فاعل", "فعال", "فعول", "فعيل", "فعله"],
    &[
        "افتعل",
        "افاعل",
        "مفعول",
        "مفعال",
        "مفعيل",
        "مفعله",
        "تفعله",
        "افعله",
        "مفتعل",
        "يفتعل",
        "تفتعل",
        "مفاعل",
        "تفاعل",
        "يفاعل",
        "فعوله",
        "فعاله",
        "فعيله",
        "انفعل",
        "منفعل",
        "ينفعل",
        "افعال",
        "فعلان",
        "تفعيل",
        "فاعول",
        "فواعل",
        "فعايل",
        "فاعله",
        "فعالي",
        "فعليه",
    ],
    &[
        "استفعل",
        "مستفعل",
        "يستفعل",
        "تستفعل",
        "مفعاله",
        "مفعوله",
        "افتعال",
        "انفعال",
        "افعوعل",
        "تفاعيل",
        "مفاعيل",
        "مفاعله",
        "متفاعل",
        "متفعله",
        "فواعيل",
        "فعاليه",
        "تفعيله",
        "افتعله",
    ],
    &["استفعال", "مستفعله", "انفعاله", "افتعاله"],
];
/// Letters of the shortest pattern.
const SHORTEST: usize = 4;
/// The letters of a pattern in whose places the root's are.
const ROOT: [char; 3] = ['ف', 'ع', 'ل'];
/// What is written together with the word behind it: conjunctions, prepositions, the article.
const ARTICLES: [&str; 7] = ["كال", "بال", "ولل", "وال", "فال", "ال", "لل"];
/// Endings of several letters; the longer ones first.
const ENDINGS: [&str; 25] = [
    "تمل", "همل", "تان", "تين", "كمل", "يات", "اته", "ون", "ات", "ان", "ين", "تن", "كم", "هن",
    "نا", "يا", "ها", "تم", "كن", "ني", "وا", "ما", "هم", "يه", "تا",
];
/// Letters that may be an ending, and letters that may be a prefix.
const ENDING: [char; 6] = ['ه', 'ي', 'ك', 'ت', 'ا', 'ن'];
const PREFIX: [char; 9] = ['ل', 'ب', 'ف', 'س', 'و', 'ي', 'ت', 'ن', 'ا'];

/// What may be written together with a word in front of it, the longest first: "and", "so", "by", "as", "for", the
/// article, the future; alone and one after the other.
const CLITICS: [&str; 18] = [
    "وبال", "وكال", "فبال", "ولل", "وال", "فال", "بال", "كال", "لل", "ال", "وب", "ول", "و", "ف",
    "ب", "ك", "ل", "س",
];

fn is_arabic(letter: char) -> bool {
    ('\u{621}'..='\u{64a}').contains(&letter)
}

/// A folded `word` in Arabic letters without what is written together with it in front; `None` for other words and
/// for those that are too short to have a root. Of some words a letter of their own is taken off, but of all their
/// forms alike.
pub(crate) fn bare(word: &str) -> Option<&str> {
    let is_long = |rest: &str| rest.chars().nth(ROOT.len() - 1).is_some();
    if !word.starts_with(is_arabic) || !word.chars().all(is_arabic) || !is_long(word) {
        return None;
    }
    let mut rest = CLITICS.iter().filter_map(|clitic| word.strip_prefix(clitic));
    Some(rest.find(|rest| is_long(rest)).unwrap_or(word))
}

/// The root of a folded `word` in Arabic letters, as far as patterns tell; `None` for other words and for those
/// that are too short to have anything but a root.
pub(crate) fn root(word: &str) -> Option<String> {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < SHORTEST || !letters.iter().copied().all(is_arabic) {
        return None;
    }
    let article = ARTICLES.iter().find(|article| word.starts_with(**article));
    let article = article.map_or(0, |article| article.chars().count());
    if letters.len() >= article + ROOT.len() {
        letters.drain(..article);
    }
    let has = |letters: &[char], ending: &&&str| {
        let count = ending.chars().count();
        letters.len() >= count + ROOT.len()
            && ending.chars().rev().zip(letters.iter().rev()).all(|(a, b)| a == *b)
    };
    if let Some(ending) = ENDINGS.iter().find(|ending| has(&letters, ending)) {
        letters.truncate(letters.len() - ending.chars().count());
    }
    while letters.len() >= SHORTEST {
        if let Some(found) = in_pattern(&letters) {
            return Some(found);
        }
        if letters.last().is_some_and(|last| ENDING.contains(last)) {
            letters.pop();
        } else if letters.first().is_some_and(|first| PREFIX.contains(first)) {
            letters.remove(0);
        } else {
            break;
        }
    }
    Some(letters.into_iter().collect())
}

/// The root in the first pattern that `letters` have.
fn in_pattern(letters: &[char]) -> Option<String> {
    let patterns = PATTERNS.get(letters.len().checked_sub(SHORTEST)?)?;
    patterns.iter().find_map(|pattern| {
        let mut root = String::new();
        for (place, letter) in pattern.chars().zip(letters) {
            match ROOT.contains(&place) {
                true => root.push(*letter),
                false if place != *letter => return None,
                false => {}
            }
        }
        (root.chars().count() == ROOT.len()).then_some(root)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn forms_of_a_word_have_one_root() {
        for (words, root_of_all) in [
            ("مدرسة مدارس المدرسة", "درس"),
            ("كتاب مكتبة الكاتب كتابه", "كتب"),
            ("استخدام المستخدمين يستخدم", "خدم"),
            ("الحكومات حكومة", "حكم"),
            ("شركة الشركات", "شرك"),
        ] {
            for word in words.split(' ') {
                assert_eq!(root(&fold::plain(word)).as_deref(), Some(root_of_all), "{word}");
            }
        }
        for (word, without) in [
            ("وبالمدرسة", "مدرسه"),
            ("للمدرسة", "مدرسه"),
            ("مدرسة", "مدرسه"),
            ("سيكتب", "يكتب"),
            ("ولد", "ولد"),
        ] {
            assert_eq!(bare(&fold::plain(word)), Some(without), "{word}");
        }
        for none in ["school", "من", "123"] {
            assert_eq!(bare(none), None, "{none}");
        }
        for none in ["school", "من", "123", "e04", "школа"] {
            assert_eq!(root(none), None, "{none}");
        }
    }
}
