//! Pages of kinds that are read by rules of their own, each by another page than those that the rules
//! were made for.

use super::test_site::{TestSite, above};

const POTTERY: TestSite = TestSite {
    url: "https://pottery.example/help",
    title: "Pottery",
    prose: "<p>The kilns are in the yard behind the old tannery, and on firing days the smoke can be seen from the bridge.</p>",
};

/// More prose than an article needs to be known for one.
fn long() -> String {
    let line = "Clay was dug from the bank below the weir, carried up in baskets, and left to weather over the \
                winter before anyone would throw it, as the older potters still like to tell. ";
    (0..20).map(|n| format!("<p>{n}. {line}</p>")).collect()
}

#[test]
fn columns_are_named_by_bold_cells_labels_headings_and_spoken_heads() {
    let rows = "<tr><td>Bowl<td>14<td>blue</tr><tr><td>Jug<td>22<td>grey</tr>";
    let wanted = "Ware: Jug | Price: 22 | Glaze: grey";
    for head in [
        "<tr><td><b>Ware</b><td><p><strong>Price</strong></p><td><b>Glaze</b></tr>",
        "<thead><tr><th><h4>Ware</h4><th><h4>Price</h4><th><h4>Glaze</h4></tr></thead>",
        "<thead class=sr-only><tr><th>Ware<th>Price<th>Glaze</tr></thead>",
    ] {
        POTTERY.check(&format!("<table>{head}{rows}</table>"), &[wanted], &[]);
    }
    let cell = |label: &str, of: &str| format!("<td data-title='{label}'>{of}</td>");
    let row = |[a, b, c]: [&str; 3]| {
        format!("<tr>{}{}{}</tr>", cell("Ware", a), cell("Price", b), cell("Glaze", c))
    };
    let labelled = row(["Bowl", "14", "blue"]) + &row(["Jug", "22", "grey"]);
    POTTERY.check(&format!("<table>{labelled}</table>"), &[wanted], &[]);
}

#[test]
fn a_name_across_a_table_is_of_the_rows_below_it_and_of_no_column() {
    POTTERY.check(
        "<table><thead><tr><th>Course<th>Adults<th>Children</tr></thead>\
         <tr><th colspan=3>By day</th></tr><tr><td>Throwing<td>40<td>25</tr>\
         <tr><th colspan=3>By night</th></tr><tr><td>Throwing<td>55<td>30</tr></table>",
        &["By day – Course: Throwing | Adults: 40", "By night – Course: Throwing | Adults: 55"],
        &["Course By day", "Adults By"],
    );
}

#[test]
fn a_remark_across_the_last_row_of_a_table_is_read() {
    let rows = "<tr><th>Course<th>Adults<th>Children</tr><tr><td>Glazing<td>35<td>20</tr>";
    for foot in [
        "<tr><td colspan=3><small>Clay is included.</small></td></tr>",
        "<tfoot><tr><th colspan=3>Clay is included.</th></tr></tfoot>",
    ] {
        let wanted = "Course: Glazing | Adults: 35 | Children: 20\nClay is included.";
        POTTERY.check(&format!("<table>{rows}{foot}</table>"), &[wanted], &["Clay is included. –"]);
    }
}

#[test]
fn of_two_badges_or_prices_the_one_is_read_that_their_box_is_called_after() {
    let price = |state: &str| {
        format!(
            "<div class='cost {state}'><p>Teapot</p><div><div class=cost__regular>44 euros</div><div \
             class=cost__sale><s>52 euros</s> 40 euros</div></div><span class='badge \
             cost__badge-sale'>Bargain</span><span class='badge cost__badge-sold-out'>All gone\
             </span></div>"
        )
    };
    POTTERY.check(&price("cost--on-sale"), &["40 euros", "Bargain"], &["44", "All gone"]);
    POTTERY.check(&price("cost--sold-out cost--on-sale"), &["All gone"], &["Bargain"]);
    POTTERY.check(&price(""), &["Teapot", "44"], &["All gone", "40", "Bargain"]);
    let other = "<div><span class='badge badge--sale'>Bargain</span><span class='badge \
                 badge--sold-out'>All gone</span></div>";
    POTTERY.check(other, &["Bargain", "All gone"], &[]);
}

