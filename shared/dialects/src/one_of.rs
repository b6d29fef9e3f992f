//! What clients are told of values that wire types hold as text: closed sets, and text of a form.

/// Types that are nothing but a schema: their name in the document, and what makes it. A field of a
/// wire type names one with `value_type`.
macro_rules! described {
    ($($(#[$doc:meta])* $name:ident, $schema:literal: $made:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $made.into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                $schema.into()
            }
        }
    )*};
}

/// The same for closed sets: the kind of their values, and these.
macro_rules! one_of {
    ($($(#[$doc:meta])* $name:ident, $schema:literal, $kind:ident: $values:expr;)*) => {
        $crate::one_of::described! {$(
            $(#[$doc])*
            $name, $schema: utoipa::openapi::schema::ObjectBuilder::new()
                .schema_type(utoipa::openapi::schema::Type::$kind)
                .enum_values(Some($values));
        )*}
    };
}

pub(crate) use described;
pub(crate) use one_of;
