//! From what was found to blocks under their headings.

use std::collections::HashMap;

use url::Url;

use super::{
    attributes::Hints,
    disclosure::Disclosure,
    folded,
    inline::{self, Writer},
    main_text::MainText,
    outline::{Block, BlockKind, Outline, Scope},
    page::PageTree,
    tables, tabs,
    tag::Tag,
};

/// The longest line in bold that is a heading, in characters, unless it asks something.
const LONGEST_LABEL: usize = 80;
/// What is longer, in characters, is not said in the line of its term.
const LONGEST_FACT: usize = 160;

/// The blocks of the main text in reading order.
pub(super) fn of(page: &PageTree, main: &MainText, url: &Url) -> Vec<Block> {
    let disclosure = Disclosure::of(page);
    let mut walk = Walk::new(page, main, &disclosure, url);
    for place in main.leads.iter().copied().chain([main.root]) {
        walk.node(place);
        walk.flush();
    }
    walk.outline.finish()
}

/// Walks over a page and writes down what is kept of it.
pub(super) struct Walk<'p> {
    pub(super) page: &'p PageTree,
    pub(super) gone: &'p [bool],
    disclosure: &'p Disclosure<'p>,
    /// Whether readers ask and answer on the page.
    asks: bool,
    pub(super) outline: Outline,
    /// Inline text that no block holds yet.
    line: Writer<'p>,
    /// The labels of panels that take turns.
    tabs: HashMap<usize, String>,
    /// What an item of a list is written with.
    marker: Option<(BlockKind, String)>,
    /// The lists that are open.
    lists: Vec<Counter>,
    scopes: Vec<Scope>,
}

/// How the items of a list are counted.
struct Counter {
    next: Option<i64>,
    step: i64,
}

impl<'p> Walk<'p> {
    pub(super) fn new(
        page: &'p PageTree,
        main: &'p MainText,
        disclosure: &'p Disclosure<'p>,
        url: &'p Url,
    ) -> Self {
        let asks = page
            .nodes
            .iter()
            .any(|node| node.attribute("itemtype").is_some_and(|kind| kind.ends_with("/QAPage")));
        Self {
            page,
            gone: &main.gone,
            disclosure,
            asks,
            outline: match main.is_article {
                true => Outline::default(),
                false => Outline::keeping_headings(),
            },
            line: Writer::new(page, &main.gone, url, main.is_article),
            tabs: tabs::labels(page),
            marker: None,
            lists: Vec::new(),
            scopes: Vec::new(),
        }
    }

    pub(super) fn node(&mut self, place: usize) {
        if self.gone[place] {
            return;
        }
        let node = &self.page.nodes[place];
        self.anchor(place);
        match node.tag {
            Tag::H(level) => self.heading(level, place),
            Tag::Pre => {
                self.flush();
                let code = inline::code(self.page, self.gone, place);
                if !inline::is_numbering(&code) {
                    self.write(BlockKind::Code, code.trim_matches('\n'));
                }
            }
            Tag::Table => {
                self.flush();
                if !tables::write(self, place) {
                    self.children(place);
                }
                self.flush();
            }
            Tag::Summary | Tag::Dt => self.named(place),
            Tag::DefinitionList => {
                self.flush();
                self.definitions(place);
            }
            Tag::List | Tag::OrderedList => self.list(place),
            Tag::Li => self.item(place),
            Tag::Hr => self.flush(),
            tag if tag.is_inline() => {
                let boxed = self.page.holds(place, |inner| !inner.tag.is_inline());
                match tag {
                    _ if self.is_label(place) => self.named(place),
                    Tag::A if boxed => self.boxed(place),
                    _ if boxed => self.children(place),
                    _ => self.inline(place),
                }
            }
            _ if self.is_label(place) || self.asks_for_the_next(place) => self.named(place),
            _ if self.is_fact(place) => self.fact(place),
            _ => self.container(place),
        }
    }

    /// Text of a line; an empty line within it divides paragraphs.
    fn inline(&mut self, place: usize) {
        if self.page.nodes[place].tag == Tag::Br && self.line.is_at_start() {
            self.flush();
        } else {
            self.line.node(place);
        }
    }

    fn children(&mut self, place: usize) {
        let parent = self.line.parent_of_children(place);
        for child in self.page.children(place) {
            self.line.enter(parent);
            self.node(child);
        }
    }

    /// A link around a box is a box.
    fn boxed(&mut self, place: usize) {
        self.flush();
        self.children(place);
        self.flush();
    }