#[test]
fn prices_are_read_on_links_in_forms_and_where_one_is_spoken() {
    let shop = "<ul><li><a href=/a><h3>Vase</h3><span class=price>€31</span></a><li><a href=/b><h3>Plate</h3>\
                <span class=price>€12</span></a></ul>";
    assert_eq!(above(&POTTERY.read(shop), "€12"), ["Plate"]);
    POTTERY.check(
        "<ul><li><a href=/a><h3>Vase</h3><span class=price>€31</span></a><li><a href=/b><h3>Plate</h3>\
         <span class=price>€12</span></a></ul>\
         <form action=/cart><p>Gift card <span class=amount>€50</span></p><input type=number><button>Buy</button></form>\
         <div><span aria-hidden=true>€8</span><span class=sr-only>8 euros an hour</span></div>",
        &["€31", "Gift card €50", "8 euros an hour"],
        &["Buy"],
    );
}

#[test]
fn what_a_product_can_be_had_in_is_read_and_other_choices_are_not() {
    let choice = "<label for=g>Glaze</label> <select id=g><option value=''>Choose<option value=1>blue – €14<option value=2>grey</select>";
    POTTERY.check(
        &format!("<form action='/cart/add'>{choice}<button>Add</button></form><form action=/go><select><option>Peru</select></form>"),
        &["Glaze blue – €14, grey"],
        &["Choose", "Add", "Peru"],
    );
}

#[test]
fn formulas_are_read_in_a_line() {
    POTTERY.check(
        "<p>It shrinks by <math><mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac></math> of its \
         length and holds <math><semantics><msup><mn>10</mn><mn>3</mn></msup><annotation>10^{3}</annotation></semantics></math> bricks.</p>",
        &["by a/(b+1) of its length and holds 10^3 bricks."],
        &["{3}"],
    );
}

#[test]
fn what_belongs_to_a_long_text_is_read_with_it() {
    let body = format!(
        "<main><article>{}<aside class='note caution'><p>Never open the kiln while it glows.</p></aside>\
         <figure class=callout>Aprons hang behind the door.</figure>{}</article></main>",
        long(),
        long().replace("winter", "summer"),
    );
    POTTERY.check(&body, &["while it glows", "Aprons hang"], &[]);
    let asked = |question: &str, answer: &str| {
        format!("<details><summary>{question}</summary><p>{answer}</p></details>")
    };
    let asked = asked("May I bring clay?", "Only stoneware.") + &asked("Is there a sink?", "Two.");
    let body =
        format!("<main><div class=entry-content>{}</div><section>{asked}</section></main>", long());
    POTTERY.check(&body, &["Only stoneware.", "Two."], &[]);
    let thing = format!(
        "<div itemscope itemtype='https://schema.org/Product'><p class=price>€64</p><ul><li>Holds 2 l</ul>\
         <div class=entry-content>{}</div></div>",
        long(),
    );
    POTTERY.check(&thing, &["€64", "Holds 2 l"], &[]);
}

#[test]
fn what_authors_say_to_each_other_is_not_told() {
    POTTERY.check(
        "<p>Glazes are free of lead<sup><a href='#cmnt3' id=cmnt_ref3>[c]</a></sup>.</p>\
         <div><p><a href='#cmnt_ref3' id=cmnt3>[c]</a><span>is that tested?</span></p></div>\
         <p>Firing takes a night<span class=MsoCommentReference>[AB2]</span>.</p>\
         <div style='mso-element:comment-list'><p>two nights in frost, I think</p></div>",
        &["Glazes are free of lead", "Firing takes a night."],
        &["is that tested", "in frost", "[c]", "AB2"],
    );
}

#[test]
fn items_of_word_lose_their_signs_and_keep_their_numbers() {
    let item = |mark: &str, text: &str| {
        format!(
            "<p class=MsoListParagraphCxSpMiddle><span style='mso-list:Ignore'>{mark}<span>&nbsp;&nbsp; </span></span>{text}</p>"
        )
    };
    let body = item("·", "a sponge") + &item("o", "a needle") + &item("2.", "Wedge the clay.");
    POTTERY.check(&body, &["- a sponge", "- a needle", "2. Wedge the clay."], &["·", "o a"]);
    POTTERY.check("<p>From <x:place>Faenza</x:place> by rail.</p>", &["From Faenza by rail."], &[]);
}

