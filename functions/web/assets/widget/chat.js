// A visit: what is said and by whom, who answers next, and what has to be asked of the platform.

import { cancel, doc, each, find, later, list, listen, min, now, push, text, win } from "./builtins.js";
import { failure } from "./api.js";
import { message, readMessage, source } from "./memory.js";

/** @typedef {import("./memory.js").Message} Message */
/** @typedef {import("./memory.js").Memory} Memory */
/**
 * What the window shows of a visit.
 * @typedef {object} View
 * @property {(message: Message) => void} show a new message, or one that has changed
 * @property {(message: Message | null) => void} typing the answer under way as far as it has come; null: none yet
 * @property {() => void} settled no answer is under way
 * @property {() => void} reset all messages again
 * @property {() => void} refresh the badge and the links below
 * @property {(what: string | Message) => void} announce to screen readers
 */

const FIRST_POLL = 4000;
const MAX_POLL = 60000;
// For this long a person's reply is looked for.
const AWAITED = 7 * 86400000;
const OFFER =
  /(did you mean|meinten sie|vouliez-vous dire|quería decir|intendeva|quis dizer|bedoelde u|имели в виду|mu demek istediniz|هل تقصد|क्या आपका मतलब था|您是不是想问)\s*[:：]$/i;

/**
 * Offers in an answer's text: a question and after it nothing but numbered lines.
 * @param {string} content
 * @returns {{ content: string, offers: string[] } | null}
 */
export const offersIn = (content) => {
  const lines = content.trim().split("\n");
  if (lines.length < 2 || lines.length > 4 || !OFFER.test(lines[0] ?? "")) return null;
  /** @type {string[]} */
  const offers = [];
  for (let at = 1; at < lines.length; at++) {
    const found = /^(\d)\. (.+)$/.exec(lines[at] ?? "");
    if (!found || Number(found[1]) !== at) return null;
    push(offers, found[2] ?? "");
  }
  return { content: lines[0] ?? "", offers };
};

/**
 * @param {import("./api.js").Platform} platform
 * @param {ReturnType<typeof import("./memory.js").memory>} memory
 * @param {import("./strings.js").Words} words
 * @param {string} language
 */
