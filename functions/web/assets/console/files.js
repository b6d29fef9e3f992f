// Files as sources: small ones in a form, large ones announced and then sent by themselves, since a form
// with a larger file doesn't pass the gateway.

import { Refused, call, part, send } from "./api.js";
import { h, replace } from "./dom.js";
import { chatbotId } from "./state.js";
import { field, form, toast } from "./ui.js";

const MEBIBYTE = 1024 * 1024;
const MAX_FORM = 4 * MEBIBYTE;
const MAX_FILE = 10 * MEBIBYTE;
const KINDS = ".html,.htm,.txt,.md,.adoc,.rst,.pdf,.docx,.pptx,.xlsx,.odt,.epub,.csv,.tsv,.json,.jsonl";

/** @param {number} bytes */
const size = (bytes) => `${(bytes / MEBIBYTE).toFixed(1)} MB`;

/** @param {() => void} done */
export function fileForm(done) {
  const file = chooser();
  const hint =
    "PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, HTML, Markdown, AsciiDoc, text, CSV or JSON; up to 10 MB.";
  const progress = h("p", { class: "small quiet", role: "status" });
  return form([field("File", file, hint), progress], "Read it", async () => {
    const chosen = chosenOf(file, MAX_FILE);
    if (chosen.size > MAX_FORM) await announced(chosen, progress);
    else await call("POST", "/api/v1/sources/file", { form: formOf(chosen), scope: chatbotId() });
    toast("It is being read.");
    done();
  });
}

/**
 * @param {any} source
 * @param {() => void} done
 */
export function replaceForm(source, done) {
  const file = chooser();
  const hint = "Up to 4 MB. What is there answers until the new file is read. Delete the source to add a larger one.";
  return form([h("p", {}, source.name), field("New file", file, hint)], "Replace it", async () => {
    const body = formOf(chosenOf(file, MAX_FORM));
    await call("POST", `/api/v1/sources/file/${part(source.id)}`, { form: body, scope: chatbotId() });
    toast("It is being read. The old file answers until then.");
    done();
  });
}

const chooser = () => h("input", { type: "file", required: true, accept: KINDS });

/**
 * @param {HTMLInputElement} file
 * @param {number} most
 */
function chosenOf(file, most) {
  const chosen = file.files?.[0];
  if (!chosen) throw new Refused("Choose a file.", 400);
  if (chosen.size > most) {
    throw new Refused(
      `This file has ${size(chosen.size)}; ${size(most)} is the most. Split it, or save it smaller.`,
      413,
    );
  }
  return chosen;
}

/** @param {File} chosen */
function formOf(chosen) {
  const body = new FormData();
  body.append("file", chosen, chosen.name);
  return body;
}

/**
 * @param {File} chosen
 * @param {HTMLElement} progress
 */
async function announced(chosen, progress) {
  const body = { name: chosen.name, size: chosen.size };
  const { source, upload } = await call("POST", "/api/v1/sources/file", { body, scope: chatbotId() });
  replace(progress, `Sending ${size(chosen.size)}…`);
  try {
    await send(upload, chosen, chatbotId());
  } catch (error) {
    // A source without its file would wait for a quarter of an hour.
    await call("DELETE", `/api/v1/knowledge/${part(source.id)}`, { scope: chatbotId() }).catch(() => {});
    throw error;
  } finally {
    replace(progress);
  }
}