#[test]
fn things_in_things_are_read() {
    let data = |json: &str| format!("<script type='application/ld+json'>{json}</script>");
    POTTERY.check(
        &data(
            r#"{"@type":"WebPage","mainEntity":{"@type":"Product","name":"Urn","offers":{"price":"70","priceCurrency":"EUR"},
               "hasVariant":[{"@type":"Product","name":"Urn, small","offers":{"price":"45","priceCurrency":"EUR"}}]}}"#,
        ),
        &["Urn | Price: 70 EUR", "Urn, small | Price: 45 EUR"],
        &[],
    );
    POTTERY.check(
        &data(
            r#"{"@type":"JobPosting","title":"Glazer","jobLocation":{"address":{"addressLocality":"Delft"}},
               "baseSalary":{"currency":"EUR","value":{"value":2900,"unitText":"MONTH"}}}"#,
        ),
        &["Glazer", "Place: Delft", "Pay: 2900 EUR a month"],
        &[],
    );
    POTTERY.check(
        &data(r#"{"@type":"HowTo","name":"Engobe","totalTime":"PT45M","step":[{"text":"Sieve it."}]}"#),
        &["Time in all: 45 min", "1. Sieve it."],
        &[],
    );
    let site = POTTERY.read(&data(
        r#"{"@type":"Organization","department":{"@type":"Store","name":"Kiln shop","telephone":"+31 15 555 0101",
           "openingHoursSpecification":{"dayOfWeek":["Saturday","PublicHolidays"],"opens":"10:00","closes":"14:00"}}}"#,
    ));
    let said: Vec<&str> = site.site.iter().map(|block| block.text.as_str()).collect();
    assert!(
        said.iter().any(|line| line.contains("Saturday, public holidays 10:00–14:00")),
        "{said:?}"
    );
    POTTERY.check(
        "<div itemscope itemtype='https://schema.org/WebPage'><div itemscope itemtype='https://schema.org/Product'>\
         <meta itemprop=name content='Tile 10'><div itemprop=offers itemscope itemtype='https://schema.org/Offer'>\
         <meta itemprop=price content='3.20'><meta itemprop=priceCurrency content=EUR></div></div></div>",
        &["Tile 10 | Price: 3.20 EUR"],
        &[],
    );
}

#[test]
fn hours_at_the_foot_are_known_in_many_languages() {
    for line in [
        "terça a sábado 10h às 17h",
        "czwartek 10:00–17:00",
        "torsdag–söndag 10–17",
        "Čtvrtek 10–17",
        "Сб–Вс 10:00–17:00",
        "水曜日 10:00–17:00",
        "cumartesi 10:00–17:00",
    ] {
        let document = POTTERY.read(&format!("<footer><p>{line}</p></footer>"));
        assert!(
            document.site.iter().any(|block| block.text == line),
            "{line}: {:?}",
            document.site
        );
    }
    let document =
        POTTERY.read("<div role=heading aria-level=2>Clay</div><p>Sold by the sack.</p>");
    assert_eq!(above(&document, "by the sack"), ["Clay"]);
}

#[test]
fn the_bar_above_code_is_not_told_and_a_step_that_copies_is() {
    POTTERY.check(
        "<h2>Setup</h2><p>Put this into the file of settings:</p><div class=highlight><div \
         class=bar><span>deploy/app.yaml</span> <button>Copy</button></div><pre>mode: quiet</pre>\
         </div><div class=head><b>Python</b> <span>Copy to clipboard</span></div><pre>run()</pre>\
         <p>Mark the line and press Copy.</p>",
        &["mode: quiet", "run()", "press Copy."],
        &["deploy/app.yaml", "Python", "clipboard"],
    );
}

#[test]
fn prices_of_both_periods_of_a_switch_are_told_and_what_else_is_hidden_is_not() {
    POTTERY.check(
        "<section><h2>Wheel</h2><p><span class='price price--month'>30 euros</span><span \
         class='price price--year' hidden>300 euros</span></p></section><section><h2>Kiln</h2><div \
         class=annual>410 euros a year</div><div class=monthly style='display:none'>41 euros a \
         month</div><div class=offer hidden>5 euros off</div><div class=yearly-note hidden>See the \
         rules</div></section>",
        &["30 euros", "300 euros", "410 euros a year", "41 euros a month"],
        &["5 euros off", "See the rules"],
    );
}
