//! What a page says to machines alone, as schema.org has it: questions with their answers, products
//! with their prices, places with their hours, events, steps. What is in the page's text too is not
//! said twice.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    json_ld,
    outline::{Block, BlockKind, Outline},
    page::PageTree,
    structured_facts as facts,
    tag::Tag,
};

/// Things read of one page at most.
const MAX_THINGS: usize = 300;
/// Letters and digits compared to tell what is said twice.
const COMPARED: usize = 80;
/// How deep things are in things.
const MAX_NESTED: usize = 4;
/// What is longer, in bytes, is cut.
const MAX_TEXT: usize = 20_000;

/// Blocks for the page, and what is so on every page of its site. Of an article only questions are
/// read: what else it has is about something else.
pub(super) fn read(
    page: &PageTree,
    blocks: &[Block],
    is_article: bool,
) -> (Vec<Block>, Vec<Block>) {
    let mut things = Vec::new();
    for data in &page.head.json_ld {
        if let Some(value) = json_ld::parse(data) {
            collect(value, &mut things);
        }
    }
    things.extend(facts::microdata(page));
    if things.is_empty() {
        return Default::default();
    }
    let texts: Vec<String> = blocks.iter().map(|block| plain(&block.text)).collect();
    let mut reader = Reader {
        blocks,
        answered: HashSet::new(),
        said: texts.concat(),
        texts,
        page: Outline::default(),
        site: Outline::default(),
        is_article,
        depth: 0,
    };
    for thing in &things {
        reader.thing(thing);
    }
    (reader.page.finish(), reader.site.finish())
}

/// Adds what a page says to machines to its text. Questions whose answers only machines are told are
/// not left in the text without them.
pub(super) fn add(blocks: &mut Vec<Block>, said: Vec<Block>) {
    let pairs = said.iter().filter(|block| block.kind == BlockKind::Pair);
    let asked = pairs.filter_map(|pair| pair.text.lines().next()).map(plain);
    let asked: HashSet<String> = asked.filter(|question| !question.is_empty()).collect();
    if !asked.is_empty() {
        let is_asked = |block: &Block| block.text.lines().all(|line| asked.contains(&plain(line)));
        // What is behind a question may be its answer as the page tells it.
        let bare: Vec<bool> = (0..blocks.len())
            .map(|at| {
                let is_alone = blocks
                    .get(at + 1)
                    .is_none_or(|next| is_asked(next) || next.headings != blocks[at].headings);
                is_asked(&blocks[at]) && is_alone
            })
            .collect();
        let mut bare = bare.into_iter();
        blocks.retain(|_| !bare.next().unwrap_or(false));
    }
    blocks.extend(said);
}

/// Takes apart lists and graphs.
fn collect(value: Value, things: &mut Vec<Value>) {
    match value {
        Value::Array(all) => all.into_iter().for_each(|one| collect(one, things)),
        Value::Object(mut thing) => {
            if let Some(graph) = thing.remove("@graph") {
                collect(graph, things);
            }
            if things.len() < MAX_THINGS && thing.contains_key("@type") {
                things.push(Value::Object(thing));
            }
        }
        _ => {}
    }
}

/// Letters and digits in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

struct Reader<'b> {
    /// The page's text.
    blocks: &'b [Block],
    /// What each of its blocks says, and all of them.
    texts: Vec<String>,
    said: String,
    /// Questions with their answers that are read already.
    answered: HashSet<String>,
    page: Outline,
    site: Outline,
    is_article: bool,
    /// How deep the thing that is read is in others.
    depth: usize,
}

