//! What unfolds: answers below their questions, panels behind tabs, and what makes them appear. A
//! reader opens them; they are text like any other. What is hidden otherwise is not shown to anyone.

use std::collections::HashSet;

use super::{attributes::Hints, boilerplate_phrases, page::PageTree, tag::Tag};

/// What is written on a control that unfolds all there is, in lower case: it names none of it.
const ALL: &[&str] = &[
    "show all",
    "show all sections",
    "hide all",
    "hide all sections",
    "open all",
    "close all",
    "expand all",
    "collapse all",
    "alle anzeigen",
    "alle aufklappen",
    "alle ausklappen",
    "alle einklappen",
    "alle öffnen",
    "alle schließen",
    "tout afficher",
    "tout déplier",
    "tout ouvrir",
    "tout replier",
    "abrir todo",
    "mostrar todo",
    "apri tutto",
    "espandi tutto",
    "alles openen",
];

/// Whether a line is what is written on controls that unfold all there is, or fold it.
pub(super) fn unfolds_all(line: &str) -> bool {
    /// What is longer, in bytes, says more.
    const LONGEST: usize = 60;
    let is_one = |part: &str| ALL.contains(&part.trim());
    line.len() <= LONGEST && boilerplate_phrases::plain(line).split(['/', '|']).all(is_one)
}

/// What on a page controls what.
#[derive(Debug)]
pub(super) struct Disclosure<'p> {
    page: &'p PageTree,
    /// The ids of elements that a control shows.
    controlled: HashSet<&'p str>,
}

impl<'p> Disclosure<'p> {
    pub(super) fn of(page: &'p PageTree) -> Self {
        let mut controlled = HashSet::new();
        for (place, node) in page.nodes.iter().enumerate() {
            controlled.extend(
                node.attribute("aria-controls").into_iter().flat_map(str::split_whitespace),
            );
            let in_tabs = || {
                let tabs = |at: usize| page.nodes[at].hints.any(Hints::TABS);
                node.tag == Tag::A && page.ancestors(place).take(4).any(tabs)
            };
            let opens = ["popovertarget", "commandfor"];
            controlled.extend(opens.iter().filter_map(|name| node.attribute(name)));
            if let Some(script) = node.attribute("onclick") {
                let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
                controlled.extend(script.split(|c| !is_name(c)).filter(|name| !name.is_empty()));
            }
            if node.hints.any(Hints::BUTTON) || in_tabs() {
                let targets = ["data-target", "data-bs-target", "href"];
                let ids = targets.iter().filter_map(|name| node.attribute(name)?.strip_prefix('#'));
                controlled.extend(ids);
            }
        }
        Self { page, controlled }
    }

    /// Whether it isn't shown, and nothing that a reader does shows it.
    pub(super) fn is_hidden(&self, place: usize) -> bool {
        let hints = self.page.nodes[place].hints;
        (hints.any(Hints::HIDDEN.union(Hints::UNTIL_FOUND)) && !self.unfolds(place))
            || self.is_remark_of_authors(place)
    }

    /// Whether it is what the authors of a text said to each other, as Google Docs writes it down, or
    /// the mark that leads there.
    fn is_remark_of_authors(&self, place: usize) -> bool {
        let (page, node) = (self.page, &self.page.nodes[place]);
        let is_link = |at: usize, of: &str, to: &str| {
            let starts = |name: &str, with: &str| {
                page.nodes[at].attribute(name).is_some_and(|value| value.starts_with(with))
            };
            page.nodes[at].tag == Tag::A && starts("id", of) && starts("href", to)
        };
        match node.tag {
            Tag::A => is_link(place, "cmnt_ref", "#cmnt"),
            Tag::P | Tag::Other | Tag::Li => {
                let first = page.children(place).find(|at| page.nodes[*at].tag != Tag::Text);
                first.is_some_and(|first| is_link(first, "cmnt", "#cmnt_ref"))
            }
            _ => false,
        }
    }

    fn unfolds(&self, place: usize) -> bool {
        const NEVER: Hints = Hints::NOTICE
            .union(Hints::SIGN_UP)
            .union(Hints::MENU)
            .union(Hints::SHARE)
            .union(Hints::ADVERT)
            .union(Hints::LANDMARK);
        let (page, node) = (self.page, &self.page.nodes[place]);
        if node.hints.any(Hints::UNTIL_FOUND) {
            return true;
        }
        if node.hints.any(NEVER) || page.is_in(place, Tag::Nav) {
            return false;
        }
        if self.is_other_period(place) {
            return true;
        }
        // An icon beside a question is hidden too.
        if node.tag.is_inline() {
            return self.is_rest_of_a_text(place);
        }
        if node.hints.any(Hints::OVERLAY) && !self.is_opened(place) {
            return false;
        }
        if page.holds(place, |inner| matches!(inner.tag, Tag::Form | Tag::Nav)) {
            return false;
        }
        let named = node.attribute("role") == Some("region")
            || node.attribute("aria-labelledby").is_some()
            || node.attribute("id").is_some_and(|id| self.controlled.contains(id));
        named || node.hints.any(Hints::PANEL) || self.folds(place) || self.is_below_a_control(place)
    }

