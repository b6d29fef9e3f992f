//! A line of text as it is put together from the inline elements that it is made of.

/// How likely it is that a style sheet sets two boxes apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Boundary {
    #[default]
    None,
    /// In prose: a word may be divided by it, too.
    Weak,
    Strong,
}

/// Text with its spaces folded.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    space: bool,
    /// Whether a box ended here that a style sheet may set apart from the next one.
    boundary: Boundary,
    bold: usize,
    shown: usize,
    /// Up to where its text is bold from the beginning on.
    bold_start: usize,
}

impl Line {
    /// Adds text, `bold` or not.
    pub(super) fn push(&mut self, text: &str, bold: bool) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.space = true;
            } else if is_shown(c) {
                self.apart(c);
                self.text.push(c);
                self.shown += 1;
                self.bold += usize::from(bold);
                if self.bold == self.shown {
                    self.bold_start = self.text.len();
                }
            }
        }
    }

    fn apart(&mut self, next: char) {
        let last = self.text.chars().next_back();
        let between = last.is_some_and(|last| match self.boundary {
            Boundary::None => false,
            Boundary::Weak => {
                are_words(last, next) && !(last.is_lowercase() && next.is_lowercase())
            }
            Boundary::Strong => are_words(last, next),
        });
        if (self.space || between) && !matches!(last, None | Some('\n')) {
            self.text.push(' ');
        }
        (self.space, self.boundary) = (false, Boundary::None);
    }

    /// Adds what is written as it is, with nothing before it.
    pub(super) fn glue(&mut self, text: &str) {
        self.boundary = Boundary::None;
        self.push(text, false);
    }

    /// Closes what does not hold any more, right behind it.
    pub(super) fn glue_mark(&mut self) {
        (self.space, self.boundary) = (false, Boundary::None);
        self.text.push_str("~~");
    }

    /// Takes back what was written from `begin` on.
    pub(super) fn cut(&mut self, begin: usize) {
        self.text.truncate(begin);
    }

    pub(super) fn space(&mut self) {
        self.space = true;
    }

    /// A box ends or begins here.
    pub(super) fn boundary(&mut self) {
        self.boundary = Boundary::Strong;
    }

    /// A box ends or begins here, in prose.
    pub(super) fn weak_boundary(&mut self) {
        self.boundary = Boundary::Weak;
    }

    /// A line ends here, unless it only had no room.
    pub(super) fn line_break(&mut self) {
        self.space = false;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Whether nothing has been written since the last line break, or at all.
    pub(super) fn is_at_start(&self) -> bool {
        self.text.is_empty() || self.text.ends_with('\n')
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The last character, if no space comes after it.
    pub(super) fn last(&self) -> Option<char> {
        self.text.chars().next_back().filter(|_| !self.space)
    }

    /// Whether all of it is bold.
    pub(super) fn is_bold(&self) -> bool {
        self.shown > 0 && self.bold == self.shown
    }

    /// The question in bold that it begins with, and what is behind it.
    pub(super) fn question(&self) -> Option<(String, String)> {
        let (question, rest) = self.text.split_at_checked(self.bold_start)?;
        let asks = question.ends_with(['?', '？', '؟']) && !question.contains('\n');
        let rest = rest.trim().to_owned();
        (asks && !rest.is_empty()).then(|| (question.to_owned(), rest))
    }

    /// What was written, with lines put together that a sentence runs over.
    pub(super) fn take(&mut self) -> String {
        let line = std::mem::take(self);
        let mut text = String::with_capacity(line.text.len());
        for part in line.text.split('\n').map(str::trim).filter(|part| !part.is_empty()) {
            if !text.is_empty() {
                text.push(if runs_on(&text, part) { ' ' } else { '\n' });
            }
            text.push_str(part);
        }
        text
    }
}

/// Whether a sentence runs over the end of the line before `next`.
pub(crate) fn runs_on(before: &str, next: &str) -> bool {
    let small = next.chars().next().is_some_and(|c| c.is_lowercase() || "–—-/&(".contains(c));
    small && !before.ends_with(['.', '!', '?', ':', ';', '。'])
}

/// What shows nothing, like a soft hyphen, would keep a word from being found; what only an icon
/// font draws is no letter.
fn is_shown(c: char) -> bool {
    !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{e000}'..='\u{f8ff}')
        && !c.is_control()
}

/// Whether two characters are of two words where boxes meet between them.
fn are_words(last: char, next: char) -> bool {
    let begins = next.is_alphanumeric() || is_currency(next) || matches!(next, '+' | '~' | '–');
    let ends = last.is_alphanumeric()
        || is_currency(last)
        || matches!(last, ':' | '?' | '!' | ')' | '%' | '~' | '–' | ';' | '*');
    begins && ends
}

pub(super) fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₩' | '₺' | '₴' | '₫' | '฿' | '¢')
}

/// Whether a number at the end of `text` is an amount of money.
fn is_amount(text: &str) -> bool {
    let of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '\u{a0}');
    let before = text.trim_end_matches(of_number).trim_end_matches(['\u{a0}', ' ']);
    const CODES: &[&str] = &["EUR", "USD", "CHF", "GBP", "Fr.", "kr", "zł", "Kč", "Ft", "R$"];
    before.chars().next_back().is_some_and(is_currency)
        || CODES.iter().any(|code| before.ends_with(code))
}