impl Reader<'_> {
    fn is_said(&self, text: &str) -> bool {
        let text = plain(text);
        let begin: String = text.chars().take(COMPARED).collect();
        begin.is_empty() || self.said.contains(&begin)
    }

    /// Whether the page's text answers a question so. "Yes" may be anywhere in it.
    fn is_answered(&self, asked: &str, said: &str) -> bool {
        /// What is longer, in bytes, is said of one thing alone.
        const SHORT: usize = 24;
        /// Questions of a page that are looked at so closely.
        const MOST: usize = 500;
        let (asked, said) = (plain(asked), plain(said));
        if said.is_empty() || said.len() > SHORT || self.answered.len() > MOST {
            return self.is_said(&said);
        }
        let mut pairs = self.texts.windows(2);
        if pairs.any(|pair| pair[0] == asked && pair[1].starts_with(&said)) {
            return true;
        }
        self.texts.iter().zip(self.blocks).filter(|(text, _)| text.contains(&said)).any(
            |(text, block)| match text.split_once(&asked) {
                Some((before, after)) => before.contains(&said) || after.contains(&said),
                None => block.headings.iter().any(|heading| plain(heading) == asked),
            },
        )
    }

    fn thing(&mut self, thing: &Value) {
        let is = |kinds: &[&str]| facts::is_a(thing, kinds);
        if is(&["WebPage", "ItemPage", "AboutPage", "ContactPage", "CollectionPage", "WebSite"])
            && !facts::is_a_place(thing)
        {
            return self.inner(thing, &["mainEntity", "mainEntityOfPage", "about"]);
        }
        if is(&["FAQPage", "QAPage"]) {
            facts::each(&thing["mainEntity"], |question| self.question(question));
        } else if is(&["Question"]) {
            self.question(thing);
        } else if facts::is_a_place(thing) && !facts::is_event(thing) {
            let lines = facts::place(thing);
            if !lines.is_empty() {
                self.site.heading(2, &text(&thing["name"]));
                lines.iter().for_each(|line| self.site.block(BlockKind::Row, line));
            }
            self.inner(thing, &["department", "location", "subOrganization"]);
            self.menu(thing);
        } else if self.is_article {
            // What else it has is of other pages.
        } else if is(&["HowTo", "Recipe"]) {
            self.steps(thing);
        } else if is(&[
            "Product",
            "ProductGroup",
            "Service",
            "Car",
            "SoftwareApplication",
            "Course",
        ]) {
            let lines = facts::product(thing);
            self.lines(thing, &lines);
            self.inner(thing, &["hasVariant"]);
        } else if is(&["JobPosting"]) || facts::is_event(thing) {
            let lines = facts::event(thing);
            self.lines(thing, &lines);
        } else if is(&["Organization", "Corporation"]) {
            self.inner(thing, &["department", "location", "subOrganization"]);
        } else if is(&["Menu", "MenuSection", "MenuItem"]) {
            self.menu(thing);
        } else if is(&["Article", "NewsArticle", "BlogPosting", "TechArticle"]) {
            let body = text(&thing["articleBody"]);
            if self.said.is_empty() && !body.is_empty() {
                self.paragraphs(&body);
            }
        }
    }

    /// Things that are what a thing is made of, or about.
    fn inner(&mut self, thing: &Value, properties: &[&str]) {
        if self.depth >= MAX_NESTED {
            return;
        }
        self.depth += 1;
        for property in properties {
            facts::each(&thing[*property], |inner| {
                if inner.is_object() {
                    self.thing(inner);
                }
            });
        }
        self.depth -= 1;
    }

    /// What can be ordered, each dish a line with its price.
    fn menu(&mut self, thing: &Value) {
        for property in ["hasMenu", "hasMenuSection", "hasMenuItem"] {
            facts::each(&thing[property], |part| {
                if facts::is_a(part, &["MenuItem"]) {
                    let lines = facts::product(part);
                    self.lines(part, &lines);
                }
                if self.depth < MAX_NESTED {
                    self.depth += 1;
                    self.menu(part);
                    self.depth -= 1;
                }
            });
        }
    }

    fn question(&mut self, question: &Value) {
        let asked = text(&question["name"]);
        let asked = if asked.is_empty() { text(&question["text"]) } else { asked };
        for (kind, label) in [("acceptedAnswer", ""), ("suggestedAnswer", "Answer")] {
            facts::each(&question[kind], |answer| {
                let said = match answer {
                    Value::String(said) => shown(said),
                    answer => text(&answer["text"]),
                };
                let known = || plain(&format!("{asked} {said}"));
                if asked.is_empty()
                    || said.is_empty()
                    || self.is_answered(&asked, &said)
                    || !self.answered.insert(known())
                {
                    return;
                }
                let scope = self.page.begin();
                if self.page.is_under(&asked) {
                    self.page.label(label, Some(&scope));
                } else {
                    self.page.label(&asked, Some(&scope));
                }
                self.paragraphs(&said);
                self.page.end(scope);
            });
        }
    }

    fn paragraphs(&mut self, text: &str) {
        for paragraph in text.split("\n\n") {
            self.page.block(BlockKind::Text, paragraph.trim());
        }
    }

    fn steps(&mut self, thing: &Value) {
        let mut steps: Vec<String> = Vec::new();
        for list in ["step", "recipeInstructions"] {
            facts::each(&thing[list], |step| add_step(step, &mut steps));
        }
        let mut parts: Vec<String> = Vec::new();
        for list in ["recipeIngredient", "supply", "tool"] {
            facts::each(&thing[list], |part| parts.push(facts::name_of(part)));
        }
        parts.retain(|part| !part.is_empty() && !self.is_said(part));
        steps.retain(|step| !step.is_empty());
        if steps.iter().all(|step| self.is_said(step)) && parts.is_empty() {
            return;
        }
        let scope = self.page.begin();
        self.page.label(&text(&thing["name"]), Some(&scope));
        let facts = facts::preparation(thing);
        if !facts.is_empty() {
            self.page.block(BlockKind::Row, &facts.join(" | "));
        }
        for part in parts {
            self.page.block(BlockKind::Item, &format!("- {part}"));
        }
        for (at, step) in steps.iter().enumerate() {
            self.page.block(BlockKind::Step, &format!("{}. {step}", at + 1));
        }
        self.page.end(scope);
    }

    fn lines(&mut self, thing: &Value, lines: &[String]) {
        let name = text(&thing["name"]);
        let name = if name.is_empty() { text(&thing["title"]) } else { name };
        if !lines.is_empty() && !name.is_empty() {
            self.page.block(BlockKind::Row, &format!("{name} | {}", lines.join(" | ")));
        }
        let description = text(&thing["description"]);
        if !self.is_said(&description) {
            self.page.block(BlockKind::Text, &description);
        }
    }
}