    fn container(&mut self, place: usize) {
        self.flush();
        let scope = self.is_scope(place).then(|| self.outline.begin());
        let scoped = scope.is_some();
        self.scopes.extend(scope);
        if let (Some(label), Some(scope)) = (self.tabs.get(&place), self.scopes.last()) {
            self.outline.panel(label, scope);
        } else if self.asks
            && let Some(property) = self.page.nodes[place].attribute("itemprop")
        {
            match property {
                "acceptedAnswer" => self.outline.label("Accepted answer", self.scopes.last()),
                "suggestedAnswer" => self.outline.label("Answer", self.scopes.last()),
                _ => {}
            }
        }
        let old = self.page.nodes[place].hints.any(Hints::OLD_PRICE);
        if old && !self.page.holds(place, |inner| !inner.tag.is_inline()) {
            self.line.node(place);
        } else {
            self.children(place);
        }
        self.flush();
        if scoped && let Some(scope) = self.scopes.pop() {
            self.outline.end(scope);
        }
    }

    /// Whether headings in it end with it.
    fn is_scope(&self, place: usize) -> bool {
        let node = &self.page.nodes[place];
        match node.tag {
            Tag::Section | Tag::Article | Tag::Aside | Tag::Details | Tag::Dd => true,
            Tag::Blockquote => true,
            Tag::Body | Tag::Main | Tag::Html | Tag::P => false,
            _ => {
                node.hints.any(Hints::FOLDS.union(Hints::PANEL))
                    || node.attribute("role") == Some("region")
                    || self.tabs.contains_key(&place)
                    || node.attribute("itemprop").is_some()
                    || self.is_card(place)
            }
        }
    }

    /// Whether it is one of several boxes, each with a heading and a text of its own.
    fn is_card(&self, place: usize) -> bool {
        let page = self.page;
        let headed = |place: usize| {
            let begin = page.within(place).skip(1).take(12);
            let mut begin = begin.filter(|at| {
                let node = &page.nodes[*at];
                matches!(node.tag, Tag::H(_)) || !node.text.trim().is_empty()
            });
            let first = begin.next().filter(|at| matches!(page.nodes[*at].tag, Tag::H(_)));
            first.is_some_and(|heading| {
                (page.nodes[heading].end..page.nodes[place].end)
                    .take(12)
                    .any(|at| !page.nodes[at].text.trim().is_empty())
            })
        };
        if !headed(place) {
            return false;
        }
        let next = page.siblings_after(place).find(|next| page.nodes[*next].tag != Tag::Text);
        [page.nodes[place].before, next]
            .into_iter()
            .flatten()
            .any(|beside| page.nodes[beside].tag == page.nodes[place].tag && headed(beside))
    }

    fn heading(&mut self, level: u8, place: usize) {
        self.flush();
        let text = self.line.apart(place).replace('\n', " ");
        let fragment = self.page.nodes[self.page.within(place)]
            .iter()
            .find_map(|node| node.attribute("id").or_else(|| node.attribute("name")));
        self.outline.at(fragment.or_else(|| self.around(place)));
        self.outline.heading(level, &text);
        self.outline.at(None);
    }