    /// Whether it is a price for another period than the one beside it, which a switch shows.
    fn is_other_period(&self, place: usize) -> bool {
        const PERIODS: &[&str] = &[
            "daily",
            "weekly",
            "monthly",
            "month",
            "quarterly",
            "yearly",
            "year",
            "annual",
            "annually",
            "monat",
            "monatlich",
            "jahr",
            "jaehrlich",
            "mensuel",
            "annuel",
            "mensual",
            "anual",
        ];
        let page = self.page;
        let period = |at: usize| {
            let words = page.nodes[at].attribute("class")?;
            let words = words.split(|c: char| !c.is_ascii_alphabetic());
            words.map(str::to_ascii_lowercase).find(|word| PERIODS.contains(&word.as_str()))
        };
        let Some(own) = period(place) else { return false };
        let counts = |at: usize| page.text(at).contains(|c: char| c.is_ascii_digit());
        let after = page.siblings_after(place).find(|at| page.nodes[*at].tag != Tag::Text);
        let beside = page.nodes[place].before.into_iter().chain(after);
        let is_another = |at: usize| period(at).is_some_and(|other| other != own) && counts(at);
        counts(place) && beside.into_iter().any(is_another)
    }

    /// Whether something on the page shows the element by its id.
    pub(super) fn is_opened(&self, place: usize) -> bool {
        let id = self.page.nodes[place].attribute("id");
        id.is_some_and(|id| self.controlled.contains(id))
    }

    /// Whether it is the rest of a paragraph, which something to press behind it shows.
    fn is_rest_of_a_text(&self, place: usize) -> bool {
        const FEWEST: usize = 3;
        let page = self.page;
        let presses = |at: usize| {
            let node = &page.nodes[at];
            let link = node.tag == Tag::A && node.hints.any(Hints::WITHIN);
            (link || node.hints.any(Hints::BUTTON)) && !page.text(at).is_empty()
        };
        let parent = page.nodes[place].parent;
        let behind = || page.siblings_after(place).chain(page.siblings_after(parent)).take(4);
        page.nodes[place].tag == Tag::Span
            && page.text(place).split_whitespace().count() >= FEWEST
            && behind().any(presses)
    }

    fn is_below_a_control(&self, place: usize) -> bool {
        let (page, node) = (self.page, &self.page.nodes[place]);
        let before = node.before.or_else(|| page.nodes[node.parent].before);
        let controls = |at: usize| page.nodes[at].tag == Tag::Summary || self.is_control(at);
        before.is_some_and(|before| page.within(before).take(24).any(controls))
    }

    fn is_above_what_folds(&self, place: usize) -> bool {
        let page = self.page;
        [place, page.nodes[place].parent]
            .into_iter()
            .filter_map(|at| page.siblings_after(at).find(|at| page.nodes[*at].tag != Tag::Text))
            .any(|next| page.nodes[next].hints.any(Hints::FOLDS))
    }

    /// Whether the element or one around it, not far off, folds and unfolds.
    pub(super) fn folds(&self, place: usize) -> bool {
        let folds = |place: usize| {
            let node = &self.page.nodes[place];
            node.hints.any(Hints::FOLDS) || node.tag == Tag::Details
        };
        folds(place) || self.page.ancestors(place).take(4).any(folds)
    }

    fn unfolds_all(&self, place: usize) -> bool {
        /// What holds more nodes says more.
        const MOST: usize = 16;
        self.page.within(place).len() <= MOST && unfolds_all(&self.page.text(place))
    }

    /// Whether it is what a reader presses to unfold something, and so its name.
    pub(super) fn is_control(&self, place: usize) -> bool {
        let node = &self.page.nodes[place];
        let unfolds = node.attribute("aria-expanded").is_some()
            || node.attribute("aria-controls").is_some()
            || node.attribute("data-bs-target").or_else(|| node.attribute("data-target")).is_some()
            || node.attribute("role") == Some("tab");
        let named =
            |above: usize| matches!(self.page.nodes[above].tag, Tag::H(_) | Tag::Dt | Tag::Summary);
        let chrome = Hints::MENU.union(Hints::OVERLAY).union(Hints::SIGN_UP).union(Hints::SHARE);
        node.hints.any(Hints::BUTTON)
            && !node.hints.any(chrome)
            && (unfolds
                || self.folds(place)
                || self.page.ancestors(place).take(3).any(named)
                || self.is_above_what_folds(place))
            && !self.unfolds_all(place)
    }
}
