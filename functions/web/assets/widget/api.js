// The platform's routes. A botplot key (pk_) streams its answers and keeps one conversation; with a
// helpbot key (wk_) each question is a conversation of its own, tied to the others by the session.

import { AbortClass, Decoder, bare, cancel, encode, later, list, own, parseJson, request, text } from "./builtins.js";

const PATIENCE = 45000;
const MAX_LINE = 200000;

/**
 * @typedef {object} Failure
 * @property {"network" | "busy" | "gone" | "refused" | "failed"} why
 * @property {number} wait seconds, for "busy"
 */
/**
 * @typedef {object} Answer
 * @property {string} conversation
 * @property {string} token
 * @property {string} message by which it is rated; "" where the conversation is
 * @property {string} content
 * @property {any[]} sources
 */

/** @type {(status: number, wait?: number) => Failure} */
const refusal = (status, wait = 0) => ({
  why:
    status === 429
      ? "busy"
      : status === 404 || status === 409
        ? "gone"
        : status === 401 || status === 403
          ? "refused"
          : "failed",
  wait,
});
/** @returns {Failure} */
const unreachable = () => ({ why: "network", wait: 0 });

/**
 * @param {string} base the platform's address without a slash at its end
 * @param {string} key
 */
export const platform = (base, key) => {
  const streams = key.slice(0, 3) === "pk_";

  /**
   * @param {string} path
   * @param {Record<string, string | number | null | undefined> | null} body null for a GET
   * @param {string} token
   * @returns {Promise<{ response: Response, touch: () => void, done: () => void }>}
   */
  const open = async (path, body, token) => {
    const abort = new AbortClass();
    let timer = 0;
    const done = () => cancel(timer);
    const touch = () => {
      done();
      timer = later(() => abort.abort(), PATIENCE);
    };
    touch();
    /** @type {Record<string, string>} */
    const headers = bare({ authorization: `Bearer ${key}` });
    if (body) headers["content-type"] = "application/json";
    if (token) headers["x-conversation-token"] = token;
    /** @type {RequestInit} */
    const options = bare({
      method: body ? "POST" : "GET",
      headers,
      signal: abort.signal,
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
    if (body) options.body = encode(body);
    /** @type {Response} */
    let response;
    try {
      response = await request(base + path, options);
    } catch {
      done();
      throw unreachable();
    }
    if (!response.ok) {
      done();
      throw refusal(response.status, Number(response.headers.get("retry-after")) || 0);
    }
    return { response, touch, done };
  };

  /** @type {(path: string, body: Record<string, string | number | null | undefined> | null, token?: string) => Promise<{ data: any, token: string }>} */
  const call = async (path, body, token = "") => {
    const { response, done } = await open(path, body, token);
    try {
      const data = parseJson(await response.text());
      return { data, token: response.headers.get("x-conversation-token") || "" };
    } catch {
      throw unreachable();
    } finally {
      done();
    }
  };

  /**
   * @param {string} message
   * @param {string} conversation
   * @param {string} visitor
   * @param {(content: string) => void} see the answer as far as it has come
   * @returns {Promise<Answer>}
   */
  const stream = async (message, conversation, visitor, see) => {
    const body = { message, conversationId: conversation || null, visitorId: visitor };
    const { response, touch, done } = await open("/api/v1/chat/stream", body, "");
    const token = response.headers.get("x-conversation-token") || "";
    const reader = response.body?.getReader();
    const decoder = new Decoder();
    let content = "";
    let rest = "";
    try {
      while (reader) {
        const piece = await reader.read().catch(() => {
          throw unreachable();
        });
        if (piece.done || rest.length > MAX_LINE) break;
        touch();
        rest += decoder.decode(piece.value, bare({ stream: true }));
        for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
          const line = rest.slice(0, end);
          rest = rest.slice(end + 1);
          if (line.slice(0, 5) !== "data:") continue;
          const event = parseJson(line.slice(5));
          const type = text(event, "type");
          if (type === "token") {
            content += text(event, "content");
            see(content);
          }
          if (type === "error") throw refusal(500);
          if (type === "done") {
            const id = text(event, "conversationId");
            return { conversation: id, token, message: text(event, "messageId"), content, sources: [] };
          }
        }
      }
    } finally {
      done();
      if (reader) reader.cancel().catch(() => {});
    }
    // It broke off.
    throw unreachable();
  };

  /** @type {(question: string, session: string, language: string) => Promise<Answer>} */
  const whole = async (question, session, language) => {
    const { data, token } = await call("/api/v1/chat", { question, sessionId: session, language });
    const sources = list(data, "sources");
    return { conversation: text(data, "conversationId"), token, message: "", content: text(data, "answer"), sources };
  };

  /** @param {string} id */
  const messagesOf = (id) => `/api/v1/widget/conversations/${encodeURIComponent(id)}/messages`;

  return {
    streams,
    maxLength: streams ? 4000 : 1000,
    config: async () => (await call("/api/v1/widget/config", null)).data,
    /** @type {(message: string, conversation: string, visitor: string, language: string, see: (content: string) => void) => Promise<Answer>} */
    ask: (message, conversation, visitor, language, see) =>
      streams ? stream(message, conversation, visitor, see) : whole(message, visitor, language),
    /** @type {(conversation: string, token: string, after: string) => Promise<any>} */
    news: async (conversation, token, after) => {
      const query = after ? `?after=${encodeURIComponent(after)}` : "";
      return (await call(messagesOf(conversation) + query, null, token)).data;
    },
    /** A message for the person who has the conversation. @type {(conversation: string, token: string, content: string) => Promise<any>} */
    write: async (conversation, token, content) =>
      own((await call(messagesOf(conversation), { content }, token)).data, "message"),
    /** @type {(conversation: string, message: string, helpful: boolean) => Promise<any>} */
    rate: (conversation, message, helpful) =>
      streams
        ? call(`/api/v1/messages/${encodeURIComponent(message)}/rating`, { rating: helpful ? 1 : -1 })
        : call("/api/v1/feedback", { conversationId: conversation, helpful: helpful ? "yes" : "no" }),
    /** @type {(conversation: string, email: string, visitor: string) => Promise<any>} */
    handOff: async (conversation, email, visitor) => {
      if (!streams) return call("/api/v1/handoff", { conversationId: conversation, customerEmail: email || null });
      await call(`/api/v1/conversations/${encodeURIComponent(conversation)}/handoff`, { reason: email || null });
      if (email) await call("/api/v1/leads", { email, conversationId: conversation, visitorId: visitor });
    },
    /** @type {(lead: Record<string, string | null>) => Promise<any>} */
    leave: (lead) => call("/api/v1/leads", lead),
  };
};

/** @typedef {ReturnType<typeof platform>} Platform */
/** What was thrown, as a failure. @param {any} thrown @returns {Failure} */
export const failure = (thrown) => (text(thrown, "why") ? thrown : { why: "failed", wait: 0 });
