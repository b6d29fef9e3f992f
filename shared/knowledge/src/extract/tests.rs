use super::*;

fn url() -> Url {
    Url::parse("https://example.com/docs/a").unwrap()
}

#[test]
fn main_text_comes_under_its_headings_and_without_navigation() {
    let text = "Returns are taken for thirty days after the parcel came, no questions asked. ";
    let page = format!(
        "<html><head><title> Shop </title></head><body><nav><a href='/x'>Elsewhere</a></nav>\
         <main><article><h1>Help</h1><p>{}</p><h2>Returns</h2><p>{text}<b>Always</b>.</p>\
         <ul><li>Keep the <i>receipt</i>.</li></ul><pre>a\n  b</pre>\
         <table><tr><td>S</td><td>3 days</td></tr></table></article></main>\
         <script>alert(1)</script></body></html>",
        text.repeat(8)
    );
    let document = html(&page, &url()).unwrap();
    assert_eq!(document.title, "Shop");
    let find = |needle: &str| {
        document.blocks.iter().find(|b| b.text.contains(needle)).unwrap_or_else(|| {
            panic!("{needle} is not in {:?}", document.blocks);
        })
    };
    assert_eq!(find("Always").headings.last().unwrap(), "Returns");
    assert_eq!(find("receipt").text, "- Keep the receipt.");
    assert_eq!(find("S |").text, "S | 3 days");
    assert_eq!(find("  b").text, "a\n  b");
    assert!(document.blocks.iter().all(|b| !b.text.contains("alert")));
    assert!(document.blocks.iter().all(|b| !b.text.contains("Elsewhere")));
}

#[test]
fn links_are_absolute_without_fragments_and_each_once() {
    let page = "<p>Some text that can be read here.</p><a href='b#one'>1</a><a href='b'>2</a>\
                <a href='mailto:a@b.c'>3</a><a rel='nofollow' href='/n'>4</a>\
                <a href='https://other.example/'>5</a>";
    let links = html(page, &url()).unwrap().links;
    let links: Vec<_> = links.iter().map(Url::as_str).collect();
    assert_eq!(links, ["https://example.com/docs/b", "https://other.example/"]);
}

#[test]
fn broken_and_empty_pages() {
    assert_eq!(html("", &url()).unwrap_err(), ExtractError::Empty);
    let alone = html("<script>1</script>", &url()).unwrap_err();
    assert_eq!(alone, ExtractError::NeedsScripts);
    assert_eq!(html("<p>Half a <b>page", &url()).unwrap().blocks[0].text, "Half a page");
    let deep = format!("{}deep{}", "<div>".repeat(5_000), "</div>".repeat(5_000));
    assert_eq!(html(&deep, &url()).unwrap_err(), ExtractError::TooDeep);
    let many = "<p>a".repeat(60_000);
    assert_eq!(html(&many, &url()).unwrap_err(), ExtractError::TooManyElements);
    let attributes: String = (0..32_000).map(|n| format!(" a{n}")).collect();
    let tag = format!("<p{attributes}>text");
    assert_eq!(html(&tag, &url()).unwrap_err(), ExtractError::TooManyElements);
}

#[test]
fn plain_text_has_headings_too() {
    let document = plain::read("# Guide\n\nFirst.\n\n## More\nSecond.", &url()).unwrap();
    assert_eq!(document.title, "Guide");
    assert_eq!(&document.blocks[1].headings[..], ["Guide", "More"]);
    assert_eq!(document.blocks[1].text, "Second.");
}

const PROSE: &str =
    "A parcel comes within three days, and on Saturdays too, if it is small enough. ";

/// The texts of all blocks of a page with this body.
fn texts(body: &str) -> Vec<String> {
    let head = "<meta property='article:published_time' content='2026-05-04'>";
    let page = format!("<title>Parcels and letters | Shop</title>{head}<body>{body}");
    html(&page, &url()).unwrap().blocks.into_iter().map(|block| block.text).collect()
}

fn has(texts: &[String], needle: &str) -> bool {
    texts.iter().any(|text| text.contains(needle))
}

