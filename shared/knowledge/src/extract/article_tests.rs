//! What is left out of an article: what announces other articles, what is said of the article itself.

use super::*;

const STORY: &str = "<p>The ferry across the strait runs again since Sunday, after a winter in the \
    yard in which its engine was taken apart, cleaned and put together by the two sisters who own \
    it.</p><p>They found a wedding ring in the bilge, engraved with a date of 1931, and hope that \
    whoever knows the names on it will come to the pier.</p><p>The fare is still three coins, and \
    dogs ride for nothing, as they have since the first crossing.</p>";
const DATED: &str = "<meta property='article:published_time' content='2026-05-04'>";

fn read(head: &str, body: &str) -> String {
    let page = format!("<html><head>{head}</head><body><div class=page>{body}</div></body></html>");
    let document = html(&page, &Url::parse("https://strait.example/ferry").unwrap()).unwrap();
    document.blocks.into_iter().map(|block| block.text).collect::<Vec<_>>().join("\n")
}

/// Of an article with `body` in it, all of the story is read, and of `absent` nothing.
#[track_caller]
fn check(body: &str, there: &[&str], absent: &[&str]) {
    let said = read(
        &format!("<title>The ferry is back</title>{DATED}"),
        &format!("<h1>The ferry is back</h1>{body}"),
    );
    for needle in ["since Sunday", "wedding ring", "dogs ride"].iter().chain(there) {
        assert!(said.contains(needle), "{needle:?} is not in {said:?}");
    }
    for needle in absent {
        assert!(!said.contains(needle), "{needle:?} is in {said:?}");
    }
}

#[test]
fn links_that_a_line_announces_go_with_it() {
    let (first, rest) = STORY.split_once("</p>").unwrap();
    check(
        &format!(
            "{first}</p><p>Read also: <a href=/mill>The mill is sold to the village</a></p>{rest}\
             <p><b>Don’t miss</b></p><p><a href=/a>Eel season opens in the lower strait</a> [FISH]<br>\
             <a href=/b>Who painted the lighthouse?</a> [PICTURES]</p>\
             <div class=head>More great harbour stories</div><ul><li>The crane that <a href=/c>turns \
             by hand</a></li><li>Nets are mended <a href=/d>in the old church</a></li></ul>\
             <p>Tags: <a href=/t/ferry>ferries</a>, <a href=/t/sea>sea</a></p>"
        ),
        &[],
        &["Read also", "mill", "miss", "Eel", "lighthouse", "harbour", "crane", "Nets", "Tags"],
    );
    check(
        &format!("{STORY}<p><b>Read more slowly</b></p><p>The log says how the winter went.</p>"),
        &["Read more slowly", "The log says"],
        &[],
    );
}

#[test]
fn excerpts_go_with_the_headlines_above_them() {
    let boxes: String = ["Herring are late", "Piers get lamps", "Buoy adrift"]
        .map(|headline| {
            format!(
                "<div class=n><div><a href=/{}>{headline} this year</a></div>\
                 <div>The harbour office said so on Friday, without saying why.</div></div>",
                headline.len()
            )
        })
        .concat();
    for head in ["<h2>Top stories</h2>", "<div><strong>Top stories</strong></div><div></div>"] {
        check(
            &format!("{STORY}<div>{head}<div class=row>{boxes}</div></div>"),
            &[],
            &["Top", "Herring", "harbour office"],
        );
    }
}

#[test]
fn a_card_over_a_link_is_no_part_of_its_sentence() {
    check(
        &format!(
            "{STORY}<p>It was <span><a href=/people/ada>Ada Berg</a><span class=card>\
             <a href=/x>Berg opens the regatta with a cannon</a> <a href=/y>Berg buys the second \
             ferry of the strait</a></span></span> who rang the bell.</p>\
             <p>See <a href=/one>the map</a> <span><a href=/two>and the fares</a></span> too.</p>"
        ),
        &["It was Ada Berg who rang the bell.", "See the map and the fares too."],
        &["cannon", "second"],
    );
}

#[test]
fn quoted_posts_are_text_whatever_they_are_in() {
    check(
        &format!(
            "{STORY}<div class=social-embed><blockquote><p>Took the first boat over, and the bell \
             still sounds like a spoon in a pot.</p>Jo Lind, May 3</blockquote></div>\
             <div class=social-links><p>Tell your friends about it, we would be glad.</p></div>"
        ),
        &["spoon in a pot"],
        &["Tell your friends"],
    );
}

#[test]
fn what_asks_readers_for_something_or_leads_on_is_left_out() {
    check(
        &format!(
            "<div class=print-only><p>A copy for the ring binder, to be kept.</p></div>{STORY}\
             <div class='support cta'><h4>Be a friend of the ferry</h4><p>Friends get a pennant \
             and a song once a year.</p></div>\
             <div class=next-prev><a href=/n><h5>Oars in the attic</h5></a><p>A chest of oars was \
             found by accident.</p></div>\
             <p>Ada Berg contributed to this report.</p><p>Photo 2 of 7</p>\
             <center><span>Advert</span><br><noscript><img src=/a.png></noscript></center>"
        ),
        &[],
        &["binder", "pennant", "Oars", "chest of oars", "contributed", "2 of 7", "Advert"],
    );
}

#[test]
fn a_long_page_that_is_not_called_an_article_keeps_lines_about_itself() {
    let long = STORY.repeat(8);
    let lines = "<p>Read more: <a href=/rules>What may be taken aboard</a></p>\
                 <p>Follow us on Instagram to hear of storms.</p>";
    let body = format!("<h1>Crossing</h1>{long}{lines}");
    let plain = read("<title>Crossing</title>", &body);
    assert!(plain.contains("taken aboard") && plain.contains("hear of storms"), "{plain}");
    let dated = read(&format!("<title>Crossing</title>{DATED}"), &body);
    assert!(!dated.contains("taken aboard") && !dated.contains("hear of storms"), "{dated}");
}

#[test]
fn a_section_whose_heading_begins_a_longer_title_is_not_where_an_article_begins() {
    let title = "<title>How to board a ferry, and how to leave it - The Strait</title>";
    let body = format!(
        "<div><p>Boarding takes patience, and a hand free for the rail.</p><h2>How to board a \
         ferry</h2>{STORY}</div>"
    );
    assert!(read(&format!("{title}{DATED}"), &body).contains("hand free"));
    let site = "<title>How to board a ferry - The Strait</title>";
    assert!(!read(&format!("{site}{DATED}"), &body).contains("hand free"));
}
