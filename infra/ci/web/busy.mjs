// A workspace in which something has happened: every screen of the console has something to show.

import { bearer, call, configure, site, teach, tenant, until } from "./harness.mjs";

const PRICES =
  "A bag of beans costs 12 EUR, or 42 EUR for a kilogram. Shipping within Austria is free from 40 EUR on, and takes two days.";
const DELIVERY =
  "Beans are sent on Thursdays. A parcel to Norway takes eight days, and its duties are paid by whoever receives it.";

/** @param {any} owner */
const asMember = (owner) => ({ ...bearer(owner.session), "x-colloquy-scope": "workspace" });

/** Waits until the sources are read, each in its way. @param {any} owner @param {number} sources */
const settled = (owner, sources) =>
  until("the sources are read", async () => {
    const { data } = await call("GET", "/api/v1/knowledge", undefined, bearer(owner.secret));
    const states = data.sources.map((/** @type {any} */ one) => one.status);
    return states.length === sources && !states.includes("processing");
  });

/** A workspace with conversations and knowledge. @param {any} t */
export const busy = async (t) => {
  const owner = await tenant("Harbour Coffee");
  await teach(owner, "When are you open?", "Monday to Friday, nine to five.");
  const ask = (/** @type {string} */ message, visitorId = "ada") =>
    call("POST", "/api/v1/chat", { message, visitorId }, bearer(owner.publicKey));
  const { data } = await ask("When are you open?");
  await ask("May I bring my elephant?");
  await call("POST", `/api/v1/messages/${data.messageId}/rating`, { rating: 1 }, bearer(owner.publicKey));
  await call(
    "POST",
    `/api/v1/conversations/${data.conversationId}/handoff`,
    { reason: "It is urgent" },
    bearer(owner.publicKey),
  );
  await call(
    "POST",
    "/api/v1/leads",
    { name: "Ada Lovelace", email: "ada@example.com", phone: "+43 1 234" },
    bearer(owner.publicKey),
  );
  const host = await site(t);
  await call("POST", "/api/v1/sources", { url: `${host.origin}/missing` }, bearer(owner.site));
  const hook = { url: host.put("/hook", ""), events: ["lead.captured"], description: "CRM" };
  await call("POST", `/api/v1/projects/${owner.chatbot}/webhooks`, hook, bearer(owner.secret));
  await configure(owner, { primaryColor: "#0b6e4f" });
  return { owner, conversation: data.conversationId, host };
};

/**
 * The same with long names and addresses, pages of a site, and whatever else a workspace may have: models, channels,
 * agent loops that have run, deliveries, an invitation.
 *
 * @param {any} t
 */
export const full = async (t) => {
  const { owner, conversation, host } = await busy(t);
  const page = (/** @type {string} */ title, /** @type {string} */ text) =>
    `<!DOCTYPE html><title>${title}</title><main><h1>${title}</h1><p>${text}</p></main>`;
  const address = "/shop/prices-and-shipping-of-everything-that-we-roast-in-the-harbour/overview.html";
  await call("POST", "/api/v1/sources", { url: host.put(address, page("Prices", PRICES)) }, bearer(owner.site));
  const form = new FormData();
  form.append("file", new Blob([`# Delivery\n\n${DELIVERY}\n`]), "delivery-times-and-duties-by-country-2026.md");
  await fetch(`${process.env.WEB_BASE}/api/v1/sources/file`, {
    method: "POST",
    body: form,
    headers: bearer(owner.site),
  });
  await settled(owner, 4);
  const lead = {
    email: "augusta.ada.king-noel.countess-of-lovelace@analytical-engines.example",
    name: "Augusta Ada King-Noel",
  };
  await call("POST", "/api/v1/leads", lead, bearer(owner.publicKey));

  const head = asMember(owner);
  const bot = `/v1/bots/${owner.chatbot}`;
  await call("POST", `${bot}/channels`, { name: "Intranet of the roastery", type: "web", credentials: {} }, head);
  const { data: made } = await call(
    "POST",
    `${bot}/integrations`,
    { name: "Echo", type: "echo", weight: 0, is_fallback: false },
    head,
  );
  const loop = {
    name: "Report of the morning",
    integration_id: made.data.id,
    user_message: "What did visitors ask yesterday that had no answer?",
    schedule: "cron(0 8 ? * MON-FRI *)",
  };
  const { data: looped } = await call("POST", "/v1/agent-loops", loop, head);
  const { data: run } = await call("POST", `/v1/agent-loops/${looped.data.id}/run`, {}, head);
  await until("the loop has run", async () => {
    const path = `/v1/agent-loops/${looped.data.id}/executions/${run.data.id}`;
    return (await call("GET", path, undefined, head)).data.data.status === "completed";
  });
  const invited = { email: "grace.hopper@harbour-coffee.example", role: "editor" };
  await call("POST", "/api/v1/members/invitations", invited, bearer(owner.session));
  return { owner, conversation };
};
