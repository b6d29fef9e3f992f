//! Numbers that a script counts up to once they are scrolled to: until then the page has where it begins,
//! and where it ends is in an attribute.

use html5ever::{LocalName, tendril::StrTendril};

/// Attributes of counters alone.
const OWN: &[&str] = &[
    "data-to-value",
    "data-count-to",
    "data-counter-value",
    "data-purecounter-end",
    "data-number-value",
];
/// Attributes that may be of a counter, if it is called so.
const SHARED: &[&str] = &[
    "data-count",
    "data-countup",
    "data-end-value",
    "data-num",
    "data-counter",
    "data-end",
    "data-final",
    "data-number",
    "data-stop",
    "data-target",
    "data-to",
    "data-value",
    "data-val",
];
/// What divides thousands.
const DIVIDERS: &[&str] = &["data-delimiter", "data-separator"];

/// Whether extraction looks at an attribute for a counter.
pub(super) fn is_kept(name: &str) -> bool {
    name.starts_with("data-") && [OWN, SHARED, DIVIDERS].iter().any(|names| names.contains(&name))
}

/// Where a counter whose number is in an element of its own has what it counts up to: Divi keeps it at
/// the box around.
pub(super) const AROUND: &str = "data-number-value";

/// Whether an element is the number of such a counter.
pub(super) fn is_number_of_box(class: Option<&str>) -> bool {
    class.is_some_and(|class| class.split_ascii_whitespace().any(|name| name == "percent-value"))
}

/// What is shown in the end by an element whose text is `text`, if it is a counter.
pub(super) fn shown(attributes: &[(LocalName, StrTendril)], text: &str) -> Option<String> {
    /// Of a number, in characters.
    const LONGEST: usize = 16;
    let of =
        |name: &str| attributes.iter().find(|(of, _)| &**of == name).map(|(_, value)| value.trim());
    let any = |names: &[&str]| names.iter().find_map(|name| of(name));
    let end = any(OWN).or_else(|| any(SHARED).filter(|_| is_called_counter(of("class"))))?;
    let is_number = !end.is_empty()
        && end.len() <= LONGEST
        && end.starts_with(|c: char| c.is_ascii_digit())
        && end.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let begin = text.trim();
    // "0 %" keeps its sign.
    let sign = |c: char| !c.is_alphanumeric();
    let zero = begin.trim_matches(sign);
    let counts = zero.is_empty() && begin.is_empty()
        || (!zero.is_empty() && zero.bytes().all(|b| b == b'0'));
    if !is_number || !counts || begin.len() > LONGEST {
        return None;
    }
    let end = match any(DIVIDERS).filter(|divider| divider.chars().count() == 1) {
        Some(divider) if end.bytes().all(|byte| byte.is_ascii_digit()) => divided(end, divider),
        _ => end.to_owned(),
    };
    Some(if zero.is_empty() { end } else { begin.replacen(zero, &end, 1) })
}

fn divided(number: &str, divider: &str) -> String {
    let mut text = String::new();
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && (number.len() - at).is_multiple_of(3) {
            text.push_str(divider);
        }
        text.push(digit);
    }
    text
}

fn is_called_counter(class: Option<&str>) -> bool {
    const NAMES: &[&str] = &[
        "count",
        "counts",
        "counter",
        "counters",
        "countup",
        "odometer",
        "number",
        "numbers",
        "stats",
        "milestone",
        "num",
    ];
    const OTHERS: &[&str] = &["cart", "comment", "like", "vote", "share", "badge", "qty"];
    let class = class.unwrap_or_default().to_ascii_lowercase();
    let mut words = class.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let is_other = |word: &str| OTHERS.iter().any(|name| word.starts_with(name));
    words.clone().any(|word| NAMES.contains(&word)) && !words.any(is_other)
}

#[cfg(test)]
mod tests {
    use crate::extract::test_site::TestSite;

    #[test]
    fn counters_are_read_as_they_end() {
        let dairy = TestSite {
            url: "https://dairy.example/",
            title: "Dairy",
            prose: "<p>The dairy by the lake makes cheese of the milk of nine farms, and sells it in the vault behind the church.</p>",
        };
        dairy.check(
            "<div><span class=elementor-counter-number data-from-value=0 data-to-value=12500 data-delimiter=','>0</span> wheels a year</div>\
             <p><b class='count-up' data-target=98>0%</b> of them by hand</p>\
             <div class=et_pb_number_counter data-number-value=77><div class=percent><p><span class=percent-value></span><span>%</span></p></div><h3>Fresh</h3></div>\
             <div><span class=odometer data-count=31></span> cows</div>\
             <p>Seats left: <span class=seat data-value=7>0</span></p>\
             <p>In the cart: <i class=cart-count data-count=4>0</i></p>\
             <p>Since <span class=number data-count=1902>1902</span></p>\
             <p>Cost: <a class=count-link data-target='#more'>0</a> francs</p>",
            &["12,500 wheels", "98% of them", "77%", "31 cows", "Seats left: 0", "cart: 0", "Since 1902", "Cost: 0"],
            &[],
        );
    }
}
