// What a chatbot has read: its sources with their pages and the reasons of those that failed; and
// adding a site, a file or a pair.

import { get, part, post, remove } from "./api.js";
import { breakable, h, outside, replace } from "./dom.js";
import { fileForm, replaceForm } from "./files.js";
import { ago, count, sentence, title } from "./format.js";
import { pairForm } from "./pairs.js";
import { chatbotId } from "./state.js";
import {
  badge,
  button,
  editButton,
  confirm,
  empty,
  field,
  fill,
  form,
  loading,
  openDialog,
  pageHead,
  select,
  table,
  toast,
} from "./ui.js";

const ROWS = 100;
const WORKING = 3_000;

/** @type {Record<string, string>} */
const KINDS = { url: "Site", qa: "Q & A", file: "File" };
/** @type {[string, string][]} */
const SYNC = [
  ["manual", "Only when I say so"],
  ["daily", "Every day"],
  ["weekly", "Every week"],
];
/** @type {Record<string, string>} */
const STATUS = { ready: "good", failed: "bad", processing: "info" };
/** @type {Record<string, string>} */
const PAGES = { read: "good", failed: "bad", gone: "warn", queued: "info" };

/** @param {HTMLElement} page */
export function showKnowledge(page) {
  let timer = 0;
  let left = false;
  const board = h("div", { class: "card flush" }, loading());
  const read = async () => {
    clearTimeout(timer);
    const { sources } = await get("/api/v1/knowledge", chatbotId());
    if (left) return null;
    const working = sources.some((/** @type {any} */ one) => one.status === "processing");
    if (working) timer = setTimeout(again, WORKING);
    return [
      working && h("div", { class: "progress", role: "progressbar", "aria-label": "Reading sources" }),
      list(sources, again, add("Add a site", "Add a site", siteForm, "primary")),
    ];
  };
  const again = () => fill(board, read);
  /** @param {string} text @param {string} title @param {(close: () => void) => HTMLElement} make @param {string} [kind] */
  const add = (text, title, make, kind) =>
    editButton(
      text,
      () => {
        openDialog(title, (close) =>
          make(() => {
            close();
            again();
          }),
        );
      },
      kind,
    );
  replace(
    page,
    pageHead(
      "Knowledge",
      "Your chatbot answers from these sources and from nothing else.",
      add("Add a site", "Add a site", siteForm, "primary"),
      add("Add a file", "Add a file", fileForm),
      add("Add a Q & A", "Add a question with its answer", (done) => pairForm("", "", done)),
    ),
    board,
  );
  again();
  return () => {
    left = true;
    clearTimeout(timer);
  };
}

/**
 * @param {any[]} sources
 * @param {() => void} again
 * @param {HTMLElement | null} first what to do where there is none
 */
function list(sources, again, first) {
  if (sources.length === 0) {
    return empty(
      "knowledge",
      "Nothing to read yet",
      "Add your site: its pages are read in the background. Or write down a question with its answer, which counts at once.",
      first,
    );
  }
  return table(
    "Sources",
    ["Source", "Kind", "Status", ["num", "Passages"], ["num", "Words"], "Added", ""],
    sources.map((one) => [
      [
        "wide",
        h(
          "div",
          {},
          h(
            "button",
            { type: "button", class: "plain wrap", onclick: () => detail(one) },
            h("span", {}, breakable(one.name)),
          ),
          one.error && h("p", { class: "field-error" }, sentence(one.error)),
        ),
      ],
      ["nowrap", KINDS[one.type] ?? one.type],
      badge(one.status === "processing" ? "Reading" : title(one.status), STATUS[one.status]),
      ["num", count(one.chunkCount)],
      ["num", count(one.wordCount)],
      ["nowrap", ago(one.createdAt)],
      [
        "actions",
        h(
          "div",
          { class: "row" },
          one.type === "file" &&
            editButton(
              "Replace",
              () =>
                openDialog("Replace this file", (close) =>
                  replaceForm(one, () => {
                    close();
                    again();
                  }),
                ),
              "small",
            ),
          one.type === "url" &&
            editButton(
              "Read again",
              async () => {
                await post(`/api/v1/knowledge/${part(one.id)}/recrawl`, {}, chatbotId());
                toast("It is being read again. What it knew answers until then.");
                again();
              },
              "small",
            ),
          editButton(
            "Delete",
            () =>
              confirm(
                "Delete this source?",
                `“${one.name}” stops answering at once, and its pages are removed.`,
                "Delete",
                async () => {
                  await remove(`/api/v1/knowledge/${part(one.id)}`, chatbotId());
                  toast("Deleted.");
                  again();
                },
              ),
            "small danger",
          ),
        ),
      ],
    ]),
  );
}

