//! What pages of the web have beside articles, as it is marked up there: prices, tabs, notices,
//! structured data, what leads on.

use super::{
    test_site::{TestSite, above},
    *,
};

const PROSE: &str = "<p>The mill stands where the brook leaves the wood, and its wheel has turned \
    since the year in which the bridge was built.</p><p>Flour is ground on two days of the week, \
    and whoever comes early may watch how the stones are dressed.</p>";

const MILL: TestSite = TestSite { url: "https://mill.example/shop/", title: "Mill", prose: PROSE };

#[test]
fn cents_that_a_style_sheet_raises_are_cents() {
    MILL.check(
        "<p>Rye costs <span class=price>4<span class=cents>20</span> €</span> a bag.</p>",
        &["4.20 €"],
        &["420"],
    );
    MILL.check(
        "<p>Oats cost $6<span class='price__sup sup'>75</span> a bag.</p>",
        &["$6.75"],
        &["675"],
    );
    MILL.check("<p>A sack has 25<i class=superscript>1</i> kilos.</p>", &["25"], &["251"]);
    MILL.check("<p>In <span class=decimal-place>Linz</span> too.</p>", &["In Linz too"], &[]);
}

#[test]
fn a_box_that_is_called_tabs_may_hold_its_panels() {
    let tabs = "<div id=tabs><ul><li><a href='#one'>Flour</a><li><a href='#two'>Bran</a></ul>\
        <div id=one><span>Ground on Mondays.</span></div>\
        <div id=two style='display:none'><span>Sold by the sack.</span></div></div>";
    let document = MILL.read(tabs);
    assert_eq!(above(&document, "Mondays").last().map(String::as_str), Some("Flour"));
    assert_eq!(above(&document, "by the sack").last().map(String::as_str), Some("Bran"));
    MILL.check("<div class=nav-tabs-body><p>Ask for the miller.</p></div>", &["the miller"], &[]);
}

#[test]
fn notices_about_cookies_are_left_out_whatever_makes_them() {
    for notice in [
        "<div class='cc-window cc-banner'><span>This website uses cookies to ensure you get the \
         best experience.</span></div>",
        "<div role=dialog><p>We use cookies for statistics and for advertising.</p></div>",
        "<div class=osano-cm-window><p>This site utilizes cookies to analyze traffic.</p></div>",
        "<div data-nosnippet><p>We would like your consent to cookies.</p></div>",
    ] {
        MILL.check(&format!("{notice}<p>Bread is baked at noon.</p>"), &["at noon"], &["ookies"]);
    }
    MILL.check(
        "<div class=recipe><p>Oat cookies take ten minutes.</p></div>",
        &["ten minutes"],
        &[],
    );
}

#[test]
fn structured_data_is_read_with_its_faults_and_steps_whole() {
    let data = "{\"@type\":\"HowTo\",\"name\":\"Sharpen a stone\",\"step\":[{\"@type\":\"HowToSection\",\
        \"itemListElement\":[{\"name\":\"Lift\",\"text\":\"Lift the runner with the crane.\"},\
        {\"name\":\"Mark\",\"itemListElement\":[{\"text\":\"Paint the staff.\"}]},],},],}";
    let page =
        format!("<script type='application/ld+json'>/* <![CDATA[ */{data}/* ]]> */</script>");
    MILL.check(&page, &["Lift the runner with the crane", "Paint the staff"], &[]);
}

#[test]
fn a_question_whose_answer_only_machines_are_told_is_read_with_it_and_once() {
    let ask = |question: &str| {
        format!("<div class=item><button aria-expanded=false><h3>{question}</h3></button></div>")
    };
    let pair = |question: &str, answer: &str| {
        format!(
            r#"{{"@type":"Question","name":"{question}","acceptedAnswer":{{"text":"{answer}"}}}}"#
        )
    };
    let pairs = [
        pair("Is the mill open on Sundays?", "Yes, from ten to four."),
        pair("May dogs come in?", "No."),
        pair("Is there a car park?", "Yes."),
    ];
    let data = format!(
        r#"<script type="application/ld+json">{{"@type":"FAQPage","mainEntity":[{}]}}</script>"#,
        pairs.join(",")
    );
    let asked = ask("Is the mill open on Sundays?") + &ask("May dogs come in?");
    let parked = "<h3>Is there a car park?</h3><p>Yes.</p><p>No bread is sold here.</p>";
    let said = MILL.said(&format!("<h2>Questions</h2>{asked}{parked}{data}{data}"));
    let count = |needle: &str| said.matches(needle).count();
    assert!(said.contains("Is the mill open on Sundays?\nYes, from ten to four."), "{said}");
    assert!(said.contains("May dogs come in?\nNo."), "{said}");
    assert_eq!((count("on Sundays?"), count("dogs"), count("Yes.")), (1, 1, 1), "{said}");
}

