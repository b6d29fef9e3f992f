//! What is kept of a page and what is not, where how it looks is not how it is written: folded, hidden,
//! spoken, drawn.

use super::{
    test_site::{TestSite, above},
    *,
};

const PROSE: &str = "<p>The observatory was built on the hill above the vineyards, where the lights of the town \
    don't reach, and its dome is opened by hand each clear evening.</p><p>Members take turns at the \
    telescope, and the oldest of them still keeps the log in pencil.</p>";
const DOME: TestSite =
    TestSite { url: "https://dome.example/visit/", title: "Observatory", prose: PROSE };

fn in_main(body: &str) -> String {
    format!("<main><h1>Visit</h1>{PROSE}{body}</main>")
}

#[test]
fn spoken_words_in_a_line_are_part_of_it() {
    DOME.check(
        "<ul><li>East dome <i class=dot></i><span class=sr-only>closed for repairs</span></ul>\
         <table><tr><td>Wheelchairs<td><i></i><span class=visually-hidden>admitted</span></table>\
         <p>Seeing: <span class=screen-reader-text>4 of 7</span></p>",
        &["East dome closed for repairs", "Wheelchairs | admitted", "Seeing: 4 of 7"],
        &[],
    );
    DOME.check(
        "<p><a href=/a>More<span class=sr-only> about the east dome</span></a></p>\
         <h2 class=sr-only>Main menu</h2><p class=visually-hidden>Opens a window.</p>\
         <p style='position:absolute;left:-10000px'>Ask for cheap lenses</p>\
         <p>Buy<span style='font-size:0px'>cheap watches</span> tickets.</p>",
        &["Buy tickets"],
        &["east dome", "Main menu", "Opens a window", "lenses", "watches"],
    );
    let boxes = "<div style='font-size:0'><p style='font-size:16px'>Bring a torch.</p></div>";
    DOME.check(boxes, &["Bring a torch."], &[]);
}

#[test]
fn pictures_by_their_role_are_their_names() {
    DOME.check(
        "<p>Dark sky: <span role=img aria-label='2 of 9 on the Bortle scale'><i></i></span></p>\
         <ul><li>Access: <svg role=img><title>steep</title><path/></svg></ul>\
         <p>Mail <a href='mailto:a@dome.example'><svg role=img aria-label=Envelope></svg></a></p>",
        &["Dark sky: 2 of 9 on the Bortle scale", "Access: steep", "a@dome.example"],
        &["Envelope"],
    );
}

#[test]
fn what_a_script_divided_is_read_from_its_label() {
    let document = DOME.read(
        "<h2 aria-label='Open nights'><span aria-hidden=true>Open</span> <span aria-hidden=true>nights</span></h2>\
         <p>Fridays from ten.</p><p aria-label='Bring warm clothes.'>\
         <span aria-hidden=true>Bring</span> <span aria-hidden=true>warm clothes.</span></p>\
         <p aria-label='A badge'>Ask the <b aria-hidden=true>*</b> guide.</p>",
    );
    assert_eq!(above(&document, "from ten"), ["Open nights"]);
    assert_eq!(above(&document, "Bring warm clothes."), ["Open nights"]);
    assert_eq!(above(&document, "Ask the guide."), ["Open nights"]);
}

#[test]
fn feet_of_articles_and_quotations_are_text() {
    DOME.check(
        "<article><h2>Night walk</h2><p>It takes an hour.</p><footer><p>Dogs stay at home, please.</p>\
         </footer></article><blockquote><p>Best night ever.</p><footer>Ida, member</footer></blockquote>\
         <article><p>Maps are sold.</p><footer><a href=/t>Tags</a> <a href=/n>News</a></footer></article>",
        &["Dogs stay at home", "Ida, member", "Maps are sold"],
        &["Tags"],
    );
}

#[test]
fn a_list_of_links_may_be_what_a_section_says() {
    let list = "<li><a href=/l>Warm coat and gloves</a></li><li><a href=/r>Red torch</a></li>";
    let section = in_main(&format!("<h2>What to bring</h2><ul>{list}</ul><p>Tea is served.</p>"));
    DOME.check(&section, &["Warm coat and gloves", "Red torch"], &[]);
    let aside = format!("<div><h2>What to bring</h2><ul>{list}</ul></div>");
    DOME.check(&aside, &[], &["Warm coat"]);
    let related = in_main(&format!("<h2>Related articles</h2><ul>{list}</ul>"));
    DOME.check(&related, &[], &["Warm coat"]);
    let files = in_main(
        "<div><a href='/f/map.pdf'>Map of the paths</a> <a href='/f/map.pdf' download>Get</a></div>",
    );
    DOME.check(
        &files,
        &["Map of the paths (https://dome.example/f/map.pdf)"],
        &["pdf) Get (https"],
    );
}

