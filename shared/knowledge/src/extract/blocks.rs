//! From what was found to blocks under their headings.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use url::Url;

use super::{
    attributes::Hints,
    code,
    disclosure::Disclosure,
    folded, grids,
    inline::Writer,
    main_text::MainText,
    outline::{Block, BlockKind, Outline, Scope},
    page::PageTree,
    releases, steps, tables, tabs,
    tag::Tag,
};

/// The longest line in bold that is a heading, in characters, unless it asks something.
const LONGEST_LABEL: usize = 80;

/// The blocks of the main text in reading order.
pub(super) fn of(page: &PageTree, main: &MainText, url: &Url) -> Vec<Block> {
    let disclosure = Disclosure::of(page);
    let mut walk = Walk::new(page, main, &disclosure, url);
    let parts = main.leads.iter().chain([&main.root]).chain(&main.opened);
    for place in parts.copied() {
        walk.node(place);
        walk.flush();
    }
    said_once(steps::whole(walk.outline.finish()))
}

/// Without paragraphs that are there twice below the same headings: some pages have one copy for
/// telephones and another one for larger screens.
fn said_once(mut blocks: Vec<Block>) -> Vec<Block> {
    /// What is shorter, in characters, may be said twice.
    const SHORTEST: usize = 25;
    let mut said: HashSet<(Arc<[String]>, String)> = HashSet::new();
    blocks.retain(|block| {
        let may_be_copied = matches!(block.kind, BlockKind::Text | BlockKind::Pair);
        !may_be_copied
            || block.text.chars().count() < SHORTEST
            || said.insert((block.headings.clone(), block.text.clone()))
    });
    blocks
}

/// Walks over a page and writes down what is kept of it.
pub(super) struct Walk<'p> {
    pub(super) page: &'p PageTree,
    pub(super) gone: &'p [bool],
    pub(super) disclosure: &'p Disclosure<'p>,
    /// Whether readers ask and answer on the page.
    asks: bool,
    pub(super) outline: Outline,
    /// Inline text that no block holds yet.
    pub(super) line: Writer<'p>,
    /// The labels of panels that take turns.
    tabs: HashMap<usize, String>,
    /// What an item of a list is written with.
    pub(super) marker: Option<(BlockKind, String)>,
    /// The lists that are open.
    pub(super) lists: Vec<Counter>,
    pub(super) scopes: Vec<Scope>,
}

/// How the items of a list are counted.
pub(super) struct Counter {
    pub(super) next: Option<i64>,
    pub(super) step: i64,
}

/// Whether it is the head of what folds: its heading is above what comes after it.
fn is_called_head(class: Option<&str>) -> bool {
    let mut names = class.unwrap_or_default().split_ascii_whitespace();
    // "has-header" and "--no-header" say something of what has one.
    let is_of_another = |name: &str| {
        name.contains("--")
            || ["has-", "no-", "with-", "without-"].iter().any(|of| name.starts_with(of))
    };
    names.any(|name| {
        !is_of_another(name) && ["header", "head", "heading"].iter().any(|end| name.ends_with(end))
    })
}