/// How a superscript is written behind `before`: cents of a price, a power, a footnote's mark.
/// `money` says that its number is a price, `linked` that it leads somewhere.
pub(super) fn superscript(before: &str, sup: &str, money: bool, linked: bool) -> String {
    let digits = !sup.is_empty() && sup.chars().all(|c| c.is_ascii_digit());
    let mark = sup.trim_matches(['[', ']', '(', ')']);
    let is_mark = !mark.is_empty() && mark.len() <= 3 && mark.chars().all(|c| c.is_ascii_digit());
    let lettered = sup.starts_with('[') && mark.chars().count() == 1;
    if linked && (is_mark || lettered || mark.chars().all(|c| !c.is_alphanumeric())) {
        return String::new();
    }
    let last = before.chars().next_back();
    let power = sup
        .strip_prefix(['-', '−', '+'])
        .is_some_and(|power| !power.is_empty() && power.chars().all(|c| c.is_ascii_digit()));
    if power && last.is_some_and(|last| last.is_alphanumeric()) {
        return format!("^{sup}");
    }
    let marks = sup.contains(',') && sup.chars().all(|c| c.is_ascii_digit() || ", ".contains(c));
    if marks && sup.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("[{sup}]");
    }
    if is_list_of_marks(before, sup) {
        return format!("[{sup}]");
    }
    let Some(last) = last.filter(|_| digits) else { return sup.to_owned() };
    if last.is_ascii_digit() {
        return match (money || is_amount(before), sup.len()) {
            (true, 2) => format!(".{sup}"),
            (true, _) => format!("[{sup}]"),
            (false, _) => format!("^{sup}"),
        };
    }
    let word = before.chars().rev().take_while(|c| c.is_alphabetic()).count();
    match (word, sup) {
        (1..=3, "2") => "²".to_owned(),
        (1..=3, "3") => "³".to_owned(),
        (1, _) => format!("^{sup}"),
        // The decimal point is before it.
        (0, _) if last.is_whitespace() || matches!(last, ',' | '.') => sup.to_owned(),
        _ => format!("[{sup}]"),
    }
}

/// Whether a superscript is letters that a legend explains, as menus have them for what is in a dish: "A",
/// "a,c". The ends of ordinals are no such letters, nor is what a formula has.
fn is_list_of_marks(before: &str, sup: &str) -> bool {
    const MOST: usize = 14;
    const SHORTEST_WORD: usize = 3;
    let mut marks = sup.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/'));
    let marks: Vec<&str> = marks.by_ref().filter(|mark| !mark.is_empty()).take(MOST + 1).collect();
    let letter =
        |mark: &str, is: fn(char) -> bool| mark.chars().count() == 1 && mark.chars().all(is);
    let number = |mark: &str| mark.len() <= 2 && mark.bytes().all(|byte| byte.is_ascii_digit());
    let all = |is: fn(char) -> bool| {
        marks.iter().all(|mark| letter(mark, is) || number(mark))
            && marks.iter().any(|mark| letter(mark, is))
    };
    let many = marks.len() > 1;
    let follows = || {
        let letters = before.chars().rev().take(SHORTEST_WORD);
        letters.filter(|c| c.is_alphabetic()).count() == SHORTEST_WORD
            || (many && !before.is_empty())
    };
    marks.len() <= MOST
        && (all(char::is_uppercase) || (many && sup.contains(',') && all(char::is_lowercase)))
        && follows()
}

/// How a superscript is written behind `before`, where nothing else is known of it.
pub(crate) fn raised(before: &str, sup: &str) -> String {
    superscript(before, sup.trim(), false, false)
}

/// How a subscript is written behind `before`.
pub(super) fn subscript(before: &str, sub: &str) -> String {
    let number = sub.chars().all(|c| c.is_ascii_digit());
    match before.chars().next_back() {
        Some(last) if last.is_ascii_digit() && number && !sub.is_empty() => format!("_{sub}"),
        _ => sub.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn superscripts_are_cents_powers_and_marks() {
        for (before, sup, linked, expected) in [
            ("only £4", "50", false, ".50"),
            ("CHF 7", "90", false, ".90"),
            ("from $120", "2", false, "[2]"),
            ("2", "8", false, "^8"),
            ("40 km", "2", false, "²"),
            ("the 3", "rd", false, "rd"),
            ("as was shown", "12", true, ""),
            ("as was shown", "[3]", true, ""),
            ("warranty", "1", false, "[1]"),
            ("7", ",50", false, ",50"),
            ("£7.", "50", false, "50"),
            ("10", "-3", false, "^-3"),
            ("Meyer", "1,2", false, "[1,2]"),
            ("", "$", false, "$"),
            ("Dumplings", "A,C", false, "[A,C]"),
            ("Dumplings", "G", false, "[G]"),
            ("8.50", "a,g,1", false, "[a,g,1]"),
            ("A", "T", false, "T"),
            ("Brand", "TM", false, "TM"),
            ("1", "a", false, "a"),
        ] {
            assert_eq!(superscript(before, sup, false, linked), expected, "{before}<{sup}>");
        }
        assert_eq!(superscript("7", "95", true, false), ".95");
        assert_eq!((subscript("H", "2"), subscript("101", "2")), ("2".into(), "_2".into()));
    }

    #[test]
    fn boxes_are_apart_where_words_meet() {
        let joined = |one: &str, other: &str| {
            let mut line = Line::default();
            line.push(one, false);
            line.boundary();
            line.push(other, false);
            line.take()
        };
        assert_eq!(joined("Friday", "closed"), "Friday closed");
        assert_eq!(joined("12", "€40"), "12 €40");
        assert_eq!(joined("Fax:", "0732"), "Fax: 0732");
        assert_eq!(joined("os.", "path"), "os.path");
        assert_eq!(joined("open", "(file)"), "open(file)");
    }

    #[test]
    fn a_line_break_in_a_sentence_is_a_space() {
        let mut line = Line::default();
        line.push("Mill Road 3", false);
        line.line_break();
        line.push("4020 Linz, by the", false);
        line.line_break();
        line.push("river", false);
        assert_eq!(line.take(), "Mill Road 3\n4020 Linz, by the river");
    }
}
