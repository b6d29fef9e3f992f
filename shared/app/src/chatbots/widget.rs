//! The widget's configuration: read and changed.

use domain::{
    ChatbotId, Error, Feature, Principal, Result, SourceKind, Widget, WidgetFields,
    chatbot::MAX_SUGGESTIONS, conversation::shorten,
};

use crate::App;

/// The newest sources, among which pairs are looked for.
const SOURCES_LOOKED_AT: u32 = 25;
/// Characters of a suggestion.
const LONGEST: usize = 120;

impl App {
    /// How a chatbot's widget looks.
    pub async fn widget(&self, principal: &Principal, chatbot: ChatbotId) -> Result<Widget> {
        let (bot, set) = tokio::try_join!(
            self.chatbot(principal.workspace_id, chatbot),
            self.store.widget(chatbot)
        )?;
        Ok(Widget::new(set, &bot.name))
    }

    /// The same with the questions that it suggests: those that its owner chose, or those of the newest
    /// pairs.
    pub async fn widget_with_suggestions(
        &self,
        principal: &Principal,
        chatbot: ChatbotId,
    ) -> Result<(Widget, Vec<String>)> {
        let (bot, set) = tokio::try_join!(
            self.chatbot(principal.workspace_id, chatbot),
            self.store.widget(chatbot)
        )?;
        let suggested = match bot.suggested_questions() {
            Some(chosen) => chosen,
            None => {
                let newest = self.store.newest_sources(chatbot, SOURCES_LOOKED_AT).await?;
                let pairs = newest.into_iter().filter(|source| source.kind == SourceKind::Qa);
                pairs.map(|source| shorten(&source.name, LONGEST)).take(MAX_SUGGESTIONS).collect()
            }
        };
        Ok((Widget::new(set, &bot.name), suggested))
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
