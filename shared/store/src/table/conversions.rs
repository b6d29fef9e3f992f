//! Conversions between a stored item and the entity it mirrors.

/// Writes both conversions of `$item` and `$entity`, whose fields have the same names. Both sides
/// are taken apart field by field, so that a new field on either fails to compile until it is
/// placed. What only the item has is given after `+`, computed from the entity (`from`).
macro_rules! item_conversions {
    ($item:ident, $entity:ident { $($field:ident),+ $(,)? } $(+ $from:ident { $($extra:ident: $value:expr),+ $(,)? })?) => {
        impl From<&$entity> for $item {
            fn from(from: &$entity) -> Self {
                $(
                    let $from = from;
                    // Not every such value looks at the entity.
                    let _ = $from;
                    $(let $extra = $value;)+
                )?
                let $entity { $($field),+ } = from.clone();
                Self { $($field,)+ $($($extra,)+)? }
            }
        }

        impl From<$item> for $entity {
            fn from(from: $item) -> Self {
                let $item { $($field,)+ $($($extra: _,)+)? } = from;
                Self { $($field),+ }
            }
        }
    };
}

pub(crate) use item_conversions;