fn is_word_item(class: Option<&str>) -> bool {
    class.is_some_and(|class| class.starts_with("MsoListParagraph"))
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
        if matches!(node.tag, Tag::P | Tag::Other)
            && let Some(text) = self.said_in_full(place)
        {
            self.flush();
            return self.write(BlockKind::Text, &text);
        }
        match node.tag {
            Tag::P if is_word_item(node.attribute("class")) => self.word_item(place),
            Tag::H(level) => self.heading(level, place),
            Tag::Pre => {
                self.flush();
                let code = code::code(self.page, self.gone, place);
                if !code::is_numbering(&code) {
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
                    _ if self.is_label(place) || self.asks_in_line(place) => self.named(place),
                    Tag::A if boxed => self.boxed(place),
                    Tag::Button if boxed => {
                        self.flush();
                        let text = self.text(place);
                        self.write(BlockKind::Text, &text);
                    }
                    _ if boxed => self.children(place),
                    _ => self.inline(place),
                }
            }
            Tag::Other if grids::write(self, place) => {}
            _ if self.is_label(place) || self.asks_for_the_next(place) => self.named(place),
            _ if self.is_fact(place) => self.fact(place),
            _ => self.container(place),
        }
    }

    /// An item as Word writes it: a paragraph that begins with the item's mark, a letter of a font of
    /// signs or a number.
    fn word_item(&mut self, place: usize) {
        self.flush();
        let text = self.text(place);
        let (mark, said) = text.split_once(' ').unwrap_or(("", &text));
        let is_sign = mark.chars().count() == 1
            && (!mark.contains(char::is_alphanumeric) || ["o", "q", "v", "Ø", "ü"].contains(&mark));
        let number = mark.trim_end_matches(['.', ')']);
        let counted = number.len() < mark.len() && number.parse::<u16>().is_ok();
        match (is_sign, counted) {
            (true, _) => self.write(BlockKind::Item, &format!("- {said}")),
            (_, true) => self.write(BlockKind::Step, &text),
            _ => self.write(BlockKind::Text, &text),
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

    pub(super) fn children(&mut self, place: usize) {
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

    pub(super) fn container(&mut self, place: usize) {
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
                (node.hints.any(Hints::FOLDS) && !is_called_head(node.attribute("class")))
                    || node.hints.any(Hints::PANEL.union(Hints::OVERLAY))
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
        let text = self.said_in_full(place).unwrap_or(text);
        let before = releases::before_heading(self.page, self.gone, place);
        let of_it = before.map(|before| self.outline.take_back(&before)).unwrap_or_default();
        let fragment = self.page.nodes[self.page.within(place)]
            .iter()
            .find_map(|node| node.attribute("id").or_else(|| node.attribute("name")));
        self.outline.at(fragment.or_else(|| self.around(place)));
        self.outline.heading(level, &text);
        self.outline.at(None);
        of_it.iter().for_each(|line| self.outline.block(BlockKind::Text, line));
    }

    /// The text of an element that a script has divided into words or letters to move them about: its
    /// label says the same, and the pieces are hidden from those who don't see them.
    fn said_in_full(&self, place: usize) -> Option<String> {
        let page = self.page;
        let label = page.nodes[place].attribute("aria-label")?;
        let letters = |text: &str| -> String { text.split_whitespace().collect() };
        let hidden = page.children(place).any(|child| self.gone[child]);
        (hidden && letters(label) == letters(&page.text(place))).then(|| folded(label))
    }

    /// The id of the section that a heading is the first of, little that says nothing before it.
    fn around(&self, place: usize) -> Option<&'p str> {
        // A page may have thousands of empty headings, each of which would look at all before it.
        const MAX_BEFORE: usize = 64;
        let page = self.page;
        page.ancestors(place)
            .take(3)
            .take_while(|above| {
                let before = &page.nodes[*above + 1..place];
                before.len() <= MAX_BEFORE && before.iter().all(|node| node.text.trim().is_empty())
            })
            .find_map(|above| page.nodes[above].attribute("id"))
    }

    /// Notes an element's id, so that a citation leads to it.
    pub(super) fn anchor(&mut self, place: usize) {
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

    pub(super) fn named(&mut self, place: usize) {
        self.flush();
        let text = self.line.apart(place).replace('\n', " ");
        self.marker = None;
        match self.scopes.last() {
            _ if self.outline.is_under(&text) => {}
            Some(scope) => self.outline.panel(&text, scope),
            None => self.outline.label(&text, None),
        }
    }

    /// Writes down the line as it is so far.
    pub(super) fn flush(&mut self) {
        if self.line.is_empty() {
            return self.line.clear();
        }
        if self.marker.is_none()
            && let Some((question, answer)) = self.line.question()
        {
            self.line.clear();
            self.outline.label(&question, self.scopes.last());
            return self.write(BlockKind::Text, &answer);
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
