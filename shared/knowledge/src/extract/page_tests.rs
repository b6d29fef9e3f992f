//! Pages that are no articles: what has to be read of them and what must not.

use super::{
    test_site::{TestSite, above},
    *,
};

const PROSE: &str = "<p>The boathouse was built of larch in the year of the flood, and its doors \
    open to the lake on the south side, where the morning sun dries the hulls.</p>\
    <p>Each spring the members scrape the old varnish, and whoever comes late has to paint the \
    keel, which is the least liked part of the work.</p>";

const CLUB: TestSite =
    TestSite { url: "https://club.example/guests/", title: "Boat club", prose: "" };

#[test]
fn short_boxes_are_all_read_each_under_its_own_heading() {
    let boxes: String =
        [("Sauna", "Open from four."), ("Canteen", "Soup at noon."), ("Pier", "Free.")]
            .iter()
            .map(|(name, text)| format!("<div class=card><h3>{name}</h3><p>{text}</p></div>"))
            .collect();
    let document =
        CLUB.read(&format!("<h1>Guests</h1><div class=grid>{boxes}</div><p>Ask at the desk.</p>"));
    assert_eq!(above(&document, "Soup"), ["Guests", "Canteen"]);
    assert_eq!(above(&document, "Free."), ["Guests", "Pier"]);
    assert_eq!(above(&document, "Ask at"), ["Guests"], "the last box ends with itself");
}

#[test]
fn questions_may_be_buttons_summaries_links_or_bold_lines() {
    for item in [
        "<div class=faq-item><button aria-expanded=false>May I bring a guest?</button>\
         <div hidden><p>Two on each day.</p></div></div>",
        "<details><summary><span>May I bring a guest?</span></summary>Two on each day.</details>",
        "<div class=toggle><a role=button aria-controls=x>May I bring a guest?</a></div>\
         <div id=x style='display:none'><p>Two on each day.</p></div>",
        "<p><b>May I bring a guest?</b></p><p>Two on each day.</p>",
        "<div class=faq><span class=q>May I bring a guest?</span><p>Two on each day.</p></div>",
        "<ul><li><input type=checkbox id=c1><label for=c1>May I bring a guest?</label>\
         <div class=body>Two on each day.</div></ul>",
        "<div class=faq><div class=q>May I bring a guest?</div><div class=a>Two on each day.</div></div>",
        "<dl><dt>May I bring a guest?</dt><dd>Two on each day.</dd></dl>",
    ] {
        let document =
            CLUB.read(&format!("<h1>Rules</h1>{PROSE}{item}<h2>Other</h2><p>No fires.</p>"));
        let block = document.blocks.iter().find(|block| block.text.contains("Two on")).unwrap();
        assert_eq!(block.text, "May I bring a guest?\nTwo on each day.", "{item}");
        assert_eq!(above(&document, "No fires."), ["Rules", "Other"], "{item}");
    }
}

#[test]
fn what_unfolds_is_read_and_what_is_hidden_is_not() {
    CLUB.check(
        &format!(
            "{PROSE}<div hidden=until-found><p>The key is under the mat, left of the door.</p></div>\
             <x-box><template shadowrootmode=closed><p>The winch needs two hands.</p></template></x-box>\
             <button aria-controls=p1>Depth</button><section id=p1 class=d-none><p>Two metres.</p></section>\
             <div class='hidden sm:flex'><p>Mooring is free for an hour.</p></div>\
             <div hidden><p>Draft of the new rules.</p></div>\
             <div id=nav-drawer hidden><a href=/a>Start</a><p>Choose your language here.</p></div>\
             <template><p>Row template, never shown.</p></template>"
        ),
        &["under the mat", "two hands", "Two metres", "free for an hour"],
        &["Draft of", "your language", "never shown"],
    );
}

