//! Conversations as months leave them behind: what was asked when, and what became of it. The same
//! in each run, but for ids and the present moment.

use domain::{
    ChatbotId, Conversation, ConversationId, Dialect, MessageId, SourceId, Timestamp, Turn,
    WorkspaceId,
    conversation::{Citation, FIRST_MESSAGE, shorten},
};

/// Over how many days they are spread, up to now.
pub const DAYS: i64 = 60;
/// Days (the latest is 0) on which eight times as many begin as on others.
const BUSY: [i64; 5] = [0, 7, 21, 22, 40];
const BUSY_WEIGHT: i64 = 8;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

const SUBJECTS: [&str; 20] = [
    "a failed delivery",
    "the annual invoice",
    "an order that was cancelled",
    "the garden tour",
    "a lost membership card",
    "the mobile app",
    "parking behind the house",
    "a group booking",
    "the audio guide",
    "a gift voucher",
    "the newsletter",
    "wheelchair access",
    "the café",
    "a refund",
    "the opening hours on holidays",
    "my saved addresses",
    "two-step sign-in",
    "the workshop for children",
    "shipping abroad",
    "a broken link in the e-mail",
];
const OPENINGS: [&str; 20] = [
    "When do I hear back about",
    "How much does it cost to change",
    "Who can help me with",
    "Where do I find more about",
    "Can I still get",
    "What happens if I don't pay for",
    "Is there a discount on",
    "How do I cancel",
    "Why can't I see",
    "Do you offer",
    "What do I need to bring for",
    "How long does it take to arrange",
    "May somebody else use",
    "Is it possible to move",
    "How do I complain about",
    "Which documents are needed for",
    "What are the rules for",
    "Can I pay by card for",
    "How far ahead can I book",
    "Does my ticket include",
];

/// The same numbers in each run.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// From a number.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of 0 to `most` - 1.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % most.max(1)
    }

    fn percent(&mut self, of: u64) -> bool {
        self.below(100) < of
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let at = self.below(u64::try_from(all.len()).unwrap_or(1));
        all.get(usize::try_from(at).unwrap_or(0)).copied()
    }
}

/// A conversation that was held, and what became of it.
#[derive(Debug, Clone)]
pub struct Held {
    /// As it was when its first turn was stored.
    pub opened: Conversation,
    /// Its turns, none of them rated yet.
    pub turns: Vec<Turn>,
    /// The rating of its first answer.
    pub rating: Option<i8>,
    /// Whether a person was requested.
    pub handed_off: bool,
    /// Whether contact details were left.
    pub lead: bool,
}

/// Whose conversations they are.
#[derive(Debug, Clone, Copy)]
pub struct With {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its chatbot.
    pub chatbot: ChatbotId,
    /// The source that answers are drawn from.
    pub source: SourceId,
}

/// When `count` conversations begin, oldest first; the last one a moment before `now`.
pub fn times(count: u32, now: Timestamp, random: &mut Random) -> Vec<Timestamp> {
    let weight = |day: i64| if BUSY.contains(&day) { BUSY_WEIGHT } else { 1 };
    let days: Vec<i64> = (0..DAYS).flat_map(|day| (0..weight(day)).map(move |_| day)).collect();
    let day_millis = DAY_MILLIS.unsigned_abs();
    let mut all: Vec<Timestamp> = (1..count)
        .map(|_| {
            let day = random.one_of(&days).unwrap_or(0);
            let within = i64::try_from(random.below(day_millis)).unwrap_or(0);
            Timestamp::from_millis(now.millis() - day * DAY_MILLIS - within - 2_000)
        })
        .chain((count > 0).then(|| Timestamp::from_millis(now.millis() - 2_000)))
        .collect();
    all.sort_unstable();
    all
}

/// A conversation that began at `at`.
pub fn held(with: With, at: Timestamp, random: &mut Random) -> Held {
    let id = ConversationId::at(at);
    let dialect = if random.percent(40) { Dialect::Helpbot } else { Dialect::Botplot };
    let visitor = random.below(50_000);
    let more = u64::from(dialect == Dialect::Botplot && random.percent(40));
    let turns: Vec<Turn> = (0..=more)
        .map(|n| {
            let later = i64::try_from(n * (20_000 + random.below(60_000))).unwrap_or(0);
            turn(with, id, Timestamp::from_millis(at.millis() + later), n == 0, random)
        })
        .collect();
    let question = turns.first().map(|turn| turn.question.clone()).unwrap_or_default();
    let answered_at = turns.first().map_or(at, |turn| turn.answered_at);
    let opened = Conversation {
        visitor_id: format!("visitor-{visitor}"),
        session_id: (dialect == Dialect::Helpbot).then(|| format!("session-{visitor}")),
        message_count: 2,
        first_message: shorten(&question, FIRST_MESSAGE),
        updated_at: answered_at,
        ..Conversation::begun(id, with.chatbot, with.workspace, dialect, at)
    };
    let rating = random.percent(8).then(|| if random.percent(75) { 1 } else { -1 });
    Held { opened, turns, rating, handed_off: random.percent(3), lead: random.percent(2) }
}

fn turn(
    with: With,
    conversation: ConversationId,
    at: Timestamp,
    opens: bool,
    random: &mut Random,
) -> Turn {
    let opening = random.one_of(&OPENINGS).unwrap_or_default();
    let subject = random.one_of(&SUBJECTS).unwrap_or_default();
    let unanswered = random.percent(6);
    let answer = match unanswered {
        true => "I don't know the answer to that.".to_owned(),
        false => format!(
            "About {subject}: write to the front desk, which answers within a working day, or come \
             by between ten and six. Have your booking number ready; without one we find you by \
             your name and the day. What it costs is on the price list, and nothing is charged \
             before you have agreed to it."
        ),
    };
    let citation = || Citation {
        source_id: with.source,
        url: Some(format!("https://www.example.com/help/{}", subject.replace(' ', "-"))),
        title: format!("Help: {subject}"),
    };
    Turn {
        id: if opens { conversation.opening() } else { MessageId::at(at) },
        question_id: MessageId::at(at),
        conversation_id: conversation,
        chatbot_id: with.chatbot,
        workspace_id: with.workspace,
        question: format!("{opening} {subject}?"),
        answer,
        citations: if unanswered { Vec::new() } else { vec![citation()] },
        confidence: if unanswered { 0.1 } else { 0.8 },
        unanswered,
        backend: None,
        rating: None,
        rated_at: None,
        asked_at: at,
        answered_at: Timestamp::from_millis(at.millis() + 300),
    }
}
