//! Badges and prices of a shop that a page has both of, of which its style sheet shows the one that
//! holds: which that is says the class of the box that they are in, as `price--on-sale`.

use crate::extract::{
    page::{Node, PageTree},
    tag::Tag,
};

/// How far out the box is at most.
const NEAR: usize = 3;

/// What a class says of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Regular,
    Sale,
    SoldOut,
}

/// A part of a box that is there once for each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part<'p> {
    /// What the box is called.
    block: &'p str,
    is_badge: bool,
    state: State,
}

/// Whether it is beside one for another state, and their box is not called as it is.
pub(super) fn is_not_shown(page: &PageTree, place: usize) -> bool {
    let Some(own) = part(&page.nodes[place]) else { return false };
    let after = page.siblings_after(place).find(|at| page.nodes[*at].tag != Tag::Text);
    let mut beside = page.nodes[place].before.into_iter().chain(after);
    let is_other = |at: usize| {
        part(&page.nodes[at]).is_some_and(|other| {
            let alike = Part { state: own.state, ..other } == own;
            alike && other.state != own.state
        })
    };
    let mut near = page.ancestors(place).take(NEAR);
    let of_block = |at: &usize| names(&page.nodes[*at]).any(|name| name == own.block);
    let Some(around) = near.find(of_block).filter(|_| beside.any(is_other)) else { return false };
    let is = |state: State| names(&page.nodes[around]).any(|name| self::state(name) == Some(state));
    match own.state {
        State::SoldOut => !is(State::SoldOut),
        State::Sale if own.is_badge && is(State::SoldOut) => true,
        // Either price is whole by itself: the one of a sale says the old one too.
        State::Sale => !is(State::Sale) && (own.is_badge || holds_old(page, place)),
        State::Regular => {
            is(State::Sale) && page.siblings_after(place).any(|at| holds_old(page, at))
        }
    }
}

/// Whether a price says one beside it that is not true any more.
fn holds_old(page: &PageTree, place: usize) -> bool {
    page.within(place).skip(1).any(|at| page.nodes[at].tag == Tag::Del)
}

fn part(node: &Node) -> Option<Part<'_>> {
    names(node).find_map(|name| {
        let (block, part) = name.split_once("__")?;
        match (part.strip_prefix("badge"), part) {
            (Some(badge), _) => Some(Part { block, is_badge: true, state: state(badge)? }),
            (_, "regular") => Some(Part { block, is_badge: false, state: State::Regular }),
            (_, "sale") => Some(Part { block, is_badge: false, state: State::Sale }),
            _ => None,
        }
    })
}

fn state(name: &str) -> Option<State> {
    let is = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match name {
        _ if is(&["-sold-out", "-soldout"]) => Some(State::SoldOut),
        _ if is(&["-sale"]) => Some(State::Sale),
        _ => None,
    }
}

fn names(node: &Node) -> impl Iterator<Item = &str> {
    node.attribute("class").unwrap_or_default().split_ascii_whitespace()
}
