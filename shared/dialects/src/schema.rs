//! Schemas of values that many wire types have, with the bounds that the domain holds them to.
//! What may be left out may be null too: a parser takes both for absent.

use domain::{ConversationStatus, Plan, WebhookStatus, bounds, conversation::Platform};
use serde_json::Value;
use utoipa::openapi::{
    Array, ArrayBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::{SchemaType, Type},
};

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn nullable(builder: ObjectBuilder, kind: Type) -> Object {
    builder.schema_type(SchemaType::from_iter([kind, Type::Null])).build()
}

/// Blank text counts as empty, and NUL is refused.
pub fn text((min, max): (usize, usize)) -> ObjectBuilder {
    let some = if min == 0 { "" } else { r"[^\s\x00][^\x00]*" };
    let least = (min > 0).then_some(min);
    let pattern = format!(r"^[^\x00]*{some}$");
    string().min_length(least).max_length(Some(max)).pattern(Some(pattern))
}

/// An id of ours.
pub fn id() -> Object {
    string().format(Some(SchemaFormat::Custom("uuid".to_owned()))).build()
}

/// An id of ours, or none.
pub fn id_or_null() -> Object {
    nullable(string().format(Some(SchemaFormat::Custom("uuid".to_owned()))), Type::String)
}

/// A point in time.
pub fn time() -> Object {
    string().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).build()
}

/// A point in time, or none.
pub fn time_or_null() -> Object {
    nullable(string().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))), Type::String)
}

/// The cursor of a list that has no pages.
pub fn cursor() -> Object {
    string().pattern(Some(CURSOR)).build()
}

/// The same, or none.
pub fn cursor_or_null() -> Object {
    nullable(string().pattern(Some(CURSOR)), Type::String)
}

const CURSOR: &str = "^[0-9a-f]{44}$";

/// A day.
pub fn day() -> Object {
    string().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))).build()
}

/// One of a closed set.
pub fn one_of<'a>(values: impl IntoIterator<Item = &'a str>) -> Object {
    string().enum_values(Some(values)).build()
}

/// One of a closed set, or none.
pub fn one_of_or_null<'a>(values: impl IntoIterator<Item = &'a str>) -> Object {
    let values = values.into_iter().map(Value::from).chain([Value::Null]);
    nullable(ObjectBuilder::new().enum_values(Some(values)), Type::String)
}

/// The name of a chatbot or a workspace.
pub fn name() -> Object {
    text(bounds::NAME).build()
}

/// A chatbot's new name, or none.
pub fn name_or_null() -> Object {
    nullable(text(bounds::NAME), Type::String)
}

/// A chatbot's description, or none.
pub fn description_or_null() -> Object {
    nullable(text(bounds::DESCRIPTION), Type::String)
}

/// A webhook's description, or none.
pub fn note_or_null() -> Object {
    nullable(text(bounds::NOTE), Type::String)
}

fn web_url() -> ObjectBuilder {
    string()
        .format(Some(SchemaFormat::Custom("uri".to_owned())))
        .pattern(Some("^https?://"))
        .max_length(Some(bounds::URL_LENGTH))
        .description(Some("https, of a public host; http in the local run alone."))
}

/// A webhook's endpoint.
pub fn endpoint() -> Object {
    web_url().build()
}

/// A webhook's new endpoint, or none.
pub fn endpoint_or_null() -> Object {
    nullable(web_url(), Type::String)
}

/// At least one of `known` events.
pub fn events(known: &[&str]) -> Array {
    let items = one_of(known.iter().copied());
    ArrayBuilder::new().items(items).min_items(Some(1)).build()
}

/// At least one of `known` events, or null.
pub fn events_or_null(known: &[&str]) -> Array {
    let kind = SchemaType::from_iter([Type::Array, Type::Null]);
    ArrayBuilder::from(events(known)).schema_type(kind).build()
}

/// Whether a chatbot or a webhook is switched on.
pub fn status() -> Object {
    one_of(statuses())
}

/// The same in a request.
pub fn status_or_null() -> Object {
    one_of_or_null(statuses())
}

fn statuses() -> [&'static str; 2] {
    [WebhookStatus::Active, WebhookStatus::Disabled].map(WebhookStatus::name)
}

/// The status of a conversation.
pub fn conversation_status() -> Object {
    one_of(ConversationStatus::ALL.map(ConversationStatus::name))
}

/// Where a visitor talks to a chatbot.
pub fn platform() -> Object {
    one_of(Platform::ALL.map(Platform::name))
}

/// What a workspace may use.
pub fn plan() -> Object {
    one_of(Plan::ALL.map(Plan::name))
}

/// A number from `min` to `max`, `default` where it is left out.
pub fn count(default: u32, (min, max): (u32, u32)) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(min))
        .maximum(Some(max))
        .default(Some(default.into()))
        .build()
}

/// A whole number from `min` to `max`, or none; `default` where it is left out.
pub fn whole_or_null((min, max): (u32, u32), default: Option<u32>) -> Object {
    let number = ObjectBuilder::new().minimum(Some(min)).maximum(Some(max));
    nullable(number.default(default.map(Into::into)), Type::Integer)
}

/// True or false.
pub fn truth() -> Object {
    ObjectBuilder::new().schema_type(Type::Boolean).build()
}

/// Text within these bounds, or none.
pub fn text_or_null(bounds: (usize, usize)) -> Object {
    nullable(text(bounds), Type::String)
}

/// A web address or nothing at all: an empty text, or none.
pub fn url_or_null() -> Object {
    let url = string().pattern(Some(r"^(https?://.+)?$")).max_length(Some(bounds::URL_LENGTH));
    nullable(url, Type::String)
}

/// Printable ASCII within these bounds, or none.
pub fn printable_or_null((_, max): (usize, usize)) -> Object {
    nullable(string().pattern(Some("^[ -~]*$")).max_length(Some(max)), Type::String)
}

/// Any number from 0.
pub fn count_from_zero() -> Object {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(u32::MAX)).build()
}

/// An e-mail address to sign up or in with.
pub fn email() -> Object {
    // The form that `bounds::email` looks for, as far as it has no white space around it.
    string().max_length(Some(254)).pattern(Some(EMAIL)).build()
}

const EMAIL: &str = r"^[!-?A-~]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$";

/// An e-mail address that was given.
pub fn address() -> Object {
    string().description(Some("An e-mail address in lower case.")).build()
}

/// A password to be.
pub fn password() -> Object {
    let format = SchemaFormat::KnownFormat(KnownFormat::Password);
    string().format(Some(format)).min_length(Some(8)).max_length(Some(128)).build()
}

/// Parameters of a query, all of which may be left out: name, what it says, schema.
pub fn query(
    parameters: impl IntoIterator<Item = (&'static str, &'static str, Object)>,
) -> Vec<Parameter> {
    let parameter = |(name, says, schema): (&str, &str, Object)| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .description(Some(says))
            .schema(Some(schema))
            .build()
    };
    parameters.into_iter().map(parameter).collect()
}

/// Text of a query.
pub fn any_text() -> Object {
    string().build()
}
