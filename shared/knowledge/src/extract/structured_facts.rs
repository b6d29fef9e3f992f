//! Facts of things as schema.org has them, each a line: what a product costs, when a place is open.

use serde_json::{Map, Value, json};

use super::{page::PageTree, structured::text, tag::Tag};

/// Values taken of one list at most.
const MAX_VALUES: usize = 300;
/// Names that one element's value has at most, and how long it is, in characters: what is longer is read as the text
/// of the page that it is.
const MAX_NAMES: usize = 8;
const LONGEST_VALUE: u32 = 20_000;
/// Things that microdata describe on one page at most.
const MAX_ITEMS: usize = 100;

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Whether a thing is of one of these kinds.
pub(super) fn is_a(thing: &Value, kinds: &[&str]) -> bool {
    let of = |kind: &Value| kind.as_str().is_some_and(|kind| kinds.contains(&last_part(kind)));
    match &thing["@type"] {
        Value::Array(all) => all.iter().any(of),
        one => of(one),
    }
}

/// `Monday` of `https://schema.org/Monday`.
fn last_part(name: &str) -> &str {
    name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}

/// A value, or each of a list of them.
pub(super) fn each<'v>(value: &'v Value, mut take: impl FnMut(&'v Value)) {
    match value {
        Value::Array(all) => all.iter().take(MAX_VALUES).for_each(take),
        Value::Null => {}
        one => take(one),
    }
}

/// A name, of a thing or as it is.
pub(super) fn name_of(value: &Value) -> String {
    match value {
        Value::Object(thing) => thing.get("name").map(text).unwrap_or_default(),
        value => text(value),
    }
}

fn push(lines: &mut Vec<String>, label: &str, value: &str) {
    if !value.is_empty() {
        lines.push(format!("{label}: {value}"));
    }
}

/// What a product is and costs.
pub(super) fn product(thing: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    each(&thing["offers"], |offer| {
        if lines.len() < 12 {
            offers(offer, &mut lines);
        }
    });
    push(&mut lines, "Brand", &name_of(&thing["brand"]));
    for (label, property) in
        [("SKU", "sku"), ("Model", "model"), ("Color", "color"), ("Size", "size")]
    {
        push(&mut lines, label, &name_of(&thing[property]));
    }
    each(&thing["additionalProperty"], |more| {
        push(&mut lines, &text(&more["name"]), &text(&more["value"]));
    });
    let rating = &thing["aggregateRating"];
    let (value, count) = (text(&rating["ratingValue"]), text(&rating["reviewCount"]));
    let count = if count.is_empty() { text(&rating["ratingCount"]) } else { count };
    if !value.is_empty() && !count.is_empty() {
        let best = text(&rating["bestRating"]);
        let best = if best.is_empty() { "5" } else { &best };
        push(&mut lines, "Rating", &format!("{value} of {best} ({count} reviews)"));
    }
    lines
}

fn offers(offer: &Value, lines: &mut Vec<String>) {
    let specified = &offer["priceSpecification"];
    let first = match specified {
        Value::Array(all) => all.first().unwrap_or(&Value::Null),
        one => one,
    };
    let either = |property: &str| {
        let said = text(&offer[property]);
        if said.is_empty() { text(&first[property]) } else { said }
    };
    let currency = either("priceCurrency");
    let (price, low, high) = (either("price"), text(&offer["lowPrice"]), text(&offer["highPrice"]));
    let amount = match (price.is_empty(), low.is_empty(), high.is_empty()) {
        (false, ..) => price,
        (_, false, false) if low != high => format!("{low} to {high}"),
        (_, false, _) => low,
        _ => String::new(),
    };
    let of = text(&offer["name"]);
    let label = if of.is_empty() { "Price".to_owned() } else { format!("Price ({of})") };
    if !amount.is_empty() {
        push(lines, &label, format!("{amount} {currency}").trim());
    }
    let availability = text(&offer["availability"]);
    push(lines, "Availability", &spaced(last_part(&availability)));
}