#[test]
fn a_heading_that_is_pressed_is_not_read_with_what_is_written_to_press() {
    let document = CLUB.read(&format!(
        "<h1>Rules</h1>{PROSE}<div class=accordion><button aria-expanded=false>Show all sections\
         </button><div><h2><button aria-expanded=false aria-controls=r1><span>Night trips</span>\
         <span class=acme-visually-hidden>, </span><span data-nosnippet>Show</span></button></h2>\
         <div id=r1 hidden=until-found><p>A lamp is a must.</p></div></div></div>\
         <p>Expand all | Collapse all</p><div class=accordion__part><div class=accordion__header>\
         <h2>Fuel</h2><p>What is sold</p></div><div class=accordion__body><p>Diesel.</p></div></div>"
    ));
    assert_eq!(above(&document, "A lamp"), ["Rules", "Night trips"]);
    assert_eq!(above(&document, "Diesel"), ["Rules", "Fuel"], "a line may be below a heading");
    let said: Vec<&str> = document.blocks.iter().map(|block| &*block.text).collect();
    assert!(!said.join("\n").contains(" all"), "{said:?}");
}

#[test]
fn what_asks_for_an_opinion_or_offers_help_is_no_text() {
    let ask = "<div><h2>Was this page useful?</h2><a href=/y>Yes</a> <a href=/n>No</a></div>";
    let help = "<p class=help>Need more help? <a href=/c>Contact us</a></p>";
    CLUB.check(&format!("{PROSE}{help}{ask}"), &["boathouse"], &["useful", "more help"]);
    CLUB.check(
        &format!(
            "{PROSE}<p>Need more help? <a href=mailto:key@club.example>Contact us</a></p>\
             <h2>Was this page useful?</h2><p>Half of our readers said so when we asked them in the \
             spring, and the others had come for the tides.</p><p>Noch Fragen? Der Hafenmeister hilft.</p>"
        ),
        &["key@club.example", "Half of our readers", "Hafenmeister"],
        &[],
    );
}

#[test]
fn the_way_to_the_source_of_a_function_is_no_part_of_its_signature() {
    let source = "<a href=/src#moor><span>[source]</span></a>";
    let document = CLUB.read(&format!(
        "{PROSE}<dl><dt><code>moor(boat)</code>{source}<a href=#moor>¶</a></dt><dd><p>Ties it up.</p>\
         <p>May fail.</p></dd></dl><p>As the chart says {source}.</p>"
    ));
    let said: Vec<&str> = document.blocks.iter().map(|block| &*block.text).collect();
    assert!(said.contains(&"moor(boat): Ties it up. May fail."), "{said:?}");
    assert!(said.iter().any(|text| text.contains("says [source]")), "{said:?}");
}

#[test]
fn an_address_of_mail_that_is_hidden_from_programs_is_read_as_visitors_see_it() {
    let hidden: String = "key@club.example".bytes().map(|b| format!("{:02x}", b ^ 0x21)).collect();
    let document = CLUB.read(&format!(
        "{PROSE}<p>Keys: <a href='/cdn-cgi/l/email-protection' class=__cf_email__ data-cfemail=21{hidden}>[email&#160;protected]</a>.</p>\
         <p><a href='/cdn-cgi/l/email-protection#21{hidden}'>Write to the keeper</a>.</p>\
         <p>Broken: <span data-cfemail=21zz>[email protected]</span></p>"
    ));
    let said: Vec<&str> = document.blocks.iter().map(|block| &*block.text).collect();
    assert!(said.contains(&"Keys: key@club.example."), "{said:?}");
    assert!(said.contains(&"Write to the keeper (key@club.example)."), "{said:?}");
    assert!(said.contains(&"Broken: [email protected]"), "{said:?}");
}