    /// The id of the section that a heading is the first of.
    fn around(&self, place: usize) -> Option<&'p str> {
        let page = self.page;
        page.ancestors(place)
            .take(3)
            .take_while(|above| {
                page.nodes[*above + 1..place].iter().all(|node| node.text.trim().is_empty())
            })
            .find_map(|above| page.nodes[above].attribute("id"))
    }

    /// Notes an element's id, so that a citation leads to it.
    fn anchor(&mut self, place: usize) {
        let node = &self.page.nodes[place];
        if matches!(node.tag, Tag::Details | Tag::Dt | Tag::Li | Tag::Table | Tag::Summary)
            && let Some(id) = node.attribute("id")
        {
            self.outline.at(Some(id));
        }
    }

    /// Whether it is something to press that names what it unfolds, alone in its line.
    fn is_label(&self, place: usize) -> bool {
        let page = self.page;
        let node = &page.nodes[place];
        if node.attribute("for").is_some() && self.unfolds_the_next(place) {
            return true;
        }
        if !node.hints.any(Hints::BUTTON) || !self.disclosure.is_control(place) {
            return false;
        }
        !node.tag.is_inline() || self.is_alone(place)
    }

    /// Whether it is the label of a box to tick that shows what is behind it.
    fn unfolds_the_next(&self, place: usize) -> bool {
        let page = self.page;
        let ticked = page.nodes[place].before.is_some_and(|before| {
            let kind = page.nodes[before].attribute("type");
            page.nodes[before].tag == Tag::Control && matches!(kind, Some("checkbox" | "radio"))
        });
        let next = page.siblings_after(place).find(|next| page.nodes[*next].tag != Tag::Text);
        ticked && next.is_some_and(|next| !page.nodes[next].tag.is_inline())
    }

    /// Whether it is a question, in what folds, with its answer right behind it.
    fn asks_for_the_next(&self, place: usize) -> bool {
        let page = self.page;
        let leaf = !page.holds(place, |inner| !inner.tag.is_inline());
        if !leaf
            || !matches!(page.nodes[place].tag, Tag::Other | Tag::P)
            || !self.disclosure.folds(place)
        {
            return false;
        }
        let next = page.siblings_after(place).find(|next| page.nodes[*next].tag != Tag::Text);
        next.is_some_and(|next| !page.nodes[next].tag.is_inline())
            && page.text(place).ends_with(['?', '？', '؟'])
    }

    /// Whether it is a name and a value in boxes beside each other.
    fn is_fact(&self, place: usize) -> bool {
        let page = self.page;
        let inner = |at: &usize| page.nodes[*at].tag != Tag::Text && !self.gone[*at];
        let own = page.children(place).any(|at| !page.nodes[at].text.trim().is_empty());
        let boxes: Vec<usize> = page.children(place).filter(inner).take(4).collect();
        let leaf = |at: &usize| {
            page.nodes[*at].tag == Tag::Other
                && page.within(*at).len() < 24
                && !page.holds(*at, |node| !node.tag.is_inline())
        };
        if own
            || !matches!(page.nodes[place].tag, Tag::Other | Tag::Li)
            || !(2..=3).contains(&boxes.len())
        {
            return false;
        }
        let texts = || boxes.iter().map(|at| page.text(*at));
        boxes.iter().all(leaf)
            && texts().all(|text| (1..=50).contains(&text.chars().count()))
            && texts().take(1).all(|text| !text.ends_with(['.', '!', '?', '。']))
            && texts()
                .any(|text| text.contains(|c: char| c.is_ascii_digit()) || text.ends_with(':'))
    }

    fn fact(&mut self, place: usize) {
        self.flush();
        let page = self.page;
        let boxes: Vec<usize> = page
            .children(place)
            .filter(|at| page.nodes[*at].tag != Tag::Text && !self.gone[*at])
            .collect();
        let texts: Vec<String> = boxes.into_iter().map(|at| self.text(at)).collect();
        let text = match texts.as_slice() {
            [name, value] => format!("{}: {value}", name.trim_end_matches([':', ' '])),
            all => all.join(" "),
        };
        self.write(BlockKind::Text, &text);
    }

    /// Whether no text is in the same line.
    fn is_alone(&self, place: usize) -> bool {
        let page = self.page;
        let node = &page.nodes[place];
        let says = |at: usize| {
            page.nodes[at].tag.is_inline()
                && page.nodes[page.within(at)].iter().any(|n| !n.text.trim().is_empty())
        };
        let text_before = place > node.parent + 1 && node.before.is_none() && says(place - 1);
        let after = page.siblings_after(place).take(2).find(|next| {
            page.nodes[*next].tag != Tag::Text || !page.nodes[*next].text.trim().is_empty()
        });
        !text_before && !node.before.is_some_and(says) && !after.is_some_and(says)
    }

    fn named(&mut self, place: usize) {
        self.flush();
        let text = self.line.apart(place).replace('\n', " ");
        self.marker = None;
        match self.scopes.last() {
            _ if self.outline.is_under(&text) => {}
            Some(scope) => self.outline.panel(&text, scope),
            None => self.outline.label(&text, None),
        }
    }

    /// Terms with what they are: in a line if it is short, else as a heading above it.
    fn definitions(&mut self, place: usize) {
        let scope = self.outline.begin();
        self.scopes.push(scope);
        let mut terms: Vec<String> = Vec::new();
        let mut parts: Vec<usize> = Vec::new();
        let mut stack = vec![self.page.children(place).collect::<Vec<_>>()];
        // A term and what it is may be in a box together.
        while let Some(level) = stack.last_mut() {
            if level.is_empty() {
                stack.pop();
                continue;
            }
            let at = level.remove(0);
            match self.page.nodes[at].tag {
                _ if self.gone[at] => {}
                Tag::Dt | Tag::Dd => parts.push(at),
                Tag::Text => {}
                _ if stack.len() < 4 => stack.push(self.page.children(at).collect()),
                _ => {}
            }
        }
        let mut parts = parts.into_iter().peekable();
        while let Some(at) = parts.next() {
            if self.page.nodes[at].tag == Tag::Dt {
                self.anchor(at);
                terms.push(self.line.apart(at).replace('\n', " "));
                continue;
            }
            let mut values = vec![at];
            while let Some(more) = parts.next_if(|at| self.page.nodes[*at].tag == Tag::Dd) {
                values.push(more);
            }
            self.definition(&terms.join(" / "), &values);
            terms.clear();
        }
        if !terms.is_empty() {
            self.write(BlockKind::Text, &terms.join("\n"));
        }
        if let Some(scope) = self.scopes.pop() {
            self.outline.end(scope);
        }
    }

    fn definition(&mut self, term: &str, values: &[usize]) {
        let page = self.page;
        let simple = |at: &usize| {
            let blocks = page.nodes[page.within(*at)].iter().skip(1);
            blocks.filter(|n| !n.tag.is_inline()).all(|n| matches!(n.tag, Tag::P | Tag::Other))
        };
        let asks = term.ends_with(['?', '？', '؟']);
        if !asks && !term.is_empty() && values.iter().all(simple) {
            let said: Vec<String> =
                values.iter().map(|at| self.line.apart(*at).replace('\n', ", ")).collect();
            let said = said.join("; ");
            if said.chars().count() <= LONGEST_FACT {
                let term = term.trim_end_matches([':', '：', ' ']);
                return self.write(BlockKind::Row, &format!("{term}: {said}"));
            }
        }
        self.outline.label(term, self.scopes.last());
        values.iter().for_each(|value| self.container(*value));
    }

    fn list(&mut self, place: usize) {
        self.flush();
        let node = &self.page.nodes[place];
        let number = |name: &str| node.attribute(name).and_then(|n| n.trim().parse::<i64>().ok());
        let counted = node.tag == Tag::OrderedList;
        let step = if node.attribute("reversed").is_some() { -1 } else { 1 };
        let items = self.page.children(place).filter(|at| self.page.nodes[*at].tag == Tag::Li);
        let first = match step {
            -1 => i64::try_from(items.count()).unwrap_or(1),
            _ => 1,
        };
        let next = counted.then(|| number("start").unwrap_or(first));
        self.lists.push(Counter { next, step });
        self.children(place);
        self.flush();
        self.lists.pop();
        self.marker = None;
    }

    fn item(&mut self, place: usize) {
        self.flush();
        let value = self.page.nodes[place].attribute("value").and_then(|n| n.trim().parse().ok());
        let indent = "  ".repeat(self.lists.len().clamp(1, 5) - 1);
        let marker = match self.lists.last_mut() {
            Some(Counter { next: Some(next), step }) => {
                let number = value.unwrap_or(*next);
                *next = number.saturating_add(*step);
                (BlockKind::Step, format!("{indent}{number}. "))
            }
            _ => (BlockKind::Item, format!("{indent}- ")),
        };
        // A box with a heading of its own is no line of a list.
        let boxed = self.page.holds(place, |node| matches!(node.tag, Tag::H(_)));
        self.marker = Some(marker).filter(|_| !boxed);
        let scope = self.outline.begin();
        self.scopes.push(scope);
        self.children(place);
        self.flush();
        if let Some(scope) = self.scopes.pop() {
            self.outline.end(scope);
        }
        self.marker = None;
    }

    /// Writes down the line as it is so far.
    pub(super) fn flush(&mut self) {
        if self.line.is_empty() {
            return self.line.clear();
        }
        let bold = self.line.is_bold();
        let text = self.line.take();
        let asks = text.ends_with(['?', '？', '؟']);
        let names = text.chars().count() <= LONGEST_LABEL
            && !text.contains('\n')
            && !text.ends_with(['.', '!', ';', ',', '。'])
            && text.contains(char::is_alphabetic);
        if bold && (asks || names) && self.marker.is_none() && !self.outline.is_under(&text) {
            self.outline.label(&text, self.scopes.last());
        } else {
            self.write(BlockKind::Text, &text);
        }
    }

    pub(super) fn write(&mut self, kind: BlockKind, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        match self.marker.take() {
            Some((item, marker)) if kind == BlockKind::Text => {
                self.outline.block(item, &format!("{marker}{}", text.replace('\n', " ")));
            }
            _ => self.outline.block(kind, text),
        }
        self.outline.at(None);
    }

    /// The text of an element by itself, in one line.
    pub(super) fn text(&mut self, place: usize) -> String {
        folded(&self.line.apart(place))
    }
}