#[test]
fn what_is_opened_by_a_click_is_read_and_what_fades_in() {
    DOME.check(
        "<p>Tours last an hour<span id=dots>…</span><span id=rest style='display:none'> and end at the sundial, \
         where cocoa is served.</span> <a href='#' onclick='more()'>Read on</a></p>\
         <p>Tickets<span hidden>internal note of the desk</span> are sold here.</p>\
         <div class='wow fadeInUp' style='visibility:hidden'><p>Children pay 4 euros.</p></div>\
         <div style='visibility:hidden'><p>Sold out banner.</p></div>",
        &["cocoa is served", "Children pay 4 euros"],
        &["internal note", "Sold out banner"],
    );
    let dialogs = "<button onclick=\"document.getElementById('rates').showModal()\">Rates</button>\
        <dialog id=rates><h2>Rates</h2><table><tr><th>Who<th>Fee<tr><td>Adults<td>9 €<tr><td>Groups<td>60 €</table></dialog>\
        <dialog id=in><form><label>Name <input></label><label>Password <input type=password></label></form></dialog>\
        <dialog class=cart><p>Your cart is empty</p></dialog>\
        <a href='#' data-bs-toggle=modal data-bs-target='#rules'>House rules</a>\
        <div class='modal fade' id=rules aria-hidden=true><div class=modal-body><p>No flash light near the dome, please.</p></div></div>\
        <div class=modal id=other aria-hidden=true><p>No control opens this dialog.</p></div>";
    let elsewhere = "<main><h1>Visit</h1><p>Tickets are sold at the gate, in cash, to whoever comes.</p>\
        <a href='#' data-bs-toggle=modal data-bs-target='#rules'>House rules</a></main>\
        <div class='modal fade' id=rules aria-hidden=true><p>No flash light near the dome, please.</p></div>\
        <div class='modal fade' id=search aria-hidden=true><p>Search all of the site, please.</p></div>";
    let page = |body: &str| html(body, &Url::parse(DOME.url).unwrap()).unwrap();
    let texts: Vec<String> = page(elsewhere).blocks.into_iter().map(|block| block.text).collect();
    assert!(texts.iter().any(|text| text.contains("No flash light")), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains("Search all")), "{texts:?}");
    DOME.check(
        dialogs,
        &["Who: Groups | Fee: 60 €", "No flash light"],
        &["Password", "cart is empty", "No control opens"],
    );
}

#[test]
fn boxes_to_tick_may_unfold_what_is_called_tabs() {
    let item = |n: u8, q: &str, a: &str| {
        format!(
            "<div class=tab><input type=radio name=t id=t{n}><label for=t{n}>{q}</label><div class=body>{a}</div></div>"
        )
    };
    let tabs = format!(
        "<div class=tabs>{}{}</div>",
        item(1, "By bus", "Line 8."),
        item(2, "By car", "Lot C.")
    );
    let document = DOME.read(&tabs);
    assert_eq!(above(&document, "Line 8."), ["By bus"]);
    assert_eq!(above(&document, "Lot C."), ["By car"]);
}

#[test]
fn a_text_about_cookies_is_no_notice_and_noscript_may_have_facts() {
    DOME.check(
        &in_main(
            "<div class=cookie-info><p>Our one cookie, dome_seat, keeps your seat for 20 minutes.</p></div>\
             <div id=sky></div><noscript><p>Moonrise tonight is at 21:14, moonset at 6:02.</p></noscript>\
             <noscript>Please enable JavaScript to see the sky map.</noscript>",
        ),
        &["dome_seat", "Moonrise tonight"],
        &["enable JavaScript"],
    );
    DOME.check(
        "<div class=cookie-info><p>Our one cookie keeps your seat.</p></div>",
        &[],
        &["Our one cookie"],
    );
}

#[test]
fn furniture_is_told_by_what_it_does() {
    DOME.check(
        "<a href='#c'>Zum Inhalt</a><div id=c><h2>Parking</h2><p>Cars stand below the wall.</p>\
         <div class=vote><span>212</span></div><div class=side><a href='#top'>Up again ↑</a></div>\
         <div><span>Written by <b>Ada</b></span><div>Updated 3 weeks ago</div></div>\
         <div>Last updated on March 4, 2026</div><p>Updated prices apply from May.</p>\
         <p>Written by hand, the log is kept in a safe.</p>\
         <div class=box><p>Starry mail, once a month</p><input type=email placeholder=you@example.com></div>\
         <div class=ask><span>Was this page helpful?</span> <span>Thanks a lot!</span> <span>Sorry, tell us what went wrong and we will mend it.</span></div>\
         <h3>Buses<span class=mw-editsection>[<a href=/e>edit</a>]</span></h3><p>Line 8 stops here.</p></div>\
         <div class=catlinks><a>Filed</a>: <a>Domes of the north</a></div>",
        &[
            "below the wall",
            "Updated prices apply from May.",
            "Written by hand",
            "Line 8 stops here.",
        ],
        &["Inhalt", "212", "Up again", "Ada", "3 weeks", "March 4", "Starry mail", "Thanks a lot", "edit", "Domes"],
    );
    let document = DOME.read(
        "<h3>Buses<span class=mw-editsection>[<a href=/e>edit</a>]</span></h3><p>Line 8.</p>",
    );
    assert_eq!(above(&document, "Line 8."), ["Buses"]);
}