#[test]
fn a_table_that_is_said_to_place_things_has_columns_if_its_first_row_names_them() {
    let row = |cells: [&str; 2]| {
        format!("<tr><td><p>{}</p></td><td><p>{}</p></td></tr>", cells[0], cells[1])
    };
    let table = |head: [&str; 2]| {
        let rows = row(head) + &row(["Dinghy", "4 m"]) + &row(["Skiff", "6 m"]);
        let document =
            CLUB.read(&format!("{PROSE}<table role=presentation><tbody>{rows}</tbody></table>"));
        document.blocks.into_iter().map(|block| block.text).collect::<Vec<_>>()
    };
    let named = table(["<b>Hull</b>", "<b>Length</b>"]);
    assert!(named.iter().any(|text| text == "Hull: Skiff | Length: 6 m"), "{named:?}");
    assert!(table(["Hull", "Length"]).iter().all(|text| !text.contains("Length: 6 m")));
}

#[test]
fn the_mark_of_a_note_is_not_read() {
    let document = CLUB.read(&format!(
        "{PROSE}<p>Members pay 40 euros a year<a href='#_ftn1' name='_ftnref1'><span>[1]</span></a>, guests 9.</p>\
         <p><a href='#_ftnref1'>[1]</a> Half of it in the first year.</p><p>See <a href='#map'>chart 2</a>.</p>"
    ));
    let said: Vec<&str> = document.blocks.iter().map(|block| &*block.text).collect();
    assert!(said.contains(&"Members pay 40 euros a year, guests 9."), "{said:?}");
    assert!(said.contains(&"Half of it in the first year.") && said.contains(&"See chart 2."));
}

#[test]
fn how_to_reach_a_place_is_read_beside_the_text_and_above_it_too() {
    let document = CLUB.read(&format!(
        "<div class='topbar dark'><ul><li>0732 555 0199</li><li>Free wifi</li></ul></div><header><a href=/>Club</a></header>\
         <main><h1>Hulls</h1>{PROSE}</main><aside><h3>Visit us</h3><p>8 Tanner Row, Hexham</p><p>Open from 6:30 to 14:00</p>\
         <p>Read our news</p></aside><footer><p>© 2026 Club</p></footer>"
    ));
    let site: Vec<_> = document.site.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(site, ["- 0732 555 0199", "8 Tanner Row, Hexham", "Open from 6:30 to 14:00"]);
}

#[test]
fn tabs_name_their_panels() {
    let document = CLUB.read(&format!(
        "<h1>Berths</h1>{PROSE}<ul class=nav-tabs role=tablist><li role=tab>Members<li role=tab>Guests</ul>\
         <div role=tabpanel><p>Ten a night.</p></div><div role=tabpanel hidden><p>Twenty a night.</p></div>\
         <p>Paid on leaving.</p>"
    ));
    assert_eq!(above(&document, "Twenty"), ["Berths", "Guests"]);
    assert_eq!(above(&document, "Paid"), ["Berths"]);
}

#[test]
fn names_of_classes_need_evidence() {
    CLUB.check(
        &format!(
            "{PROSE}<div class=sharing-economy><p>Boats are shared by four families each.</p></div>\
             <div class=navigation-course><p>The navigation course begins in May.</p></div>\
             <div class=sponsor-tier><h3>Gold</h3><p>Gold sponsors pay 500 a year.</p></div>\
             <aside class=note><p>Life vests are in the second locker.</p></aside>\
             <div class=reply-times><p>We reply within a day.</p></div>\
             <div class=skip-hire><p>Hire from 90 euros.</p></div>\
             <div class=informed-consent><p>Ada signed the consent form.</p></div>\
             <div class=share-price><p>One share costs 30 euros, as <a href=/s>here</a>.</p></div>\
             <div class=banner><p>The slip is closed on Friday.</p></div>\
             <div class=social-share><a href=//x.example>Tell your friends</a></div>\
             <div id=cookie-consent><p>Cookies help us to count.</p><button>OK</button></div>\
             <div class=newsletter><p>News once a month.</p><form><input type=email></form></div>\
             <div class=breadcrumbs><a href=/>Club</a> / <a href=/g>Guests</a></div>"
        ),
        &[
            "within a day",
            "Hire from 90",
            "Ada signed",
            "30 euros",
            "four families",
            "begins in May",
            "500 a year",
            "second locker",
            "closed on Friday",
        ],
        &["your friends", "Cookies help", "once a month", "Club /"],
    );
}

