// Calls of the platform's API, signed by the session. A member takes the place of a key of each API by the
// header `x-colloquy-scope`: the whole workspace, or one chatbot.

import { sentence } from "./format.js";

/** Where the API is: beside this page, whatever is in front of both. */
const BASE = new URL(".", document.baseURI);

/** Something that the API refused, in words for a reader. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.name = "Refused";
    this.status = status;
  }
}

/** Told when the session has ended. */
let onSignedOut = () => {};

/** @param {() => void} listener */
export function whenSignedOut(listener) {
  onSignedOut = listener;
}

/**
 * What went wrong, as the body of an error of any dialect says it.
 *
 * @param {any} body
 * @param {number} status
 * @returns {string}
 */
function said(body, status) {
  const error = body?.error;
  if (error && typeof error === "object") {
    const fields = Object.entries(error.details ?? {});
    const first = fields.map(([field, what]) => `${field} ${[what].flat().join(", ")}`);
    return first.length > 0 ? first.join("; ") : String(error.message ?? "");
  }
  const text = body?.message ?? error;
  if (typeof text === "string" && text) return sentence(text);
  if (status === 429) return "Too many requests at once. Try again in a moment.";
  if (status >= 500) return "The platform could not do that just now. Try again in a moment.";
  return `The platform refused that (${status}).`;
}

/**
 * One call. `scope` is a chatbot's id or `workspace`; without one the session speaks for itself.
 *
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, form?: FormData, scope?: string, key?: string, quiet?: boolean }} [more]
 * @returns {Promise<any>}
 */
export async function call(method, path, more = {}) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (more.body !== undefined) headers["content-type"] = "application/json";
  if (more.scope) headers["x-colloquy-scope"] = more.scope;
  if (more.key) headers["idempotency-key"] = more.key;
  const body = more.form ?? (more.body === undefined ? undefined : JSON.stringify(more.body));
  let response;
  try {
    const url = new URL(path.replace(/^\//, ""), BASE);
    response = await fetch(url, { method, headers, body, credentials: "same-origin" });
  } catch {
    throw new Refused("The platform can't be reached. Check the connection and try again.", 0);
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    answer = null;
  }
  if (response.ok) return answer;
  if (response.status === 401 && !more.quiet) onSignedOut();
  throw new Refused(said(answer, response.status), response.status);
}

/**
 * Sends a file to where an announcement's answer says: to a store of files, by an address that is signed, or
 * to the platform itself.
 *
 * @param {{ url: string, method: string, headers: Record<string, string> }} upload
 * @param {Blob} file
 * @param {string} scope
 */
export async function send(upload, file, scope) {
  const own = new URL(upload.url).host === location.host;
  const headers = own ? { ...upload.headers, "x-colloquy-scope": scope } : upload.headers;
  const credentials = own ? "same-origin" : "omit";
  let response;
  try {
    response = await fetch(upload.url, { method: upload.method, headers, body: file, credentials });
  } catch {
    throw new Refused("The file could not be sent. Check the connection and try again.", 0);
  }
  if (!response.ok) throw new Refused(`The file was not taken (${response.status}). Try again.`, response.status);
}

/**
 * @param {string} path
 * @param {string} [scope]
 */
export const get = (path, scope) => call("GET", path, { scope });

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} [scope]
 */
export const post = (path, body, scope) => call("POST", path, { body, scope });

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} [scope]
 */
export const patch = (path, body, scope) => call("PATCH", path, { body, scope });

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} [scope]
 */
export const put = (path, body, scope) => call("PUT", path, { body, scope });

/**
 * @param {string} path
 * @param {string} [scope]
 */
export const remove = (path, scope) => call("DELETE", path, { scope });

/**
 * A path's part, or a query's value.
 *
 * @param {unknown} text
 */
export const part = (text) => encodeURIComponent(String(text));

/**
 * The query of what is set.
 *
 * @param {Record<string, unknown>} values
 */
export function query(values) {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = set.map(([name, value]) => `${name}=${part(value)}`).join("&");
  return text ? `?${text}` : "";
}
