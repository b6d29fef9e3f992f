//! Lists and what is like them: items with their numbers, terms with what they are, names with
//! values beside them, questions with their answers behind them.

use super::{
    blocks::{Counter, Walk},
    outline::BlockKind,
    tag::Tag,
};

/// What is longer, in characters, is not said in the line of its term.
const LONGEST_FACT: usize = 160;

impl Walk<'_> {
    /// Terms with what they are: in a line if it is short, else as a heading above it.
    pub(super) fn definitions(&mut self, place: usize) {
        let scope = self.outline.begin();
        self.scopes.push(scope);
        let mut terms: Vec<String> = Vec::new();
        let mut parts: Vec<usize> = Vec::new();
        let mut stack = vec![self.page.children(place).collect::<Vec<_>>().into_iter()];
        // A term and what it is may be in a box together.
        while let Some(level) = stack.last_mut() {
            let Some(at) = level.next() else {
                stack.pop();
                continue;
            };
            match self.page.nodes[at].tag {
                _ if self.gone[at] => {}
                Tag::Dt | Tag::Dd => parts.push(at),
                Tag::Text => {}
                _ if stack.len() < 4 => {
                    stack.push(self.page.children(at).collect::<Vec<_>>().into_iter());
                }
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

    pub(super) fn list(&mut self, place: usize) {
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

    pub(super) fn item(&mut self, place: usize) {
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

    /// Whether it is the label of a box to tick that shows what is behind it.
    pub(super) fn unfolds_the_next(&self, place: usize) -> bool {
        let page = self.page;
        let ticked = page.nodes[place].before.is_some_and(|before| {
            let kind = page.nodes[before].attribute("type");
            page.nodes[before].tag == Tag::Control && matches!(kind, Some("checkbox" | "radio"))
        });
        let next = page.siblings_after(place).find(|next| page.nodes[*next].tag != Tag::Text);
        ticked && next.is_some_and(|next| !page.nodes[next].tag.is_inline())
    }

    /// Whether it is a question, in what folds, with its answer right behind it.
    pub(super) fn asks_for_the_next(&self, place: usize) -> bool {
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

    /// Whether it is a question alone in its line, in what folds, with a box behind it.
    pub(super) fn asks_in_line(&self, place: usize) -> bool {
        let page = self.page;
        let may = matches!(page.nodes[place].tag, Tag::Span | Tag::A | Tag::Inline | Tag::Strong);
        if !may || !self.disclosure.folds(place) || !self.is_alone(place) {
            return false;
        }
        let next = page.siblings_after(place).find(|next| page.nodes[*next].tag != Tag::Text);
        next.is_some_and(|next| !page.nodes[next].tag.is_inline())
            && page.text(place).ends_with(['?', '？', '؟'])
    }

    /// Whether it is a name and a value in boxes beside each other.
    pub(super) fn is_fact(&self, place: usize) -> bool {
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
        // A number and what it counts are one box: the one beside it counts something else.
        let whole = |at: &usize| {
            let says = |at: &usize| page.nodes[*at].tag != Tag::Text && !page.text(*at).is_empty();
            let own = page.children(*at).any(|at| !page.nodes[at].text.trim().is_empty());
            let text = page.text(*at);
            !own && page.children(*at).filter(says).count() > 1
                && text.contains(|c: char| c.is_ascii_digit())
                && text.contains(char::is_alphabetic)
        };
        let texts = || boxes.iter().map(|at| page.text(*at));
        boxes.iter().all(leaf)
            && !boxes.iter().all(whole)
            && texts().all(|text| (1..=50).contains(&text.chars().count()))
            && texts().take(1).all(|text| !text.ends_with(['.', '!', '?', '。']))
            && texts()
                .any(|text| text.contains(|c: char| c.is_ascii_digit()) || text.ends_with(':'))
    }

    pub(super) fn fact(&mut self, place: usize) {
        self.flush();
        let page = self.page;
        let boxes: Vec<usize> = page
            .children(place)
            .filter(|at| page.nodes[*at].tag != Tag::Text && !self.gone[*at])
            .collect();
        let texts: Vec<String> = boxes.into_iter().map(|at| self.text(at)).collect();
        let text = match texts.as_slice() {
            [number, of] if !number.contains(char::is_alphabetic) => format!("{number} {of}"),
            [name, value] => format!("{}: {value}", name.trim_end_matches([':', ' '])),
            all => all.join(" "),
        };
        self.write(BlockKind::Text, &text);
    }

    /// Whether no text is in the same line.
    pub(super) fn is_alone(&self, place: usize) -> bool {
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
}