/**
 * An address as people write it, with what a browser adds to it.
 *
 * @param {string} address
 */
const withScheme = (address) => (/^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `https://${address}`);

/** @param {() => void} done */
function siteForm(done) {
  const url = h("input", {
    inputmode: "url",
    required: true,
    maxlength: 2048,
    placeholder: "https://example.com/docs",
    autocomplete: "url",
    spellcheck: "false",
  });
  const sync = select(SYNC, "weekly");
  return form(
    [field("Address", url, "Pages below it are read too; robots.txt is followed."), field("Read it again", sync)],
    "Read it",
    async () => {
      await post(
        "/api/v1/knowledge/url",
        { url: withScheme(url.value.trim()), syncFrequency: sync.value },
        chatbotId(),
      );
      toast("It is being read. The list shows how far it is.");
      done();
    },
  );
}

/** @param {any} source */
function detail(source) {
  openDialog(
    source.name,
    () => {
      const pages = h("div", {}, loading());
      const passages = h("div", {}, loading());
      if (source.type === "url") readPages(pages, source.id, 0);
      else replace(pages);
      fill(passages, async () => {
        const { chunks } = await get(`/api/v1/knowledge/${part(source.id)}`, chatbotId());
        if (chunks.length === 0) return h("p", { class: "quiet" }, "No passages yet.");
        return h(
          "ol",
          { class: "passages" },
          chunks
            .slice(0, ROWS)
            .map((/** @type {any} */ one) =>
              h(
                "li",
                { class: "passage" },
                h("div", { class: "pre", tabindex: "0", role: "region", "aria-label": "Passage" }, one.content),
                h("p", { class: "small quiet" }, `${count(one.tokenCount)} tokens`),
              ),
            ),
        );
      });
      return [
        source.error && h("p", { class: "notice bad" }, sentence(source.error)),
        pages,
        h("details", {}, h("summary", {}, `Passages (${count(source.chunkCount)})`), passages),
      ];
    },
    "wide",
  );
}

/**
 * The pages of a source from `offset` on: what became of each, and why.
 *
 * @param {HTMLElement} place
 * @param {string} id
 * @param {number} offset
 */
function readPages(place, id, offset) {
  fill(place, async () => {
    const { pages, total } = await get(
      `/api/v1/knowledge/${part(id)}/pages?limit=${ROWS}&offset=${offset}`,
      chatbotId(),
    );
    if (total === 0) return h("p", { class: "quiet" }, "No pages are known yet.");
    const failed = pages.filter((/** @type {any} */ one) => one.reason).length;
    return [
      h(
        "h3",
        {},
        `Pages ${offset + 1} to ${offset + pages.length} of ${count(total)}${failed > 0 ? `; ${failed} with a reason to look at` : ""}`,
      ),
      table(
        "Pages",
        ["Address", "Status", "Reason", ["num", "Passages"], "Last read"],
        pages.map((/** @type {any} */ one) => [
          ["wide", outside(one.url)],
          badge(title(one.status), PAGES[one.status]),
          ["text", sentence(one.reason ?? "")],
          ["num", count(one.chunkCount)],
          ["nowrap", one.lastGoodAt ? ago(one.lastGoodAt) : ""],
        ]),
      ),
      h(
        "div",
        { class: "row end" },
        offset > 0 && button("Before", () => readPages(place, id, offset - ROWS), "small"),
        offset + pages.length < total && button("After", () => readPages(place, id, offset + ROWS), "small"),
      ),
    ];
  });
}