#[test]
fn a_notice_about_cookies_is_told_by_its_words_and_a_recipe_is_read() {
    CLUB.check(
        &format!(
            "{PROSE}<div class=x7><p>Diese Website verwendet Cookies.</p><button>Alle annehmen</button></div>\
             <p>Our canteen bakes cookies on Sundays.</p>"
        ),
        &["bakes cookies"],
        &["verwendet Cookies"],
    );
}

#[test]
fn lists_of_links_are_ways_unless_a_text_introduces_them() {
    let list =
        "<ul><li><a href=/a>Laser</a><li><a href=/b>Optimist</a><li><a href=/c>Finn</a></ul>";
    CLUB.check(
        &format!("{PROSE}<p>We sail boats of these classes:</p>{list}{PROSE}"),
        &["Laser", "Finn"],
        &[],
    );
    CLUB.check(&format!("{PROSE}<h2>More</h2>{list}"), &["boathouse"], &["Laser", "Finn"]);
    CLUB.check(
        "<ul><li>Radio<li>Print<li>Share<li>E-mail</ul>",
        &["Radio", "Print", "Share", "E-mail"],
        &[],
    );
}

#[test]
fn related_things_are_text_and_related_pages_are_not() {
    CLUB.check(
        &format!(
            "{PROSE}<h2>Recommended clothing</h2><p>Wool, and a hat.</p><h2>Related fees</h2>\
             <ul><li>Crane: 40<li>Slip: 5</ul><h2>Recommended inns</h2>\
             <ul><li><a href=/i1>The Swan</a>, 80 a night<li><a href=/i2>The Eel</a>, 60 a night</ul><h2>Related pages</h2><ul><li><a href=/c>Crane dates</a></ul>"
        ),
        &["Wool, and a hat", "Crane: 40", "The Swan, 80 a night"],
        &["Crane dates"],
    );
}

#[test]
fn rows_steps_and_terms_say_what_they_are() {
    let document = CLUB.read(
        "<h1>Berths</h1><table><caption>Fees</caption><thead><tr><th>Length<th>Night<th>Week</thead>\
         <tr><td rowspan=2>to 8 m<td>14<td>80<tr><td>12 (winter)<td>70</table>\
         <ol start=4><li>Tie up.<li><p>Pay at the desk.</p></ol>\
         <dl><dt>Depth</dt><dd>2 m</dd><dt>Power</dt><dd>16 A</dd><dd>230 V</dd></dl>",
    );
    let texts: Vec<_> = document.blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Fees\nLength: to 8 m | Night: 14 | Week: 80",
            "Length: to 8 m | Night: 12 (winter) | Week: 70",
            "4. Tie up.",
            "5. Pay at the desk.",
            "Depth: 2 m",
            "Power: 16 A; 230 V"
        ]
    );
    let kinds: Vec<_> = document.blocks.iter().map(|block| block.kind).collect();
    assert_eq!(kinds[1..4], [BlockKind::Row, BlockKind::Step, BlockKind::Step]);
}

#[test]
fn text_within_a_line_is_written_as_it_is_seen() {
    CLUB.check(
        "<div><span>Friday</span><span>6 pm</span></div><p>A day ticket is £7<sup>50</sup>, not \
         <s>£9</s>.</p><p>A berth of 30 m<sup>2</sup>.</p><p>Write to <a href='mailto:desk@club.example?subject=x'>\
         the desk</a> or <a href=tel:+43-1-5550>+43 1 5550</a>.</p><h3><img alt='Winter hours' src=a.png></h3>\
         <p>From ten.<img src=b.jpg alt=IMG_2031.jpg></p><p>Ask<a href='#n1'><sup>3</sup></a> Jo.</p>",
        &[
            "Friday 6 pm",
            "£7.50",
            "~~£9~~",
            "30 m²",
            "the desk (desk@club.example)",
            "or +43 1 5550.",
            "Ask Jo.",
        ],
        &["750", "IMG_2031", "Ask3"],
    );
    assert_eq!(
        above(&CLUB.read("<h3><img alt='Winter hours'></h3><p>From ten.</p>"), "From"),
        ["Winter hours"]
    );
}

