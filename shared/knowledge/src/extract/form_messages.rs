//! Messages of a form: that it was sent, or why not. They are in the page from the beginning, beside the
//! form or in it, and a style sheet or a script shows one of them once it is sent.

use super::{page::PageTree, tag::Tag};

/// What such a message is called.
const NAMES: &[&str] = &[
    "confirmation",
    "invalid",
    "sent",
    "submission",
    "done",
    "error",
    "errorbox",
    "errors",
    "fail",
    "failed",
    "failure",
    "submitted",
    "success",
    "successbox",
    "successful",
    "succeeded",
    "thankyou",
];

/// What may come behind that in a name.
const BOXES: &[&str] = &[
    "alert",
    "box",
    "container",
    "feedback",
    "full",
    "message",
    "messages",
    "msg",
    "notice",
    "output",
    "panel",
    "state",
    "text",
    "wrap",
    "wrapper",
];

/// Whether a script shows it once a form is sent.
pub(super) fn is_one(page: &PageTree, place: usize) -> bool {
    /// What is longer, in characters and in nodes, says more than a message.
    const LONGEST: usize = 300;
    const MOST_NODES: usize = 40;
    /// Messages beside each other at most.
    const MOST: usize = 4;
    let node = &page.nodes[place];
    if !matches!(node.tag, Tag::Other | Tag::P | Tag::Span) || !is_called_message(page, place) {
        return false;
    }
    let sends = |at: usize| page.nodes[at].tag == Tag::Form || page.holds(at, is_form);
    let after = || page.siblings_after(place).find(|at| page.nodes[*at].tag != Tag::Text);
    let beside = || {
        let mut before = page.nodes[place].before;
        for _ in 0..MOST {
            match before {
                Some(at) if is_called_message(page, at) => before = page.nodes[at].before,
                Some(at) => return sends(at),
                None => return after().is_some_and(sends),
            }
        }
        false
    };
    // The whole of some pages is one form, with the headings of its text.
    let all = page.nodes.len();
    let is_heading = |node: &super::page::Node| matches!(node.tag, Tag::H(_));
    let is_page = |at: usize| page.within(at).len() * 2 >= all && page.holds(at, is_heading);
    let within = |at: usize| page.nodes[at].tag == Tag::Form && !is_page(at);
    // An answer below a heading is none.
    let is_headed =
        page.nodes[place].before.is_some_and(|at| matches!(page.nodes[at].tag, Tag::H(_)));
    !is_headed
        && page.within(place).len() <= MOST_NODES
        && page.text(place).chars().count() <= LONGEST
        && (page.ancestors(place).take(6).any(within) || beside())
}

fn is_form(node: &super::page::Node) -> bool {
    node.tag == Tag::Form
}

fn is_called_message(page: &PageTree, place: usize) -> bool {
    let node = &page.nodes[place];
    let names = [node.attribute("class"), node.attribute("id")].into_iter().flatten();
    names.into_iter().flat_map(str::split_ascii_whitespace).take(16).any(|name| {
        let name = name.to_ascii_lowercase();
        let mut words = name.split(|c: char| !c.is_ascii_alphanumeric()).rev();
        // "success-stories" are none.
        let last = words.find(|word| !word.is_empty() && !BOXES.contains(word));
        let is_output = name.ends_with("response-output");
        is_output || last.is_some_and(|word| NAMES.contains(&word)) || name.contains("thank-you")
    })
}

#[cfg(test)]
mod tests {
    use crate::extract::test_site::TestSite;

    const FERRY: TestSite = TestSite {
        url: "https://ferry.example/group",
        title: "Groups",
        prose: "<p>Groups of ten and more travel at half the price, if they write to us two days before, and the dog of the group travels free.</p>",
    };

    #[test]
    fn messages_of_a_form_are_not_read_and_stories_of_success_are() {
        FERRY.check(
            "<div class=box><form><label>Name <input></label><button>Send</button></form>\
             <div class='form__msg form__msg--success'><p>Thanks, your request has reached us.</p></div>\
             <div class='form__msg form__msg--error'>That did not work, try again later.</div></div>\
             <div class='success-stories'><h2>Stories</h2><p>The choir of Lindau sang on deck.</p></div>\
             <p class=error>Error 12 means that the gate is shut.</p>",
            &["choir of Lindau", "Error 12"],
            &["has reached us", "did not work"],
        );
    }

    #[test]
    fn in_a_form_that_is_read_messages_are_not() {
        let rules = "<p>Whoever books for a group pays for all of it, in cash or by card, on the day before the crossing at the latest, and gets the tickets at the counter.</p>";
        FERRY.check(
            &format!(
                "<form><input>{rules}{rules}<div id=booking-success>Your booking was sent.</div></form>"
            ),
            &["in cash or by card"],
            &["booking was sent"],
        );
    }
}
