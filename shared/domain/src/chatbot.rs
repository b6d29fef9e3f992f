//! A chatbot: bot, project or site, depending on who asks.

use serde_json::{Map, Value};

use crate::{ChatbotId, Error, IntegrationId, Result, Timestamp, WorkspaceId, bounds};

/// What a visitor reads when nothing relevant was found.
pub const REFUSAL: &str =
    "I don't know. I could not find anything about that in what I have been given to read.";

/// Below this confidence an answer is not given, unless a chatbot's settings name another
/// threshold. See `knowledge::search` for what it measures.
pub const DEFAULT_THRESHOLD: f64 = 0.5;
/// The setting that names a chatbot's own threshold: a number from 0 to 1; null is the default.
pub const THRESHOLD: &str = "confidenceThreshold";
/// The setting that says what AI backends may answer from: `knowledge` (default) or `anything`.
pub const ANSWER_FROM: &str = "answerFrom";
/// The setting that holds what AI backends are told by the owner: up to [`INSTRUCTIONS`] characters.
pub const INSTRUCTIONS_SETTING: &str = "instructions";
/// See [`INSTRUCTIONS_SETTING`].
pub const INSTRUCTIONS: (usize, usize) = (0, 4_000);
/// The setting that says whether a stored pair that asks the same answers before any AI backend: true
/// (default) or false.
pub const PAIRS_FIRST: &str = "pairsFirst";
/// The setting that says whether what leads to an answer is kept for the owner: true or false (default).
pub const TRACES: &str = "traces";

/// What AI backends may answer from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnswerFrom {
    /// From the chatbot's knowledge alone.
    #[default]
    Knowledge,
    /// From whatever the model knows, too.
    Anything,
}

impl AnswerFrom {
    /// The value of the setting, if it is one.
    fn of(value: &Value) -> Option<Self> {
        match value.as_str()? {
            "knowledge" => Some(Self::Knowledge),
            "anything" => Some(Self::Anything),
            _ => None,
        }
    }
}

/// From this confidence on it offers what may have been meant, unless settings say otherwise.
pub const DEFAULT_NEAR_THRESHOLD: f64 = 0.2;
/// The setting that names a chatbot's own threshold for offers: a number from 0 to 1; null is the
/// default.
pub const NEAR_THRESHOLD: &str = "nearThreshold";
/// The setting for small talk: `false` for none; an object with texts of its own, by intent
/// (`{"greeting": "…"}`), or by language and intent (`{"de": {"greeting": "…"}}`).
pub const SMALL_TALK: &str = "smallTalk";
/// The setting with the questions that a widget suggests: up to [`MAX_SUGGESTIONS`]; where it is absent
/// or null, those of stored pairs.
pub const SUGGESTED_QUESTIONS: &str = "suggestedQuestions";
/// Questions that a widget suggests.
pub const MAX_SUGGESTIONS: usize = 6;
/// Characters of each.
const SUGGESTION: (usize, usize) = (1, 120);
/// Characters of such a text.
const SMALL_TALK_TEXT: usize = 1_000;

/// A chatbot with its configuration. What it knows and what was said to it hang on its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Chatbot {
    /// The same id in every dialect.
    pub id: ChatbotId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// 1 to 100 characters.
    pub name: String,
    /// Free text, may be empty.
    pub description: String,
    /// A disabled chatbot refuses to chat.
    pub disabled: bool,
    /// Free JSON of the organization's own; merged deeply on a patch.
    pub settings: Map<String, Value>,
    /// First 14 characters of its openbat key and `...`.
    pub api_key_prefix: String,
    /// Grows with every change of what it knows; names the index that is current.
    pub index_version: u64,
    /// Its AI backends.
    pub integrations: Vec<IntegrationId>,
    /// Grows with every change of its AI backends.
    pub integrations_version: u64,
    /// Its owner switched the chat on web pages off: it has web channels, and none of them is connected.
    pub is_web_off: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its configuration last changed.
    pub updated_at: Timestamp,
}