#[test]
fn code_keeps_its_lines_and_not_their_numbers() {
    CLUB.check(
        "<table class=highlight><tr><td class=linenos><pre>1\n2</pre></td><td><pre><code>\
         <div class=line>sail up</div><div class=line>  sail down</div></code></pre></td></tr></table>",
        &["sail up\n  sail down"],
        &["1\n2"],
    );
}

#[test]
fn what_is_at_the_foot_of_each_page_is_of_the_site() {
    let document = CLUB.read(&format!(
        "<header><a href=/>Club</a><p>Call 0732 555 0199</p></header><main><h1>Hulls</h1>{PROSE}</main>\
         <footer><p>Lakeside Road 4, 4810 Gmunden</p><p>Sat–Sun 9–17</p><p>© 2026 Club</p></footer>"
    ));
    let site: Vec<_> = document.site.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(site, ["Call 0732 555 0199", "Lakeside Road 4, 4810 Gmunden", "Sat–Sun 9–17"]);
    assert!(document.blocks.iter().all(|block| !block.text.contains("Gmunden")));
}

#[test]
fn structured_data_say_what_the_page_does_not() {
    let document = CLUB.read(&format!(
        "{PROSE}<script type='application/ld+json'>{{\"@graph\": [{{\"@type\": \"FAQPage\", \"mainEntity\": [\
         {{\"@type\": \"Question\", \"name\": \"Is there ice?\", \"acceptedAnswer\": {{\"text\": \"<p>In <b>January</b>.</p>\"}}}},\
         {{\"@type\": \"Question\", \"name\": \"Who built it?\", \"acceptedAnswer\": {{\"text\": \"The boathouse was built of larch in the year of the flood, and its doors\"}}}}]}},\
         {{\"@type\": \"SportsClub\", \"name\": \"Club\", \"telephone\": \"+43 7612 55501\"}}]}}</script>\
         <div itemscope itemtype='https://schema.org/Product'><span itemprop=name>Paddle</span>\
         <div itemprop=offers itemscope itemtype='https://schema.org/Offer'><meta itemprop=price content=35>\
         <meta itemprop=priceCurrency content=EUR></div></div>"
    ));
    assert_eq!(above(&document, "In January."), ["Is there ice?"]);
    assert!(document.blocks.iter().all(|block| !block.text.contains("Who built it?")));
    assert!(document.blocks.iter().any(|block| block.text == "Paddle | Price: 35 EUR"));
    assert_eq!(document.site[0].text, "Telephone: +43 7612 55501");
}

#[test]
fn posts_of_a_forum_are_its_text() {
    let post = |kind: &str, text: &str| {
        format!(
            "<div itemprop={kind} itemscope itemtype='https://schema.org/Answer' class=comment><p>{text}</p></div>"
        )
    };
    let document = CLUB.read(&format!(
        "<div itemscope itemtype='https://schema.org/QAPage'><div itemscope itemtype='https://schema.org/Question'>\
         <h1>How do I reef?</h1><p>The wind is too strong for me.</p>{}{}</div></div>",
        post("acceptedAnswer", "Let the halyard go first."),
        post("suggestedAnswer", "Stay at home.")
    ));
    assert_eq!(above(&document, "halyard"), ["How do I reef?", "Accepted answer"]);
    assert_eq!(above(&document, "Stay"), ["How do I reef?", "Answer"]);
}

