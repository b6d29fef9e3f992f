// What changes in the inbox, asked for again and again: often while the page is looked at, never while
// it is hidden.

import { get, part } from "./api.js";
import { state } from "./state.js";

const OFTEN = 5_000;
const AFTER_AN_ERROR = 30_000;

/** @type {Set<(changed: any[], reset: boolean) => void>} */
const listeners = new Set();
let since = "";

/**
 * Tells of conversations that changed, as they are now; `reset` says that the list is to be read again.
 *
 * @param {(changed: any[], reset: boolean) => void} listener
 * @returns {() => void} Ends it.
 */
export function onInboxChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Counts who waits for a person. Counted once, and again whenever something changes.
 *
 * @param {(waiting: number) => void} told
 */
export function watchInbox(told) {
  let counted = false;
  const count = async () => {
    const found = await get("/api/v1/inbox/conversations?status=handed_off&limit=100");
    told(found.conversations.length);
    counted = true;
  };
  const look = async () => {
    let wait = OFTEN;
    try {
      if (state.session && !document.hidden) {
        const found = await get(`/api/v1/inbox/changes${since ? `?since=${part(since)}` : ""}`);
        since = found.cursor;
        if (!counted || found.reset || found.conversations.length > 0) await count();
        if (found.reset || found.conversations.length > 0) {
          for (const listener of listeners) listener(found.conversations, found.reset);
        }
      } else if (!state.session) {
        since = "";
        counted = false;
      }
    } catch {
      wait = AFTER_AN_ERROR;
    }
    setTimeout(look, wait);
  };
  look();
}