/// `In stock` of `InStock`.
fn spaced(name: &str) -> String {
    let mut said = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !said.is_empty() {
            said.push(' ');
            said.extend(c.to_lowercase());
        } else {
            said.push(c);
        }
    }
    said
}

/// Whether something takes place.
pub(super) fn is_event(thing: &Value) -> bool {
    !thing["startDate"].is_null() && !text(&thing["name"]).is_empty()
}

/// When and where something takes place; what a job is.
pub(super) fn event(thing: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (label, property) in [
        ("Begins", "startDate"),
        ("Ends", "endDate"),
        ("Posted", "datePosted"),
        ("Open until", "validThrough"),
        ("Kind", "employmentType"),
    ] {
        push(&mut lines, label, &text(&thing[property]).replacen('T', " ", 1));
    }
    push(&mut lines, "Employer", &name_of(&thing["hiringOrganization"]));
    push(&mut lines, "Pay", &pay(&thing["baseSalary"]));
    let places = [&thing["location"], &thing["jobLocation"]];
    let places = places.into_iter().filter(|place| !place.is_null());
    places.for_each(|places| {
        each(places, |location| {
            let (name, at) = (name_of(location), address(&location["address"]));
            let parts = [name, at];
            let parts: Vec<&str> =
                parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            push(&mut lines, "Place", &parts.join(", "));
        })
    });
    each(&thing["offers"], |offer| {
        if lines.len() < 16 {
            offers(offer, &mut lines);
        }
    });
    lines
}

/// `3200 to 3900 EUR a month`.
fn pay(salary: &Value) -> String {
    let value = &salary["value"];
    let (low, high) = (text(&value["minValue"]), text(&value["maxValue"]));
    let amount = match (low.is_empty(), high.is_empty()) {
        (false, false) => format!("{low} to {high}"),
        (true, true) if value.is_object() => text(&value["value"]),
        (true, true) => text(value),
        _ => low + &high,
    };
    if amount.is_empty() {
        return amount;
    }
    let unit = text(&value["unitText"]).to_lowercase();
    let unit = if unit.is_empty() { unit } else { format!(" a {unit}") };
    format!("{amount} {}{unit}", text(&salary["currency"])).trim().to_owned()
}

/// How long something takes to be made, and for how many it is.
pub(super) fn preparation(thing: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (label, property) in
        [("Preparation", "prepTime"), ("Cooking", "cookTime"), ("Time in all", "totalTime")]
    {
        push(&mut lines, label, &duration(&text(&thing[property])));
    }
    push(&mut lines, "Yield", &text(&thing["recipeYield"]));
    push(&mut lines, "Cost", &text(&thing["estimatedCost"]));
    lines
}

/// `1 h 20 min` of `PT1H20M`; what is no such time is left as it is.
fn duration(text: &str) -> String {
    let Some(parts) = text.strip_prefix('P') else { return text.to_owned() };
    let (mut said, mut number, mut of_day) = (Vec::new(), String::new(), false);
    for c in parts.chars() {
        let unit = match c {
            '0'..='9' | '.' => {
                number.push(c);
                continue;
            }
            'T' => {
                of_day = true;
                continue;
            }
            'D' => "d",
            'H' => "h",
            'M' if of_day => "min",
            'S' => "s",
            _ => return text.to_owned(),
        };
        let amount = std::mem::take(&mut number);
        if amount.chars().any(|c| !matches!(c, '0' | '.')) {
            said.push(format!("{amount} {unit}"));
        }
    }
    said.join(" ")
}

/// Whether a thing can be reached or visited.
pub(super) fn is_a_place(thing: &Value) -> bool {
    ["address", "telephone", "openingHours", "openingHoursSpecification", "contactPoint"]
        .iter()
        .any(|property| !thing[*property].is_null())
}

