//! What the content of a page draws: pieces of text with where they are.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, Stream, content::Content};

use super::font::Font;

/// The largest content of a page, unpacked.
const MAX_CONTENT: usize = 16 * 1024 * 1024;
/// Bytes of content that are decoded at once. An operand takes some 90 times its bytes.
const MAX_PIECE: usize = 512 * 1024;
/// How deep forms are in forms.
const MAX_DEPTH: usize = 8;
/// How many graphics states are saved at once.
const MAX_STATES: usize = 64;
/// Pieces of text of one page at most.
const MAX_PIECES: usize = 100_000;
/// Bytes of text of one page at most.
const MAX_TEXT: usize = 1024 * 1024;

/// What may be spent on a file.
pub(super) struct Budget {
    /// Operators carried out.
    pub(super) operators: usize,
    /// Bytes unpacked.
    pub(super) bytes: usize,
    pub(super) until: Instant,
}

impl Budget {
    pub(super) fn new(time: Duration) -> Self {
        let until = Instant::now() + time;
        Self { operators: 3_000_000, bytes: 96 * 1024 * 1024, until }
    }

    pub(super) fn is_spent(&self) -> bool {
        self.operators == 0 || self.bytes == 0 || Instant::now() > self.until
    }
}

/// A piece of text that is drawn at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Where it begins and ends, in points from the left.
    pub(super) left: f32,
    pub(super) right: f32,
    /// Where its baseline is, in points from the bottom.
    pub(super) base: f32,
    /// How large its letters are, in points.
    pub(super) size: f32,
    pub(super) bold: bool,
    /// How it is turned, in quarters of a full turn.
    pub(super) turned: u8,
    /// Whether it is a small number at the end of what was drawn before it, and above its baseline.
    pub(super) raised: bool,
}

impl Piece {
    /// Whether it is a small number at the end of `before`, and above its baseline.
    fn is_raised_on(&self, before: &Self) -> bool {
        let (gap, up) = (self.left - before.right, self.base - before.base);
        before.turned == self.turned
            && self.size <= 0.75 * before.size
            && (0.15 * before.size..=0.7 * before.size).contains(&up)
            && gap.abs() <= 0.5 * self.size
            && self.text.trim().chars().all(|c| c.is_ascii_digit())
    }
}

type Matrix = [f32; 6];

const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `one`, then `other`.
fn times(one: Matrix, other: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = one;
    let [g, h, i, j, k, l] = other;
    [
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + l,
    ]
}

/// How long the first piece of `content` is: it ends behind a text object, a path or a saved state,
/// or with a line, and has no more operands than fit in memory, which are read as one.
fn piece(content: &[u8]) -> usize {
    let Some(head) = content.get(..MAX_PIECE) else { return content.len() };
    let behind =
        |end: &[u8]| head.windows(end.len()).rposition(|w| w == end).map(|at| at + end.len());
    let ends: [&[u8]; 4] = [b"\nET\n", b" ET ", b"\nQ\n", b"\n"];
    ends.into_iter().find_map(behind).unwrap_or(MAX_PIECE)
}

#[derive(Clone)]
struct State<'d> {
    matrix: Matrix,
    font: Option<(ObjectKey, &'d Dictionary)>,
    size: f32,
    spacing: f32,
    word_spacing: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
}

/// A font by where its dictionary is.
type ObjectKey = usize;

