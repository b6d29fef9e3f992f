// Who is signed in, which chatbots there are, and which one is looked at.

import { get } from "./api.js";

/**
 * @typedef {"owner" | "editor" | "agent" | "viewer"} Role
 * @typedef {"reply" | "edit" | "govern"} Access
 * @typedef {{ id: string, name: string, settings: Record<string, any>, created_at: string }} Chatbot
 * @typedef {{ user: { id: string, email: string, role: Role }, workspace: { id: string, name: string, plan: string } }} Session
 */

const CHOSEN = "colloquy.chatbot";

/** What each role may do, the least first; the platform decides it again at each request. */
const MAY = { viewer: [], agent: ["reply"], editor: ["reply", "edit"], owner: ["reply", "edit", "govern"] };

export const state = {
  /** @type {Session | null} */
  session: null,
  /** @type {Chatbot[]} */
  chatbots: [],
  /** @type {Chatbot | null} */
  chatbot: null,
};

/**
 * Whether whoever is signed in may do that.
 *
 * @param {Access} access
 */
export function may(access) {
  const role = state.session?.user.role ?? "viewer";
  return /** @type {string[]} */ (MAY[role] ?? []).includes(access);
}

/** Reads the chatbots again; the one looked at stays, if it is still there. */
export async function loadChatbots() {
  const found = await get("/api/v1/chatbots");
  state.chatbots = found;
  const wanted = state.chatbot?.id ?? remembered();
  state.chatbot = state.chatbots.find((one) => one.id === wanted) ?? state.chatbots[0] ?? null;
}

/** @param {string} id */
export function choose(id) {
  state.chatbot = state.chatbots.find((one) => one.id === id) ?? state.chatbot;
  try {
    localStorage.setItem(CHOSEN, id);
  } catch {
    // A browser may keep nothing: then the first chatbot is looked at the next time.
  }
}

function remembered() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

/** The id of the chatbot looked at; screens that need one are shown only when there is one. */
export function chatbotId() {
  return state.chatbot?.id ?? "";
}

/** @param {string} id */
export function nameOf(id) {
  return state.chatbots.find((one) => one.id === id)?.name ?? "Another chatbot";
}
