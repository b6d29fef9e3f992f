//! XML as a stream of elements and text, and the page that is written of it.

use quick_xml::{Reader, events::Event as XmlEvent};

/// Attributes looked at of one element at most.
const MAX_ATTRIBUTES: usize = 64;
/// Bytes of a page that is written at most.
const MAX_PAGE: usize = 24 * 1024 * 1024;

/// An element as it begins.
pub(super) struct Element {
    /// Its name without its prefix.
    pub(super) name: String,
    /// Its attributes, without their prefixes.
    attributes: Vec<(String, String)>,
}

impl Element {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// All attributes of this name, whatever their prefixes.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.attributes.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// An attribute that is a number, at most `most`.
    pub(super) fn number(&self, name: &str, most: usize) -> Option<usize> {
        self.get(name)?.parse::<usize>().ok().map(|number| number.min(most))
    }
}

/// What is met in a part.
pub(super) enum Event<'e> {
    Open(&'e Element),
    Close(&'e str),
    Text(&'e str),
}

/// Meets all that is in a part, up to where it can't be read. An empty element opens and closes.
pub(super) fn each(xml: &str, mut meet: impl FnMut(Event<'_>)) {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_dangling_amp) = (false, true);
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(_) => return,
        };
        match event {
            XmlEvent::Start(ref tag) | XmlEvent::Empty(ref tag) => {
                let mut all = tag.attributes();
                let attributes =
                    all.with_checks(false).flatten().take(MAX_ATTRIBUTES).map(|attribute| {
                        let value = attribute.value;
                        let plain =
                            quick_xml::escape::unescape(&value).map(|plain| plain.into_owned());
                        let name = attribute.key.local_name().as_ref().to_owned();
                        (name, plain.unwrap_or_else(|_| value.into_owned()))
                    });
                let name = tag.local_name().as_ref().to_owned();
                let element = Element { name, attributes: attributes.collect() };
                meet(Event::Open(&element));
                if matches!(event, XmlEvent::Empty(_)) {
                    meet(Event::Close(&element.name));
                }
            }
            XmlEvent::End(tag) => meet(Event::Close(tag.local_name().as_ref())),
            XmlEvent::Text(text) => meet(Event::Text(&text)),
            XmlEvent::CData(text) => meet(Event::Text(&text)),
            XmlEvent::GeneralRef(name) => {
                let name = format!("&{};", &*name);
                if let Ok(text) = quick_xml::escape::unescape(&name) {
                    meet(Event::Text(&text));
                }
            }
            XmlEvent::Eof => return,
            _ => {}
        }
    }
}

/// A page as it is written.
#[derive(Default)]
pub(super) struct PageWriter {
    pub(super) html: String,
}

impl PageWriter {
    /// Writes markup.
    pub(super) fn raw(&mut self, markup: &str) {
        if self.html.len() + markup.len() <= MAX_PAGE {
            self.html.push_str(markup);
        }
    }

    /// Writes text.
    pub(super) fn text(&mut self, text: &str) {
        if self.html.len() + 2 * text.len() > MAX_PAGE {
            return;
        }
        for c in text.chars() {
            match c {
                '<' => self.html.push_str("&lt;"),
                '&' => self.html.push_str("&amp;"),
                c => self.html.push(c),
            }
        }
    }

    /// Writes an element around text.
    pub(super) fn element(&mut self, name: &str, text: &str) {
        self.raw(&format!("<{name}>"));
        self.text(text);
        self.raw(&format!("</{name}>"));
    }
}

/// The title in a part with a document's properties.
pub(super) fn title(properties: Option<String>) -> Option<String> {
    let (mut title, mut inside) = (String::new(), false);
    each(&properties?, |event| match event {
        Event::Open(tag) => inside = tag.name == "title" && title.is_empty(),
        Event::Close(_) => inside = false,
        Event::Text(text) if inside => title.push_str(text),
        Event::Text(_) => {}
    });
    let title = title.trim().to_owned();
    (!title.is_empty() && title.len() <= 1_000).then_some(title)
}
