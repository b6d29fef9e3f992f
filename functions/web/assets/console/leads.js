// Who left a way to be reached, and all of them as a file.

import { get, part, query, remove } from "./api.js";
import { breakable, h, replace } from "./dom.js";
import { at, count } from "./format.js";
import { chatbotId, state } from "./state.js";
import { button, confirm, download, editButton, empty, fill, loading, pageHead, table, toast } from "./ui.js";

const ROWS = 50;
const PAGE = 100;
/** The API lists no further. */
const MOST = 10_000;

/** @param {HTMLElement} page */
export function showLeads(page) {
  let offset = 0;
  const search = h("input", { type: "search", placeholder: "Name or e-mail", maxlength: 100, "aria-label": "Search" });
  const board = h("div", { class: "card flush" }, loading());
  const again = () =>
    fill(board, async () => {
      const { leads, total } = await get(
        `/api/v1/leads${query({ limit: ROWS, offset, search: search.value })}`,
        chatbotId(),
      );
      if (total === 0) {
        return search.value
          ? empty("leads", "Nothing fits", "No lead has this in its name or e-mail address.")
          : empty(
              "leads",
              "No leads yet",
              "When a visitor leaves a name and an address in the widget, they are listed here, and webhooks are told.",
              h("a", { class: "button", href: "#/webhooks" }, "Send them to your CRM"),
            );
      }
      return [list(leads, again), pager(total)];
    });
  /** @param {number} total */
  const pager = (total) =>
    h(
      "div",
      { class: "table-foot row spread" },
      h("span", { class: "quiet small" }, `${offset + 1} to ${Math.min(total, offset + ROWS)} of ${count(total)}`),
      h(
        "div",
        { class: "row" },
        offset > 0 &&
          button(
            "Newer",
            () => {
              offset -= ROWS;
              again();
            },
            "small",
          ),
        offset + ROWS < total &&
          button(
            "Older",
            () => {
              offset += ROWS;
              again();
            },
            "small",
          ),
      ),
    );
  search.addEventListener("change", () => {
    offset = 0;
    again();
  });
  replace(
    page,
    pageHead("Leads", "People who want to hear from you.", button("Export as CSV", exported)),
    h("div", { class: "filters" }, search),
    board,
  );
  again();
}

/**
 * @param {any[]} leads
 * @param {() => void} again
 */
function list(leads, again) {
  return table(
    "Leads",
    ["Name", "E-mail", "Phone", "Left at", ""],
    leads.map((one) => [
      ["text", one.name ?? ""],
      one.email
        ? h("a", { href: `mailto:${part(one.email).replace("%40", "@")}`, class: "wrap" }, breakable(one.email))
        : "",
      ["nowrap", one.phone ?? ""],
      ["nowrap", at(one.createdAt)],
      [
        "actions",
        editButton(
          "Delete",
          () =>
            confirm("Delete this lead?", "Name and addresses are removed for good.", "Delete", async () => {
              await remove(`/api/v1/leads/${part(one.id)}`, chatbotId());
              toast("Deleted.");
              again();
            }),
          "small danger",
        ),
      ],
    ]),
  );
}

/**
 * A cell of a CSV file. A spreadsheet would take what begins with one of these for a formula.
 *
 * @param {string | null} text
 */
export function cell(text) {
  const plain = text ?? "";
  const safe = /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return `"${safe.replaceAll('"', '""')}"`;
}

async function exported() {
  const lines = [["Name", "E-mail", "Phone", "Left at"].map(cell).join(",")];
  for (let offset = 0; offset <= MOST; offset += PAGE) {
    const { leads, total } = await get(`/api/v1/leads?limit=${PAGE}&offset=${offset}`, chatbotId());
    for (const one of leads) lines.push([one.name, one.email, one.phone, one.createdAt].map(cell).join(","));
    if (offset + PAGE >= total) break;
  }
  // A mark at the beginning tells spreadsheets that it is UTF-8.
  const name = `leads-${(state.chatbot?.name ?? "chatbot").replace(/[^\p{L}\p{N}]+/gu, "-")}.csv`;
  download(name, "text/csv;charset=utf-8", `\ufeff${lines.join("\r\n")}\r\n`);
  toast(lines.length - 1 === 1 ? "One lead is in the file." : `${count(lines.length - 1)} leads are in the file.`);
}