export const visit = (platform, memory, words, language) => {
  let state = memory.load();
  let busy = false;
  let timer = 0;
  let pause = FIRST_POLL;
  /** @type {View} */
  let view;

  const save = () => {
    state.at = now();
    memory.save(state);
  };
  /** @param {Message} one */
  const say = (one) => {
    push(state.messages, one);
    save();
    view.show(one);
    return one;
  };
  /** @param {string} content */
  const tell = (content) => {
    say(message({ role: "event", content }));
    view.announce(content);
  };
  /** @param {import("./api.js").Failure} why */
  const inWords = (why) =>
    text(words, why.why === "network" ? "networkErrorText" : why.why === "busy" ? "busy" : "errorText");

  /** What the platform has since the last message that is known. @param {Message} [answer] */
  const catchUp = async (answer) => {
    const conversation = state.handed || state.conversation;
    const token = state.handed ? state.handedToken : state.token;
    if (!conversation || !token) return false;
    const news = await platform.news(conversation, token, state.last);
    if (conversation !== (state.handed || state.conversation)) return false;
    let fresh = false;
    let changed = false;
    each(list(news, "messages"), (sent) => {
      const one = readMessage(sent);
      if (!one) return;
      changed = true;
      state.last = one.id || state.last;
      if (answer && one.id === answer.id) {
        answer.sources = one.sources;
        if (one.offers.length && !answer.offers.length) answer.offers = one.offers;
        view.show(answer);
      }
      if (one.role !== "agent" || find(state.messages, (known) => known.id === one.id)) return;
      fresh = true;
      one.conversation = conversation;
      if (!state.open) state.unread++;
      say(one);
      view.announce(one);
    });
    const live = text(news, "status") === "handed_off" ? 1 : 0;
    if (state.handed && live !== state.live) {
      changed = true;
      state.live = live;
    }
    if (!changed) return false;
    save();
    view.refresh();
    return fresh;
  };

  const poll = () => {
    cancel(timer);
    timer = 0;
    if (!state.handed || now() - state.at > AWAITED || doc.hidden) return;
    timer = later(
      async () => {
        timer = 0;
        let fresh = false;
        try {
          fresh = busy ? false : await catchUp();
        } catch (thrown) {
          const { why } = failure(thrown);
          // The conversation is gone, or its token is worth nothing any more.
          if (why === "gone" || why === "refused") state.handed = "";
        }
        pause = fresh ? FIRST_POLL : min(MAX_POLL, pause * 1.2);
        poll();
      },
      state.open ? pause : min(MAX_POLL, pause * 2),
    );
  };
  /** A visitor who does something may be answered soon. */
  const pollSoon = () => {
    pause = FIRST_POLL;
    poll();
  };

  /** @param {string} question @param {string} conversation */
  const ask = async (question, conversation) => {
    const answer = message({ role: "bot" });
    const got = await platform.ask(question, conversation, state.visitor, language, (content) => {
      answer.content = content;
      view.typing(answer);
    });
    answer.content = got.content;
    answer.id = got.message;
    answer.conversation = got.conversation;
    each(got.sources, (value) => {
      const one = source(value);
      if (one) push(answer.sources, one);
    });
    const offered = offersIn(got.content);
    if (offered) {
      answer.content = offered.content;
      answer.offers = offered.offers;
    }
    state.conversation = got.conversation;
    state.token = got.token || (conversation === got.conversation ? state.token : "");
    return answer;
  };

  /** @param {Message} mine */
  const deliver = async (mine) => {
    busy = true;
    mine.failed = "";
    view.show(mine);
    view.typing(null);
    try {
      if (state.live && state.handed) {
        try {
          const sent = await platform.write(state.handed, state.handedToken, mine.content);
          mine.id = text(sent, "id");
          return;
        } catch (thrown) {
          if (failure(thrown).why !== "gone") throw thrown;
          state.live = 0;
        }
      }
      /** @type {Message} */
      let answer;
      try {
        answer = await ask(mine.content, platform.streams ? state.conversation : "");
      } catch (thrown) {
        if (failure(thrown).why !== "gone" || !state.conversation) throw thrown;
        state.last = "";
        answer = await ask(mine.content, "");
      }
      if (!answer.content) return;
      say(answer);
      view.announce(answer);
      // Its sources and what else was meant come after it; the visitor may go on meanwhile.
      if (platform.streams) catchUp(answer).catch(() => {});
    } catch (thrown) {
      mine.failed = inWords(failure(thrown));
      view.announce(mine.failed);
    } finally {
      busy = false;
      view.settled();
      save();
      view.show(mine);
      view.refresh();
      pollSoon();
    }
  };

  /** @param {View} shown */
  const attach = (shown) => {
    view = shown;
    listen(doc, "visibilitychange", pollSoon);
    // Another tab of the same site went on with the conversation.
    listen(win, "storage", (event) => {
      if (event.key !== memory.name || busy) return;
      const { open, messages } = state;
      state = memory.load();
      state.open = open;
      const before = messages[messages.length - 1];
      const last = state.messages[state.messages.length - 1];
      const same = messages.length === state.messages.length && before?.content === last?.content;
      if (same) state.messages = messages;
      else view.reset();
      view.refresh();
      poll();
    });
    if (state.handed) {
      pause = 500;
      poll();
    }
  };

  return {
    attach,
    state: () => state,
    busy: () => busy,
    maxLength: platform.maxLength,
    takesLeads: platform.streams,
    /** @param {string} content */
    send: (content) => {
      const trimmed = content.trim().slice(0, platform.maxLength);
      if (busy || !trimmed) return Promise.resolve();
      return deliver(say(message({ role: "user", content: trimmed })));
    },
    /** @param {Message} mine */
    retry: (mine) => (busy ? Promise.resolve() : deliver(mine)),
    /** @type {(answer: Message, value: 1 | -1) => Promise<void>} */
    rate: async (answer, value) => {
      const before = answer.rated;
      answer.rated = value;
      view.show(answer);
      try {
        await platform.rate(answer.conversation, answer.id, value === 1);
      } catch (thrown) {
        answer.rated = before;
        view.show(answer);
        view.announce(inWords(failure(thrown)));
      }
      save();
    },
    /** A person is requested; what went wrong, in words, or "". @param {string} email */
    handOff: async (email) => {
      try {
        await platform.handOff(state.conversation, email, state.visitor);
      } catch (thrown) {
        return inWords(failure(thrown));
      }
      state.handed = state.conversation;
      state.handedToken = state.token;
      state.live = 1;
      tell(text(words, "handoffSentText"));
      view.refresh();
      pollSoon();
      return "";
    },
    /** @param {{ name: string, email: string, phone: string }} details */
    leave: async ({ name, email, phone }) => {
      try {
        await platform.leave({
          name: name || null,
          email: email || null,
          phone: phone || null,
          conversationId: state.conversation || null,
          visitorId: state.visitor,
        });
      } catch (thrown) {
        return inWords(failure(thrown));
      }
      tell(text(words, "handoffSentText"));
      return "";
    },
    /** @param {boolean} open */
    opened: (open) => {
      state.open = open ? 1 : 0;
      if (open) state.unread = 0;
      memory.save(state);
      view.refresh();
      pollSoon();
    },
    restart: () => {
      const { open, visitor } = state;
      state = memory.fresh(visitor);
      state.open = open;
      cancel(timer);
      memory.save(state);
      view.reset();
      view.refresh();
    },
    stop: () => cancel(timer),
  };
};

/** @typedef {ReturnType<typeof visit>} Visit */