/// How to reach a place and when it is open.
pub(super) fn place(thing: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let mut hours: Vec<String> = Vec::new();
    each(&thing["openingHoursSpecification"], |spec| hours.extend(opening(spec)));
    each(&thing["openingHours"], |said| hours.extend(Some(days_spelled(&text(said)))));
    hours.retain(|line| !line.is_empty());
    push(&mut lines, "Opening hours", &hours.join("; "));
    each(&thing["address"], |at| push(&mut lines, "Address", &address(at)));
    push(&mut lines, "Telephone", &text(&thing["telephone"]));
    push(&mut lines, "E-mail", text(&thing["email"]).trim_start_matches("mailto:"));
    push(&mut lines, "Price range", &text(&thing["priceRange"]));
    each(&thing["contactPoint"], |point| {
        let of = spaced(&text(&point["contactType"]));
        let with = |label: &str| match of.is_empty() {
            true => label.to_owned(),
            false => format!("{label} ({of})"),
        };
        push(&mut lines, &with("Telephone"), &text(&point["telephone"]));
        push(&mut lines, &with("E-mail"), &text(&point["email"]));
    });
    lines
}

fn address(at: &Value) -> String {
    if let Value::String(_) = at {
        return text(at).replace('\n', ", ");
    }
    let town = [&at["postalCode"], &at["addressLocality"]].map(text);
    let town = town.join(" ").trim().to_owned();
    let parts = [
        text(&at["streetAddress"]),
        town,
        text(&at["addressRegion"]),
        name_of(&at["addressCountry"]),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// `Monday to Friday 09:00–17:00`.
fn opening(spec: &Value) -> Option<String> {
    let mut days: Vec<usize> = Vec::new();
    each(&spec["dayOfWeek"], |day| {
        let name = day.as_str().map(last_part).unwrap_or_default();
        let starts =
            |day: &&str| name.len() >= 2 && day.to_lowercase().starts_with(&name.to_lowercase());
        days.extend(DAYS.iter().position(starts));
    });
    let mut on_holidays = false;
    each(&spec["dayOfWeek"], |day| {
        on_holidays |= day.as_str().map(last_part) == Some("PublicHolidays");
    });
    days.sort_unstable();
    days.dedup();
    let (opens, closes) = (text(&spec["opens"]), text(&spec["closes"]));
    let time = |at: &str| at.get(..5).unwrap_or(at).to_owned();
    let hours = match (opens.as_str(), closes.as_str()) {
        ("", "") => "closed".to_owned(),
        (opens, closes) if time(opens) == "00:00" && time(closes) == "00:00" => "closed".to_owned(),
        (opens, closes) => format!("{}–{}", time(opens), time(closes)),
    };
    let begins = text(&spec["validFrom"]);
    let between = match text(&spec["validThrough"]) {
        ends if !ends.is_empty() && !begins.is_empty() => format!(" ({begins} to {ends})"),
        _ => String::new(),
    };
    let mut named = runs(&days);
    if on_holidays {
        named.push_str(if named.is_empty() { "Public holidays" } else { ", public holidays" });
    }
    match named.as_str() {
        "" if between.is_empty() => None,
        days => Some(format!("{days} {hours}{between}").trim().to_owned()),
    }
}

/// Days in a row as the first and the last of them.
fn runs(days: &[usize]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for run in days.chunk_by(|a, b| a + 1 == *b) {
        match run {
            [one] => parts.push(DAYS[*one].to_owned()),
            [first, second] => parts.push(format!("{}, {}", DAYS[*first], DAYS[*second])),
            [first, .., last] => parts.push(format!("{} to {}", DAYS[*first], DAYS[*last])),
            [] => {}
        }
    }
    parts.join(", ")
}

/// `Monday to Friday 09:00–17:00` of `Mo-Fr 09:00-17:00`.
fn days_spelled(text: &str) -> String {
    let name = |short: &str| DAYS.iter().find(|day| short.len() == 2 && day.starts_with(short));
    let words = text.split_whitespace().map(|word| {
        let days: Vec<String> = word
            .split(',')
            .map(|part| match part.split_once('-') {
                Some((first, last)) => match (name(first), name(last)) {
                    (Some(first), Some(last)) => format!("{first} to {last}"),
                    _ => part.replace('-', "–"),
                },
                None => name(part).map_or_else(|| part.to_owned(), |day| (*day).to_owned()),
            })
            .collect();
        days.join(", ")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Things whose microdata say more than their text: properties in `meta` elements.
pub(super) fn microdata(page: &PageTree) -> Vec<Value> {
    let mut things = Vec::new();
    for (place, node) in page.nodes.iter().enumerate() {
        let Some(kind) = node.attribute("itemtype").filter(|_| things.len() < MAX_ITEMS) else {
            continue;
        };
        // What only says that the page is one says nothing of what is on it.
        let is_thing = |at: usize| {
            let kind = page.nodes[at].attribute("itemtype").map(last_part);
            kind.is_some_and(|kind| !kind.ends_with("Page") || matches!(kind, "FAQPage" | "QAPage"))
        };
        let nested = !is_thing(place) || page.ancestors(place).any(is_thing);
        let silent = page.holds(place, |node| node.tag == Tag::Fact);
        if !nested && silent {
            things.push(item(page, place, kind, 0));
        }
    }
    things
}

fn item(page: &PageTree, place: usize, kind: &str, depth: usize) -> Value {
    let mut thing = Map::new();
    thing.insert("@type".to_owned(), json!(last_part(kind)));
    let mut at = place + 1;
    while at < page.nodes[place].end {
        let node = &page.nodes[at];
        let Some(property) = node.attribute("itemprop") else {
            at += 1;
            continue;
        };
        let value = match node.attribute("itemtype") {
            Some(kind) if depth < 4 => {
                let inner = item(page, at, kind, depth + 1);
                at = node.end;
                inner
            }
            Some(_) => {
                at = node.end;
                continue;
            }
            None => {
                let said =
                    ["content", "datetime", "href"].iter().find_map(|name| node.attribute(name));
                at += 1;
                let written = || match page.chars(at - 1) <= LONGEST_VALUE {
                    true => page.text(at - 1),
                    false => String::new(),
                };
                json!(said.map_or_else(written, str::to_owned))
            }
        };
        for property in property.split_ascii_whitespace().take(MAX_NAMES) {
            match thing.get_mut(property) {
                Some(Value::Array(all)) if all.len() < MAX_VALUES => all.push(value.clone()),
                Some(Value::Array(_)) => {}
                Some(one) => {
                    let first = one.take();
                    *one = json!([first, value]);
                }
                None => {
                    thing.insert(property.to_owned(), value.clone());
                }
            }
        }
    }
    Value::Object(thing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_said_as_people_say_them() {
        let place = json!({
            "@type": "Bakery", "telephone": "+43 1 555 0100",
            "openingHoursSpecification": [
                {"dayOfWeek": ["https://schema.org/Tuesday", "Wednesday", "Thursday"], "opens": "07:00:00", "closes": "13:00"},
                {"dayOfWeek": "Sunday"},
            ],
            "openingHours": "Mo,We-Fr 10:00-12:00",
            "address": {"streetAddress": "Quay 3", "postalCode": "1010", "addressLocality": "Wien"},
        });
        assert_eq!(
            self::place(&place),
            [
                "Opening hours: Tuesday to Thursday 07:00–13:00; Sunday closed; \
                 Monday, Wednesday to Friday 10:00–12:00",
                "Address: Quay 3, 1010 Wien",
                "Telephone: +43 1 555 0100",
            ]
        );
    }

    #[test]
    fn a_product_says_its_price() {
        let lamp = json!({
            "@type": "Product", "name": "Lamp", "brand": {"@type": "Brand", "name": "Lux"},
            "offers": {"price": 24.5, "priceCurrency": "EUR", "availability": "https://schema.org/InStock"},
        });
        assert_eq!(product(&lamp), ["Price: 24.5 EUR", "Availability: In stock", "Brand: Lux"]);
    }
}