/// Carries out the content of pages of one file.
pub(super) struct Reader<'d> {
    pdf: &'d Pdf,
    fonts: HashMap<ObjectKey, Font>,
    pub(super) budget: Budget,
    /// Whether something was drawn whose letters the file does not tell.
    pub(super) has_unknown: bool,
    pieces: Vec<Piece>,
    bytes: usize,
    state: State<'d>,
    saved: Vec<State<'d>>,
    text: Matrix,
    line: Matrix,
    /// Marks that are open: whether each is of what is no content, and the text that it replaces.
    marks: Vec<(bool, Option<String>)>,
    forms: Vec<ObjectId>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(pdf: &'d Pdf, budget: Budget) -> Self {
        Self {
            pdf,
            fonts: HashMap::new(),
            budget,
            has_unknown: false,
            pieces: Vec::new(),
            bytes: 0,
            state: start(),
            saved: Vec::new(),
            text: UNIT,
            line: UNIT,
            marks: Vec::new(),
            forms: Vec::new(),
        }
    }

    /// The pieces of text of a page in the order in which they are drawn.
    pub(super) fn page(&mut self, page: ObjectId) -> Vec<Piece> {
        (self.state, self.bytes) = (start(), 0);
        self.saved.clear();
        self.marks.clear();
        let limit = MAX_CONTENT.min(self.budget.bytes);
        let Ok(content) = self.pdf.get_page_content_with_limit(page, limit) else {
            return Vec::new();
        };
        self.budget.bytes -= content.len().min(self.budget.bytes);
        let mut resources = Vec::new();
        if let Ok((own, named)) = self.pdf.get_page_resources(page) {
            resources.extend(own);
            resources.extend(named.into_iter().filter_map(|id| self.pdf.get_dictionary(id).ok()));
        }
        self.run(&content, &resources);
        std::mem::take(&mut self.pieces)
    }

    fn run(&mut self, content: &[u8], resources: &[&'d Dictionary]) {
        let mut rest = content;
        while !rest.is_empty() && !self.is_full() {
            let (piece, behind) = rest.split_at(piece(rest));
            self.run_piece(piece, resources);
            rest = behind;
        }
    }

    fn is_full(&self) -> bool {
        self.pieces.len() >= MAX_PIECES || self.bytes >= MAX_TEXT || self.budget.is_spent()
    }

    fn run_piece(&mut self, content: &[u8], resources: &[&'d Dictionary]) {
        for operation in Content::decode_iter(content) {
            let Ok(operation) = operation else { return };
            self.budget.operators = self.budget.operators.saturating_sub(1);
            let checked = self.budget.operators.is_multiple_of(4_096);
            let full = self.pieces.len() >= MAX_PIECES || self.bytes >= MAX_TEXT;
            if full || self.budget.operators == 0 || (checked && self.budget.is_spent()) {
                return;
            }
            self.step(&operation.operator, &operation.operands, resources);
        }
    }

    fn step(&mut self, operator: &str, operands: &[Object], resources: &[&'d Dictionary]) {
        let number =
            |at: usize| operands.get(at).and_then(|o| o.as_float().ok()).unwrap_or_default();
        let matrix = || [0, 1, 2, 3, 4, 5].map(number);
        match operator {
            "q" if self.saved.len() < MAX_STATES => self.saved.push(self.state.clone()),
            "Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            "cm" => self.state.matrix = times(matrix(), self.state.matrix),
            "BT" => (self.text, self.line) = (UNIT, UNIT),
            "Tf" => {
                let name = operands.first().and_then(|o| o.as_name().ok());
                self.state.font = name.and_then(|name| self.font(name, resources));
                self.state.size = number(1);
            }
            "Tc" => self.state.spacing = number(0),
            "Tw" => self.state.word_spacing = number(0),
            "Tz" => self.state.stretch = number(0) / 100.0,
            "TL" => self.state.leading = number(0),
            "Ts" => self.state.rise = number(0),
            "Td" => self.go(number(0), number(1)),
            "TD" => {
                self.state.leading = -number(1);
                self.go(number(0), number(1));
            }
            "Tm" => (self.text, self.line) = (matrix(), matrix()),
            "T*" => self.go(0.0, -self.state.leading),
            "Tj" => self.show(operands.first()),
            "TJ" => self.show_all(operands.first()),
            "'" => {
                self.go(0.0, -self.state.leading);
                self.show(operands.first());
            }
            "\"" => {
                (self.state.word_spacing, self.state.spacing) = (number(0), number(1));
                self.go(0.0, -self.state.leading);
                self.show(operands.get(2));
            }
            "BMC" | "BDC" => self.mark(operands),
            "EMC" => drop(self.marks.pop()),
            "Do" => self.form(operands, resources),
            _ => {}
        }
    }

    fn go(&mut self, x: f32, y: f32) {
        self.line = times([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    fn mark(&mut self, operands: &[Object]) {
        if self.marks.len() >= MAX_STATES {
            return;
        }
        let name = operands.first().and_then(|o| o.as_name().ok()).unwrap_or_default();
        let actual = operands.get(1).and_then(|o| o.as_dict().ok());
        let actual = actual.and_then(|properties| properties.get(b"ActualText").ok());
        let actual = actual.and_then(|text| lopdf::decode_text_string(text).ok());
        self.marks.push((name == b"Artifact", actual));
    }

    fn font(
        &mut self,
        name: &[u8],
        resources: &[&'d Dictionary],
    ) -> Option<(ObjectKey, &'d Dictionary)> {
        let font = find(self.pdf, resources, b"Font", name)?.as_dict().ok()?;
        let key = std::ptr::from_ref(font).addr();
        let pdf = self.pdf;
        self.fonts.entry(key).or_insert_with(|| Font::of(pdf, font));
        Some((key, font))
    }

    fn form(&mut self, operands: &[Object], resources: &[&'d Dictionary]) {
        let name = operands.first().and_then(|o| o.as_name().ok()).unwrap_or_default();
        let Some((id, object)) = find_with_id(self.pdf, resources, b"XObject", name) else {
            return;
        };
        let Ok(stream) = object.as_stream() else { return };
        let is_form =
            stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|of| of == b"Form");
        let again = id.is_some_and(|id| self.forms.contains(&id));
        if !is_form || again || self.forms.len() >= MAX_DEPTH || self.budget.bytes == 0 {
            return;
        }
        let Some(content) = self.unpacked(stream) else { return };
        let own = stream.dict.get_deref(b"Resources", self.pdf).and_then(Object::as_dict);
        let own: Vec<&Dictionary> = own.into_iter().chain(resources.iter().copied()).collect();
        let (state, saved) = (self.state.clone(), self.saved.len());
        if let Ok(matrix) = stream.dict.get_deref(b"Matrix", self.pdf).and_then(Object::as_array) {
            let number = |at: usize| matrix.get(at).and_then(|o| o.as_float().ok());
            if let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] =
                [0, 1, 2, 3, 4, 5].map(number)
            {
                self.state.matrix = times([a, b, c, d, e, f], self.state.matrix);
            }
        }
        let (text, line) = (self.text, self.line);
        self.forms.push(id.unwrap_or_default());
        self.run(&content, &own);
        self.forms.pop();
        self.saved.truncate(saved);
        (self.state, self.text, self.line) = (state, text, line);
    }

    fn unpacked(&mut self, stream: &Stream) -> Option<Vec<u8>> {
        let limit = MAX_CONTENT.min(self.budget.bytes);
        let content = match stream.is_compressed() {
            true => stream.decompressed_content_with_limit(limit).ok()?,
            false => stream.content.get(..limit.min(stream.content.len()))?.to_vec(),
        };
        // What is drawn a thousand times is unpacked a thousand times.
        self.budget.bytes = self.budget.bytes.saturating_sub(content.len() + 64);
        Some(content)
    }

    fn show_all(&mut self, operand: Option<&Object>) {
        let Some(Object::Array(parts)) = operand else { return self.show(operand) };
        for part in parts {
            match part {
                Object::String(..) => self.show(Some(part)),
                gap => {
                    let gap = gap.as_float().unwrap_or_default() / 1000.0;
                    self.advance(-gap * self.state.size * self.state.stretch);
                }
            }
        }
    }

    fn advance(&mut self, by: f32) {
        self.text = times([1.0, 0.0, 0.0, 1.0, by, 0.0], self.text);
    }

    fn show(&mut self, operand: Option<&Object>) {
        let Some(Object::String(bytes, _)) = operand else { return };
        let Some(font) = self.state.font.and_then(|(key, _)| self.fonts.get(&key)) else { return };
        let (width, letters, spaces) = font.measure(bytes);
        let (mut text, bold) = (String::new(), font.bold);
        let known = font.decode(bytes, &mut text);
        let of = &self.state;
        let wide = (width / 1000.0 * of.size
            + letters as f32 * of.spacing
            + spaces as f32 * of.word_spacing)
            * of.stretch;
        let placed = times([1.0, 0.0, 0.0, 1.0, 0.0, of.rise], self.text);
        let [a, b, c, d, x, y] = times(placed, of.matrix);
        let size = of.size.abs() * c.hypot(d);
        let length = wide * a.hypot(b);
        self.advance(wide);
        self.has_unknown |= !known && letters > 0;
        if let Some((_, Some(actual))) = self.marks.last_mut() {
            // It replaces all that is drawn in it.
            text = std::mem::take(actual);
        }
        let artifact = self.marks.iter().any(|(artifact, _)| *artifact);
        let mut shown = String::with_capacity(text.len());
        text.chars().for_each(|c| spell(&mut shown, c));
        // What lies aslant is a mark over the page, not text of it.
        let aslant = a.abs().min(b.abs()) > 0.2 * a.abs().max(b.abs());
        if !known
            || artifact
            || aslant
            || shown.is_empty()
            || !(size.is_finite() && length.is_finite())
        {
            return;
        }
        let (turned, left, base) = match (a.abs() >= b.abs(), a >= 0.0, b >= 0.0) {
            (true, true, _) => (0, x, y),
            (true, false, _) => (2, -x, -y),
            (false, _, true) => (1, y, -x),
            (false, _, false) => (3, -y, x),
        };
        self.bytes += shown.len();
        let right = left + length.max(0.0);
        let size = if size > 0.0 { size } else { 1.0 };
        let mut piece = Piece { text: shown, left, right, base, size, bold, turned, raised: false };
        if let Some(before) = self.pieces.last().filter(|before| piece.is_raised_on(before)) {
            (piece.base, piece.raised) = (before.base, true);
        }
        self.pieces.push(piece);
    }
}

fn start<'d>() -> State<'d> {
    State {
        matrix: UNIT,
        font: None,
        size: 1.0,
        spacing: 0.0,
        word_spacing: 0.0,
        stretch: 1.0,
        leading: 0.0,
        rise: 0.0,
    }
}

/// Adds a letter; a ligature as the letters that it is of.
fn spell(text: &mut String, c: char) {
    match c {
        'ﬀ' => text.push_str("ff"),
        'ﬁ' => text.push_str("fi"),
        'ﬂ' => text.push_str("fl"),
        'ﬃ' => text.push_str("ffi"),
        'ﬄ' => text.push_str("ffl"),
        'ﬅ' | 'ﬆ' => text.push_str("st"),
        // Bullets of Symbol and Wingdings, which have no letters of their own.
        '\u{f0b7}' | '\u{f0a7}' | '\u{f0a8}' | '\u{f0d8}' | '\u{f0fc}' | '\u{f076}' => {
            text.push('•');
        }
        c if c.is_control() => {}
        c => text.push(c),
    }
}

fn find<'d>(
    pdf: &'d Pdf,
    resources: &[&'d Dictionary],
    kind: &[u8],
    name: &[u8],
) -> Option<&'d Object> {
    find_with_id(pdf, resources, kind, name).map(|(_, object)| object)
}

fn find_with_id<'d>(
    pdf: &'d Pdf,
    resources: &[&'d Dictionary],
    kind: &[u8],
    name: &[u8],
) -> Option<(Option<ObjectId>, &'d Object)> {
    resources.iter().find_map(|resources| {
        let all = resources.get_deref(kind, pdf).ok()?.as_dict().ok()?;
        pdf.dereference(all.get(name).ok()?).ok()
    })
}
