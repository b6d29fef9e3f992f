//! The widget's configuration: read and changed.

use domain::{ChatbotId, Error, Feature, Principal, Result, Widget, WidgetFields};

use crate::App;

impl App {
    /// How a chatbot's widget looks.
    pub async fn widget(&self, principal: &Principal, chatbot: ChatbotId) -> Result<Widget> {
        let (bot, set) = tokio::try_join!(
            self.chatbot(principal.workspace_id, chatbot),
            self.store.widget(chatbot)
        )?;
        Ok(Widget::new(set, &bot.name))
    }

    /// Sets some of its fields; how it looks then. To hide whose platform it is needs a plan that
    /// has that.
    pub async fn update_widget(
        &self,
        principal: &Principal,
        chatbot: ChatbotId,
        fields: WidgetFields,
    ) -> Result<Widget> {
        if fields.show_branding == Some(false) {
            self.require(principal, Feature::UnbrandedWidget)?;
        }
        match self.store.update_widget(principal.workspace_id, chatbot, &fields).await? {
            true => self.widget(principal, chatbot).await,
            false => Err(Error::unauthorized()),
        }
    }
}
