mod chatbotplatform;
mod colloquy;