#[test]
fn copies_for_small_screens_are_read_once() {
    let copy = "<p>Groups gather below the flag at half past eight.</p>";
    let twice = format!(
        "<div class='block md:hidden'>{copy}</div><div class='hidden md:block'>{copy}</div>"
    );
    let said = DOME.said(&twice);
    assert_eq!(said.matches("half past eight").count(), 1, "{said}");
    let document = DOME.read(&format!("<h2>East</h2>{copy}<h2>West</h2>{copy}"));
    let texts = document.blocks.iter().filter(|block| block.text.contains("half past"));
    assert_eq!(texts.count(), 2, "below another heading it is another text");
}

#[test]
fn a_question_in_bold_is_above_the_rest_of_its_paragraph() {
    let document = DOME.read(
        "<p><b>Is it heated?</b><br>Only the log room.</p><p><strong>Where do I park?</strong> Below the wall.</p>\
         <p><b>When:</b> Fridays</p>",
    );
    let block =
        |needle: &str| document.blocks.iter().find(|block| block.text.contains(needle)).unwrap();
    assert_eq!(block("log room").text, "Is it heated?\nOnly the log room.");
    assert_eq!(block("Below the wall").text, "Where do I park?\nBelow the wall.");
    assert_eq!(block("Fridays").text, "When: Fridays");
}

#[test]
fn numbers_with_what_they_count_are_lines_of_their_own() {
    let count = |number: &str, of: &str| {
        format!("<div class=figure><strong>{number}</strong> <span>{of}</span></div>")
    };
    let counts = count("3", "telescopes") + &count("1904", "year of the dome");
    DOME.check(
        &in_main(&format!(
            "<div>{counts}</div><div><div>Since</div><div>1904</div></div>\
                          <div><div>2</div><div>domes</div></div>"
        )),
        &["3 telescopes\n1904 year of the dome", "Since: 1904", "2 domes"],
        &[],
    );
}

#[test]
fn a_short_fact_beside_a_long_notice_keeps_its_heading() {
    let notice = "Whoever comes to an open night agrees that the lens may take him in. ".repeat(8);
    let boxes = [("Parking", "Free, on the lane."), ("Snacks", "Till ten."), ("Data", &notice)];
    let boxes = boxes.map(|(name, text)| format!("<div><h2>{name}</h2><p>{text}</p></div>"));
    let document = DOME.read(&format!("<div class=grid>{}</div>", boxes.concat()));
    assert_eq!(above(&document, "on the lane"), ["Parking"]);
    assert_eq!(above(&document, "Till ten"), ["Snacks"]);
}

#[test]
fn steps_keep_what_is_between_them() {
    let document = DOME.read(
        "<ol><li>Open the dome.</ol><pre>crank left</pre><ol start=2><li><p>Wait.</p><p>The air settles.</p>\
         <li>Take off the cap.</ol>",
    );
    let steps: Vec<&str> = document
        .blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Step)
        .map(|block| block.text.as_str())
        .collect();
    assert_eq!(
        steps,
        ["1. Open the dome. crank left", "2. Wait. The air settles.", "3. Take off the cap."]
    );
    DOME.check(
        "<p><span class=verb>GET</span><span>/stars/{id}</span></p>",
        &["GET /stars/{id}"],
        &[],
    );
}

#[test]
fn an_alert_above_the_text_is_read_if_it_speaks_to_all() {
    let said = |alert: &str| {
        let body = format!(
            "<!doctype html><html lang=en><title>Harbour</title><body><header><a href=/>Harbour</a></header>{alert}<main><h1>Harbour</h1>\
             <p>Boats are let by the hour at the green hut.</p><div class=card><h2>Rowing</h2><p>A boat for four is 18 euros.</p></div>\
             <div class=card><h2>Sailing</h2><p>A dinghy is 30 euros.</p></div></main></body></html>"
        );
        let url = url::Url::parse("https://harbour.example/").unwrap();
        let blocks = super::html(&body, &url).unwrap().blocks;
        blocks.into_iter().map(|block| block.text).collect::<Vec<_>>().join("\n")
    };
    let closed =
        said("<div class='alert alert-warning'><p>We are closed on 24 December.</p></div>");
    assert!(closed.contains("closed on 24 December") && closed.contains("18 euros"), "{closed}");
    for alert in [
        "<div class='alert alert-success'>Your message was sent.</div>",
        "<div class=alert>Turn on JavaScript to see this page, please.</div>",
        "<div class=alert><form><input><p>Write to us, we answer.</p></form></div>",
    ] {
        let said = said(alert);
        assert!(
            !said.contains("sent") && !said.contains("JavaScript") && !said.contains("Write"),
            "{said}"
        );
        assert!(said.contains("18 euros"), "{said}");
    }
}