#[test]
fn what_is_around_the_text_is_left_out() {
    let [one, two, three] =
        ["A", "Each", "Every"].map(|word| PROSE.replacen('A', word, 1).repeat(6));
    let texts = texts(&format!(
        "<div class='site-header'><a href='/'>Home</a></div>\
         <div class='cookie-banner'><p>We use cookies, as everybody does, to count you.</p></div>\
         <div id=content><h1>Parcels and letters</h1><div class='entry-meta'>By Ann, on Monday</div>\
         <p>{one}</p><figure><img><figcaption>A parcel, seen from above</figcaption></figure>\
         <div class=newsletterBox><p>Sign up for our letter, it is free and comes weekly.</p></div>\
         <p>{two}</p><p>Advertisement</p><p>{three}</p>\
         <h2>You may also like</h2><div><a href='/x'>Another page</a><p>It is good, really.</p></div>\
         <div id=comments><p>I never got mine, and nobody answers the telephone either!</p></div>\
         </div><div class=sidebar><p>Our shop was founded in 1887, by somebody's grandmother.</p></div>"
    ));
    assert_eq!(texts, [one.trim(), two.trim(), three.trim()]);
}

#[test]
fn lists_tables_and_code_of_the_text_are_kept() {
    let texts = texts(&format!(
        "<main><h1>Parcels and letters</h1><p>{PROSE}</p>\
         <ul><li>Letters<ul><li>stamped</li></ul></li><li>Parcels, see <a href='/p'>there</a></li></ul>\
         <table><tr><th>Size<th>Price<tr><td>S<td><p>3.00</p></table>\
         <dl><dt>Zone<dd>A country or more</dl>\
         <pre><code>post  --size S\n  --to HOME</code></pre><p>{PROSE}</p></main>"
    ));
    for needle in ["Letters", "stamped", "Parcels, see there", "Size: S | Price: 3.00", "Zone: A"] {
        assert!(has(&texts, needle), "{needle} is not in {texts:?}");
    }
    assert!(has(&texts, "post  --size S\n  --to HOME"), "{texts:?}");
}

#[test]
fn sections_of_documentation_may_have_any_name() {
    let long = PROSE.repeat(5);
    let section = |id: &str| format!("<section id='{id}'><h2>{id}</h2><p>{long}</p></section>");
    let ids = ["install", "sharing-with-others", "newsletter", "related-settings"];
    let body: String = ids.iter().map(|id| section(id)).collect();
    let page = format!("<div class=document><h1>Manual</h1>{body}</div>");
    let document = html(&page, &url()).unwrap();
    let headings: Vec<_> = document.blocks.iter().map(|block| block.headings[1].as_str()).collect();
    assert_eq!(headings, ids);
}

#[test]
fn answers_that_unfold_are_text_and_their_buttons_are_headings() {
    let answer = |question: &str| {
        format!(
            "<div class='accordion-item'><h3><button>{question}</button></h3>\
             <div class='panel' style='display:none'><p>{PROSE}</p></div></div>"
        )
    };
    let page = format!(
        "<main><h1>Questions</h1>{}{}<button>Ask us</button>\
         <div style='display: none'><p>Something is loading, please wait a moment.</p></div></main>",
        answer("When does it come?"),
        answer("And on Saturdays?")
    );
    let blocks = html(&page, &url()).unwrap().blocks;
    let headings: Vec<_> = blocks.iter().map(|block| block.headings[1].as_str()).collect();
    assert_eq!(headings, ["When does it come?", "And on Saturdays?"]);
    assert!(blocks.iter().all(|block| block.text == PROSE.trim()));
}

#[test]
fn of_several_articles_the_one_with_the_title_is_read_and_its_lead() {
    let long = PROSE.repeat(5);
    let found = texts(&format!(
        "<article><h1>Parcels and letters</h1><p class=lead>{PROSE}</p>\
         <div class='article-body'><p>{long}</p></div></article>\
         <article><h2>Stamps</h2><p>{}</p></article>",
        "Stamps are sold in books of ten, and of twenty. ".repeat(30)
    ));
    assert_eq!(found, [PROSE.trim(), long.trim()]);
}

#[test]
fn text_for_those_without_scripts_and_links_within_a_page_count() {
    let found = texts(&format!("<noscript><p>{}</p></noscript>", PROSE.repeat(4)));
    assert_eq!(found, [PROSE.repeat(4).trim()]);
    let within =
        texts(&format!("<main><p>{PROSE}</p><ul><li><a href='#a'>Part one</a></ul></main>"));
    assert!(has(&within, "Part one"), "{within:?}");
    let elsewhere =
        texts(&format!("<main><p>{PROSE}</p><ul><li><a href='/a'>Page one</a></ul></main>"));
    assert!(!has(&elsewhere, "Page one"), "{elsewhere:?}");
}

#[test]
fn what_a_script_writes_is_no_element_and_soft_hyphens_are_no_letters() {
    let script = format!("<script>var page = '{}';</script>", "<div>".repeat(60_000));
    let found = texts(&format!(
        "{script}<p>Par\u{ad}cels come with\u{200b}in three days. \u{200b} Yes.</p>"
    ));
    assert_eq!(found, ["Parcels come within three days. Yes."]);
}
