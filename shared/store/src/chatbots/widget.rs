//! Widgets: the fields that were set. Those that were not have no attribute, so that a default that
//! changes changes with them.

use domain::{ChatbotId, Error, Result, WidgetFields, WidgetPosition, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    keys, table::client::Store, table::conversions::item_conversions, table::write::Write,
};

macro_rules! widget_item {
    ($($field:ident: $type:ty),+ $(,)?) => {
        #[derive(Default, Serialize, Deserialize)]
        pub(crate) struct WidgetItem {
            $(
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $field: Option<$type>,
            )+
        }

        item_conversions!(WidgetItem, WidgetFields { $($field),+ });
    };
}

widget_item! {
    primary_color: String,
    primary_foreground: String,
    background_color: String,
    foreground_color: String,
    secondary_color: String,
    secondary_foreground: String,
    position: WidgetPosition,
    greeting: String,
    bot_name: String,
    show_branding: bool,
    ai_language: String,
    input_placeholder: String,
    typing_text: String,
    online_text: String,
    handoff_text: String,
    handoff_sent_text: String,
    email_placeholder: String,
    email_send_text: String,
    email_skip_text: String,
    feedback_yes_text: String,
    feedback_no_text: String,
    error_text: String,
    network_error_text: String,
}

impl Store {
    /// The fields of a chatbot's widget that were set.
    pub async fn widget(&self, chatbot: ChatbotId) -> Result<WidgetFields> {
        let found: Option<WidgetItem> = self.get(&keys::widget(chatbot), true).await?;
        Ok(found.unwrap_or_default().into())
    }

    /// Sets those of `fields` that are there, each by itself, so that changes at once all apply;
    /// whether there is such a chatbot.
    pub async fn update_widget(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        fields: &WidgetFields,
    ) -> Result<bool> {
        let attributes: Map<String, Value> =
            match serde_json::to_value(WidgetItem::from(fields)).map_err(Error::internal)? {
                Value::Object(attributes) if !attributes.is_empty() => attributes,
                _ => return Err(Error::internal("a change of a widget without a field")),
            };
        // By `#names`, since DynamoDB reserves some.
        let set: Vec<String> = attributes.keys().map(|name| format!("#{name} = :{name}")).collect();
        let mut update = Write::update(keys::widget(chatbot), format!("SET {}", set.join(", ")));
        for (name, value) in &attributes {
            update = update.name(name, name).value(name, value)?;
        }
        let writes = vec![Write::check(keys::chatbot(workspace, chatbot)).if_present(), update];
        Ok(self.transact(writes).await?.is_done())
    }
}