#[test]
fn a_page_says_what_it_is() {
    let url = Url::parse("https://club.example/a/").unwrap();
    let page = |head: &str, body: &str| html(&format!("<html lang=de-AT>{head}<body>{body}"), &url);
    let head = "<meta name=robots content='NOINDEX, nofollow'><link rel=canonical href=/b>";
    let document = page(head, "<p>Text und mehr davon.</p><a href=/c>c</a>").unwrap();
    assert!(document.noindex && document.links.is_empty());
    assert_eq!(document.canonical.unwrap().path(), "/b");
    assert_eq!(document.language.as_deref(), Some("de-AT"));
    for content in ["0; url=../b/", "5;URL='/b/'", "3, /b/"] {
        let head = format!("<meta http-equiv=Refresh content=\"{content}\">");
        let target = page(&head, "<p>Bitte warten.</p>").unwrap().refresh;
        assert_eq!(target.as_ref().map(Url::path), Some("/b/"), "{content}");
    }
    for content in ["0", "300; url=/b/", "0; url=/a/"] {
        let head = format!("<meta http-equiv=refresh content='{content}'>");
        assert_eq!(page(&head, "<p>Bitte warten.</p>").unwrap().refresh, None, "{content}");
    }
    let app = "<noscript>Please turn on JavaScript.</noscript><div id=root></div><script src=a.js></script>";
    assert_eq!(page("", app).unwrap_err(), ExtractError::NeedsScripts);
    let links = page("", "<h1>Help</h1><ul><li><a href=/x>Rules</a></ul>").unwrap();
    assert!(links.blocks.is_empty() && links.links.len() == 1);
}

#[test]
fn blocks_know_where_on_the_page_they_are() {
    let document = CLUB.read(
        "<section id=fees><h2>Fees</h2><p>Ten a night.</p></section><h2 id=dogs>Dogs</h2><p>On a lead.</p>\
         <h3>Wet ones<a href='#wet' name=wet>#</a></h3><p>Outside.</p>",
    );
    let at = |needle: &str| {
        let block = document.blocks.iter().find(|block| block.text.contains(needle)).unwrap();
        block.fragment.as_deref().map(str::to_owned)
    };
    assert_eq!(at("Ten"), Some("fees".into()));
    assert_eq!(at("lead"), Some("dogs".into()));
    assert_eq!(at("Outside"), Some("wet".into()));
}

/// What each heading looks at is bounded: a page of empty headings would take hours otherwise.
#[test]
fn a_heading_is_the_first_of_a_section_only_near_its_beginning() {
    let read = |before: usize| {
        let empty = "<span></span>".repeat(before);
        let page = format!("<section id=fees>{empty}<h2>Fees</h2><p>Ten a month.</p></section>");
        CLUB.read(&page).blocks[0].fragment.as_deref().map(str::to_owned)
    };
    assert_eq!((read(3), read(500)), (Some("fees".to_owned()), None));
}

#[test]
fn headings_and_rows_that_are_repeated_take_no_more_room_than_the_page() {
    let headings: String =
        (1..=6).map(|level| format!("<h{level}>{}</h{level}>", "long ".repeat(28))).collect();
    let page = format!("{headings}{}", "<p>a".repeat(40_000));
    let document = CLUB.read(&page);
    let paths: HashSet<*const String> =
        document.blocks.iter().map(|block| block.headings.as_ptr()).collect();
    assert_eq!(paths.len(), 1, "blocks share their headings");
    let folded = format!("{}<p>deep down</p>", "<details><summary>more?</summary>".repeat(380));
    let document = CLUB.read(&folded);
    let deepest = document.blocks.iter().map(|block| block.headings.len()).max();
    assert!(deepest < Some(20) && document.blocks.iter().any(|b| b.text.contains("deep down")));
    let wide = format!(
        "<table><tr><td rowspan=99999 colspan=9999>{}<td>b{}</table>",
        "x".repeat(390),
        "<tr><td>c".repeat(15_000)
    );
    let bytes: usize = CLUB.read(&wide).blocks.iter().map(|block| block.text.len()).sum();
    assert!(bytes < 16 * 1024 * 1024, "{bytes}");
}