#[test]
fn maps_frames_and_sitemaps_lead_on() {
    let document = MILL.read(
        "<link rel=sitemap href=/maps/all.xml><map><area href=/wheel><area href=/dam></map>\
         <iframe src=/prices></iframe><a href=/mill>m</a>",
    );
    let links: Vec<&str> = document.links.iter().map(Url::path).collect();
    assert_eq!(links, ["/mill", "/wheel", "/dam", "/prices"]);
    assert_eq!(document.lists.sitemaps[0].as_str(), "https://mill.example/maps/all.xml");
    let url = Url::parse("https://mill.example/old/").unwrap();
    let frames = "<title>M</title><frameset cols='20%,80%'><frame src=menu.html><frameset>\
                  <frame src=text.html></frameset></frameset>";
    let links = html(frames, &url).unwrap().links;
    let links: Vec<&str> = links.iter().map(Url::path).collect();
    assert_eq!(links, ["/old/menu.html", "/old/text.html"]);
}

#[test]
fn feeds_and_the_next_part_of_a_list_are_named() {
    let document = MILL.read(
        "<link rel=alternate type='application/rss+xml' href=/news.xml>\
         <link rel=alternate type='application/atom+xml; charset=utf-8' href=/other.atom>\
         <link rel='alternate' type='application/json' href=/wp-json/1>\
         <link rel=next href='?view=2'><a href=/mill>m</a>",
    );
    let feeds: Vec<&str> = document.lists.feeds.iter().map(Url::path).collect();
    assert_eq!(feeds, ["/news.xml", "/other.atom"]);
    assert_eq!(document.next.as_ref().and_then(Url::query), Some("view=2"));
    assert_eq!(document.links.last(), document.next.as_ref());
    let document =
        MILL.read("<a href='?sort=a'>By name</a> <a rel='next nofollow' href='?v=b'>More</a>");
    assert_eq!(document.next.as_ref().and_then(Url::query), Some("v=b"));
}

#[test]
fn a_cell_over_several_rows_is_part_of_each() {
    MILL.check(
        "<table><tr><th>Shop<td rowspan=2>8 to 12<tr><th>Mill<tr><th>Yard<td>9 to 16</table>",
        &["Shop: 8 to 12", "Mill: 8 to 12", "Yard: 9 to 16"],
        &["–"],
    );
    MILL.check(
        "<table><thead><tr><th>Grain<th>Bag<th>Sack</thead><tbody>\
         <tr><td>Rye<td rowspan=0>4 €<td>30 €<tr><td>Barley<td>28 €<tr></tr></tbody>\
         <tbody><tr><td>Oats<td>5 €<td>5 €</table>",
        &["Grain: Barley | Bag: 4 € | Sack: 28 €", "Grain: Oats | Bag: 5 € | Sack: 5 €"],
        &["Barley | Bag: 4 € | Sack: 28 €\nBarley"],
    );
    MILL.check(
        "<table><tr><td rowspan=2>North wing<td>Flour<tr><td>Bran<tr><td rowspan=9>South<td>Straw\
         <tbody><tr><td>Attic<td>Sacks</table>",
        &["North wing | Bran", "South | Straw", "Attic | Sacks"],
        &["South | Attic"],
    );
    MILL.check(
        "<table><tr><td>Mon<td rowspan=2>7<td>7<tr><td>Tue<td>7</table>",
        &["Mon | 7 | 7", "Tue | 7 | 7"],
        &[],
    );
}

#[test]
fn a_box_beside_a_name_and_a_drawing_in_a_cell_are_words_of_their_own() {
    let document = MILL.read("<h3>Rye<span class='badge bg-info'>Sold out</span></h3><p>Dark.</p>");
    let dark = document.blocks.iter().find(|block| block.text == "Dark.").unwrap();
    assert_eq!(dark.headings.last().map(String::as_str), Some("Rye Sold out"));
    let table = "<table><tr><td>Parking<td><svg><title>For free</title><path/></svg></table>";
    MILL.check(table, &["Parking | For free"], &[]);
}

#[test]
fn what_a_script_shows_has_its_button_as_its_name() {
    MILL.check(
        "<div x-data='{open: false}'><button x-on:click='open = !open'>May we watch?</button>\
         <div x-show=open style='display:none'><p>On grinding days.</p></div></div>",
        &["May we watch?", "On grinding days."],
        &[],
    );
}
