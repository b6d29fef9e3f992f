// Agent loops: jobs for a model with tools, run when they are asked for or by a schedule, and what became
// of each run.

import { get, part, patch, post, remove } from "./api.js";
import { h, replace } from "./dom.js";
import { at, count, title } from "./format.js";
import { chatbotId, state } from "./state.js";
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

const SCOPE = "workspace";
const WORKING = 2_000;
/** @type {Record<string, string>} */
const STATUS = { completed: "good", failed: "bad", timeout: "bad", running: "info", pending: "info", cancelled: "" };

/** @param {HTMLElement} page */
export function showLoops(page) {
  const board = h("div", { class: "card flush" }, loading());
  const again = () =>
    fill(board, async () => {
      const { data } = await get("/v1/agent-loops?per_page=100", SCOPE);
      if (data.length === 0) {
        return empty(
          "loops",
          "No agent loops yet",
          "A loop gives a model a task and tools: a report every morning, an answer from your own systems. It runs when you say so, or by a schedule.",
          editButton("Add a loop", () => edit(null, again), "primary"),
        );
      }
      return table(
        "Agent loops",
        ["Name", "Runs", "Status", ""],
        data.map((/** @type {any} */ one) => [
          ["text", h("div", {}, one.name, h("p", { class: "small quiet wrap" }, one.user_message))],
          [
            "wide",
            one.schedule
              ? h(
                  "div",
                  {},
                  h("span", { class: "mono" }, one.schedule),
                  one.next_run_at && h("p", { class: "small quiet" }, `next ${at(one.next_run_at)}`),
                )
              : "When asked",
          ],
          badge(title(one.status), one.status === "active" ? "good" : ""),
          [
            "actions",
            h(
              "div",
              { class: "row" },
              editButton(
                "Run now",
                async () => {
                  await post(`/v1/agent-loops/${part(one.id)}/run`, {}, SCOPE);
                  toast("It runs.");
                  executions(one);
                },
                "small",
              ),
              button("Runs", () => executions(one), "small"),
              editButton("Edit", () => edit(one, again), "small"),
              editButton(
                "Delete",
                () =>
                  confirm("Delete this loop?", `“${one.name}” runs no more.`, "Delete", async () => {
                    await remove(`/v1/agent-loops/${part(one.id)}`, SCOPE);
                    toast("Deleted.");
                    again();
                  }),
                "small danger",
              ),
            ),
          ],
        ]),
      );
    });
  replace(
    page,
    pageHead(
      "Agent loops",
      "Tasks that a model does with tools, on its own.",
      editButton("Add a loop", () => edit(null, again), "primary"),
    ),
    board,
  );
  again();
}

/** @param {any} loop */
function executions(loop) {
  const base = `/v1/agent-loops/${part(loop.id)}/executions`;
  const dialog = openDialog(`Runs of ${loop.name}`, () => h("div", { class: "stack", id: "runs" }, loading()), "wide");
  const place = /** @type {HTMLElement} */ (dialog.querySelector("#runs"));
  const read = () =>
    fill(place, async () => {
      const { data } = await get(`${base}?per_page=50`, SCOPE);
      if (data.length === 0)
        return empty("loops", "It has not run yet", "Runs are listed here with what came of them.");
      if (data.some((/** @type {any} */ one) => one.status === "running" || one.status === "pending")) {
        setTimeout(() => dialog.open && read(), WORKING);
      }
      return h(
        "ol",
        { class: "passages" },
        data.map((/** @type {any} */ one) => execution(base, one, read)),
      );
    });
  read();
}

/**
 * @param {string} base
 * @param {any} one
 * @param {() => void} again
 */
function execution(base, one, again) {
  const seen = [
    one.metadata?.started_at && at(one.metadata.started_at),
    one.metadata?.duration_seconds != null && `${count(one.metadata.duration_seconds)} s`,
    one.metadata?.tokens_used != null && `${count(one.metadata.tokens_used)} tokens`,
    one.metadata?.model,
    one.result?.iterations_used != null &&
      (one.result.iterations_used === 1 ? "1 round" : `${one.result.iterations_used} rounds`),
  ]
    .filter(Boolean)
    .join(" · ");
  const works = one.status === "running" || one.status === "pending";
  const calls = Array.isArray(one.result?.tool_calls) ? one.result.tool_calls : [];
  return h(
    "li",
    { class: "passage" },
    h(
      "div",
      { class: "row spread" },
      h(
        "span",
        { class: "row" },
        badge(title(one.status), STATUS[one.status]),
        h("span", { class: "small quiet" }, seen),
      ),
      works &&
        editButton(
          "Cancel",
          async () => {
            await post(`${base}/${part(one.id)}/cancel`, {}, SCOPE);
            again();
          },
          "small",
        ),
    ),
    works && h("div", { class: "progress", role: "progressbar", "aria-label": "Running" }),
    one.error && h("p", { class: "notice bad" }, String(one.error.message ?? one.error)),
    one.result?.output && h("p", { class: "pre" }, String(one.result.output)),
    calls.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, calls.length === 1 ? "One call of a tool" : `${count(calls.length)} calls of tools`),
        h("pre", { class: "small" }, JSON.stringify(calls, null, 2)),
      ),
  );
}

/**
 * @param {any} one
 * @param {() => void} done
 */
async function edit(one, done) {
  const { data } = await get(`/v1/bots/${part(chatbotId())}/integrations?per_page=100`, SCOPE);
  openDialog(one ? `Edit ${one.name}` : "Add an agent loop", (close) => {
    if (data.length === 0) {
      return empty(
        "integrations",
        "It needs a model",
        `${state.chatbot?.name} has no integration yet. Add one first.`,
        h("a", { class: "button primary", href: "#/integrations", onclick: close }, "Integrations"),
      );
    }
    const name = h("input", { required: true, maxlength: 100, value: one?.name ?? "" });
    const model = select(
      data.map((/** @type {any} */ of) => [of.id, of.name]),
      one?.integration_id ?? data[0].id,
    );
    const system = h("textarea", { maxlength: 20000, value: one?.system_prompt ?? "" });
    const task = h("textarea", { required: true, maxlength: 20000, value: one?.user_message ?? "" });
    const schedule = h("input", { maxlength: 100, value: one?.schedule ?? "", placeholder: "cron(0 8 ? * MON-FRI *)" });
    const rounds = h("input", { type: "number", min: 1, max: 50, value: String(one?.max_iterations ?? 10) });
    const status = select(
      [
        ["active", "Active"],
        ["disabled", "Switched off"],
      ],
      one?.status ?? "active",
    );
    return form(
      [
        field("Name", name),
        field("Model", model),
        field("What it is told", system),
        field("Its task", task),
        field("Schedule", schedule, "cron(…) or rate(…), in UTC. Empty: only when you run it."),
        h("div", { class: "columns" }, field("Rounds at most", rounds), field("Status", status)),
      ],
      one ? "Save" : "Add",
      async () => {
        const body = {
          name: name.value,
          integration_id: model.value,
          system_prompt: system.value,
          user_message: task.value,
          schedule: schedule.value || null,
          max_iterations: Number(rounds.value),
          status: status.value,
        };
        if (one) await patch(`/v1/agent-loops/${part(one.id)}`, body, SCOPE);
        else await post("/v1/agent-loops", body, SCOPE);
        close();
        toast("Saved.");
        done();
      },
    );
  });
}