impl Chatbot {
    /// Below this confidence it says that it doesn't know.
    pub fn threshold(&self) -> f64 {
        let own = self.settings.get(THRESHOLD).and_then(Value::as_f64);
        own.unwrap_or(DEFAULT_THRESHOLD)
    }

    /// From this confidence on it offers what may have been meant.
    pub fn near_threshold(&self) -> f64 {
        let own = self.settings.get(NEAR_THRESHOLD).and_then(Value::as_f64);
        own.unwrap_or(DEFAULT_NEAR_THRESHOLD)
    }

    /// Whether it answers small talk.
    pub fn has_small_talk(&self) -> bool {
        self.settings.get(SMALL_TALK) != Some(&Value::Bool(false))
    }

    /// Its own text for the small talk called `intent` in the language with this code, if it has one.
    pub fn small_talk(&self, intent: &str, language: &str) -> Option<&str> {
        let own = self.settings.get(SMALL_TALK)?;
        let text = own.get(language).and_then(|own| own.get(intent)).or_else(|| own.get(intent));
        text.and_then(Value::as_str)
    }

    /// The questions that its widget suggests, if its owner chose any.
    pub fn suggested_questions(&self) -> Option<Vec<String>> {
        let chosen = self.settings.get(SUGGESTED_QUESTIONS)?.as_array()?;
        Some(chosen.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// What its AI backends may answer from.
    pub fn answer_from(&self) -> AnswerFrom {
        self.settings.get(ANSWER_FROM).and_then(AnswerFrom::of).unwrap_or_default()
    }

    /// What its AI backends are told by its owner.
    pub fn instructions(&self) -> &str {
        self.settings.get(INSTRUCTIONS_SETTING).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether a stored pair that asks the same answers before any AI backend.
    pub fn pairs_first(&self) -> bool {
        self.settings.get(PAIRS_FIRST).and_then(Value::as_bool).unwrap_or(true)
    }

    /// Whether what leads to its answers is kept.
    pub fn traces(&self) -> bool {
        self.settings.get(TRACES).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// What is needed to make one.
#[derive(Debug, Clone, PartialEq)]
pub struct NewChatbot {
    /// See [`Chatbot::name`].
    pub name: String,
    /// See [`Chatbot::description`].
    pub description: String,
    /// See [`Chatbot::disabled`].
    pub disabled: bool,
    /// See [`Chatbot::settings`].
    pub settings: Map<String, Value>,
}

impl NewChatbot {
    /// Checks the bounds of a name and a description. It is active and has no settings.
    pub fn new(name: Option<&str>, description: Option<&str>) -> Result<Self> {
        Ok(Self {
            name: bounds::text("name", bounds::required("name", name)?, bounds::NAME)?,
            description: bounds::text(
                "description",
                description.unwrap_or_default(),
                bounds::DESCRIPTION,
            )?,
            disabled: false,
            settings: Map::new(),
        })
    }
}

/// A change; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChatbotPatch {
    /// A new name.
    pub name: Option<String>,
    /// A new description.
    pub description: Option<String>,
    /// Switch it off or on.
    pub disabled: Option<bool>,
    /// Settings to merge into those that are there.
    pub settings: Option<Map<String, Value>>,
}

impl ChatbotPatch {
    /// Checks the bounds of what is there.
    pub fn new(
        name: Option<&str>,
        description: Option<&str>,
        disabled: Option<bool>,
        settings: Option<Map<String, Value>>,
    ) -> Result<Self> {
        Ok(Self {
            name: name.map(|v| bounds::text("name", v, bounds::NAME)).transpose()?,
            description: description
                .map(|v| bounds::text("description", v, bounds::DESCRIPTION))
                .transpose()?,
            disabled,
            settings,
        })
    }

    /// Nothing to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Carries the change out on `chatbot`; refuses settings that would grow past their bounds.
    pub fn apply(self, chatbot: &mut Chatbot, at: Timestamp) -> Result<()> {
        let Self { name, description, disabled, settings } = self;
        if let Some(patch) = settings {
            let mut merged = Value::Object(std::mem::take(&mut chatbot.settings));
            merge(&mut merged, Value::Object(patch));
            check_settings(&merged)?;
            if let Value::Object(map) = merged {
                chatbot.settings = map;
            }
        }
        chatbot.name = name.unwrap_or_else(|| std::mem::take(&mut chatbot.name));
        chatbot.description =
            description.unwrap_or_else(|| std::mem::take(&mut chatbot.description));
        chatbot.disabled = disabled.unwrap_or(chatbot.disabled);
        chatbot.updated_at = at;
        Ok(())
    }
}

/// Objects merge; everything else, null too, replaces what was there.
pub fn merge(into: &mut Value, patch: Value) {
    match (into, patch) {
        (Value::Object(into), Value::Object(patch)) => {
            for (key, value) in patch {
                match into.get_mut(&key) {
                    Some(old) if old.is_object() && value.is_object() => merge(old, value),
                    _ => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (into, patch) => *into = patch,
    }
}

/// Settings have a size and a depth, and those that the platform reads have their types and bounds.
pub fn check_settings(settings: &Value) -> Result<()> {
    if settings.to_string().len() > bounds::SETTINGS_BYTES {
        let max = bounds::SETTINGS_BYTES;
        return Err(Error::field("settings", format!("must have at most {max} bytes as JSON")));
    }
    if bounds::depth(settings) > bounds::SETTINGS_DEPTH {
        let max = bounds::SETTINGS_DEPTH;
        return Err(Error::field("settings", format!("must nest at most {max} levels deep")));
    }
    for name in [THRESHOLD, NEAR_THRESHOLD] {
        let value = settings.get(name).filter(|value| !value.is_null());
        if value.is_some_and(|value| !value.as_f64().is_some_and(|t| (0.0..=1.0).contains(&t))) {
            let field = format!("settings.{name}");
            return Err(Error::field(&field, "must be a number from 0 to 1, or null"));
        }
    }
    check_small_talk(settings.get(SMALL_TALK))?;
    check_suggestions(settings.get(SUGGESTED_QUESTIONS))?;
    check_backend_settings(settings)
}

/// On or off, or texts by intent, or by language and intent.
fn check_small_talk(own: Option<&Value>) -> Result<()> {
    let is_text = |value: &Value| {
        value.is_null()
            || value.as_str().is_some_and(|text| text.chars().count() <= SMALL_TALK_TEXT)
    };
    let is_sound = match own {
        None | Some(Value::Null | Value::Bool(_)) => true,
        Some(Value::Object(own)) => own.values().all(|value| match value {
            Value::Object(texts) => texts.values().all(is_text),
            value => is_text(value),
        }),
        Some(_) => false,
    };
    let field = format!("settings.{SMALL_TALK}");
    let message = format!(
        "must be true, false, null, or an object of texts of at most {SMALL_TALK_TEXT} characters"
    );
    if is_sound { Ok(()) } else { Err(Error::field(&field, message)) }
}

/// What AI backends are told.
fn check_suggestions(value: Option<&Value>) -> Result<()> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(()) };
    let (least, most) = SUGGESTION;
    let fits = |question: &Value| {
        let text = question.as_str().map(str::trim);
        text.is_some_and(|text| (least..=most).contains(&text.chars().count()))
    };
    match value.as_array() {
        Some(all) if all.len() <= MAX_SUGGESTIONS && all.iter().all(fits) => Ok(()),
        _ => {
            let what = format!(
                "must be a list of up to {MAX_SUGGESTIONS} questions of {least} to {most} characters"
            );
            Err(Error::field(format!("settings.{SUGGESTED_QUESTIONS}"), what))
        }
    }
}

fn check_backend_settings(settings: &Value) -> Result<()> {
    let given = |name: &str| settings.get(name).filter(|value| !value.is_null());
    let refused = |name: &str, why: String| Err(Error::field(format!("settings.{name}"), why));
    if given(ANSWER_FROM).is_some_and(|value| AnswerFrom::of(value).is_none()) {
        return refused(ANSWER_FROM, "must be one of knowledge, anything, or null".to_owned());
    }
    for name in [PAIRS_FIRST, TRACES] {
        if given(name).is_some_and(|value| !value.is_boolean()) {
            return refused(name, "must be true, false or null".to_owned());
        }
    }
    let (_, max) = INSTRUCTIONS;
    let fits = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() <= max);
    if given(INSTRUCTIONS_SETTING).is_some_and(|value| !fits(value)) {
        let why = format!("must be text of at most {max} characters, or null");
        return refused(INSTRUCTIONS_SETTING, why);
    }
    Ok(())
}

/// The name of a copy: ` (copy)` at the end, shortened in front of it where it would not fit.
pub fn copy_name(name: &str) -> String {
    const SUFFIX: &str = " (copy)";
    let room = bounds::NAME.1 - SUFFIX.chars().count();
    let kept: String = name.chars().take(room).collect();
    format!("{}{SUFFIX}", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn suggested_questions_are_few_and_short() {
        let check = |value: Value| check_settings(&json!({ SUGGESTED_QUESTIONS: value }));
        for fits in [json!(null), json!([]), json!(["a", "b", "c", "d", "e", "f"])] {
            assert!(check(fits).is_ok());
        }
        let long = "x".repeat(121);
        for wrong in [
            json!("a"),
            json!([1]),
            json!([" "]),
            json!([long]),
            json!(["a", "a", "a", "a", "a", "a", "a"]),
        ] {
            let said = check(wrong.clone()).unwrap_err().to_string();
            assert!(said.contains("suggestedQuestions"), "{wrong}: {said}");
        }
    }

    #[test]
    fn settings_merge_deeply_and_null_is_a_value() {
        let mut settings = json!({"a": {"b": 1, "c": [1, 2]}, "d": true});
        merge(&mut settings, json!({"a": {"b": null, "c": [3]}, "e": {"f": 1}, "d": {"g": 2}}));
        assert_eq!(settings, json!({"a": {"b": null, "c": [3]}, "d": {"g": 2}, "e": {"f": 1}}));
    }

    #[test]
    fn small_talk_is_on_and_a_team_has_texts_of_its_own() {
        for good in [
            json!(null),
            json!(true),
            json!({"greeting": "Hi!"}),
            json!({"de": {"thanks": "Gern."}}),
        ] {
            assert!(check_settings(&json!({ SMALL_TALK: good })).is_ok());
        }
        let long = "x".repeat(1_001);
        for bad in [json!(1), json!("no"), json!({"greeting": 1}), json!({"de": {"thanks": long}})]
        {
            let refused = check_settings(&json!({ SMALL_TALK: bad })).unwrap_err();
            assert!(refused.message.contains("true, false, null"), "{refused}");
        }
        assert!(check_settings(&json!({ NEAR_THRESHOLD: 1.5 })).is_err());
    }

    #[test]
    fn settings_have_bounds() {
        let mut deep = json!(1);
        for _ in 0..17 {
            deep = json!({ "a": deep });
        }
        assert!(check_settings(&deep).unwrap_err().message.contains("16 levels"));
        assert!(check_settings(&json!({"a": "x".repeat(70_000)})).is_err());
        assert!(check_settings(&json!({"a": {"b": [1, 2, 3]}})).is_ok());
        for (name, right, wrong) in [
            ("answerFrom", json!("anything"), json!("web")),
            ("pairsFirst", json!(false), json!("no")),
            ("traces", json!(true), json!(1)),
            ("instructions", json!("x".repeat(4_000)), json!("x".repeat(4_001))),
        ] {
            assert!(check_settings(&json!({ name: right })).is_ok());
            assert!(check_settings(&json!({ name: null })).is_ok());
            let error = check_settings(&json!({ name: wrong })).unwrap_err();
            assert_eq!(error.fields[0].field, format!("settings.{name}"));
        }
    }

    #[test]
    fn a_copy_always_has_a_valid_name() {
        assert_eq!(copy_name("Lead Gen Bot"), "Lead Gen Bot (copy)");
        let long = copy_name(&"é".repeat(100));
        assert_eq!(long.chars().count(), 100);
        assert!(long.ends_with("é (copy)"));
    }
}
