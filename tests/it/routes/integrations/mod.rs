mod chatbotplatform;