fn add_step(step: &Value, steps: &mut Vec<String>) {
    if steps.len() >= MAX_THINGS {
        return;
    }
    if let Value::String(all) = step {
        return steps.extend(shown(all).lines().map(str::to_owned));
    }
    if !step["itemListElement"].is_null() && text(&step["text"]).is_empty() {
        // A section has steps, and a step has directions: no deeper.
        return facts::each(&step["itemListElement"], |inner| steps.push(one_step(inner)));
    }
    steps.push(one_step(step));
}

fn one_step(step: &Value) -> String {
    if let Value::String(said) = step {
        return shown(said);
    }
    let (name, said) = (text(&step["name"]), text(&step["text"]));
    let directions = || {
        let mut all = Vec::new();
        facts::each(&step["itemListElement"], |inner| all.push(text(&inner["text"])));
        all.join(" ")
    };
    let said = if said.is_empty() { directions() } else { said };
    match plain(&said).starts_with(&plain(&name)) {
        true => said,
        false if said.is_empty() => name,
        false => format!("{name}: {said}"),
    }
}

/// A text of a thing, as a reader would see it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => shown(text),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => all.first().map(text).unwrap_or_default(),
        Value::Object(thing) => thing.get("@value").map(text).unwrap_or_default(),
        _ => String::new(),
    }
}

/// What a browser shows of a text that may be marked up.
fn shown(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(MAX_TEXT)];
    if !text.contains(['<', '&']) {
        return text.trim().to_owned();
    }
    let once = stripped(text);
    // Some systems escape what is escaped already.
    if once.contains("</") || once.contains("<p>") { stripped(&once) } else { once }
}

fn stripped(text: &str) -> String {
    let Ok(page) = PageTree::parse(text) else { return String::new() };
    let lines = page.nodes.iter().fold(String::new(), |mut lines, node| {
        match node.tag {
            Tag::Text => lines.push_str(&node.text),
            tag if tag.is_inline() && tag != Tag::Br => {}
            _ => lines.push('\n'),
        }
        lines
    });
    let lines = lines.lines().map(super::folded).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
