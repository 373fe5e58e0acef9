// The editor of a template. All that is decided is decided on the server: this moves rows, and shows what it is told.

import { addRow, containerOf, duplicateRow, input, moveRow, nameOf, rowOf, rowsIn, textOf } from "./rows.js";
import { dropChips, listenToChips, refreshChips } from "./chips.js";
import { refreshComparison, refreshCondition } from "./conditions.js";
import { fields, knownSteps, offerFields, words } from "./facts.js";
import { jumpTo } from "./jumping.js";
import { Live, wordsFor } from "./live.js";
import { listenToSaving } from "./saving.js";
import { listenToTabs, openTab } from "./tabs.js";

const root = document.querySelector(".editor");
const form = document.getElementById("editor");
const json = document.getElementById("json");
const live = new Live(root, { refreshed: afterAnswer });

function announce(text) {
  document.getElementById("announce").textContent = text;
}

// ---- What a row shows, by what is chosen in it ----

function showByKind(row) {
  const kind = textOf(row, "kind");
  for (const part of row.querySelectorAll("[data-kinds]")) {
    if (rowOf(part) === row) part.hidden = !part.dataset.kinds.split(" ").includes(kind);
  }
  const formula = textOf(row, "formula");
  for (const part of row.querySelectorAll("[data-formula]")) part.hidden = !part.dataset.formula.split(" ").includes(formula);
}

/** Say beside a closed "More" how much is set in it. */
function sayMore(row) {
  for (const says of row.querySelectorAll(":scope > .more .more-says, :scope > .step-body > .more .more-says")) {
    const inside = [...says.closest("details").querySelectorAll("input:not([type=hidden]), textarea, select, .chip")];
    const count = inside.filter((one) => {
      if (one.matches(".chip")) return true;
      if (one.closest("[hidden]") || one.name?.endsWith("-name")) return false;
      if (one.type === "checkbox") return one.checked;
      return one.value !== "" && !one.closest(".comparison, .group, .row .row .line");
    }).length;
    says.textContent = count ? ` (${count} set)` : "";
  }
}

function showStep(row) {
  const kind = textOf(row, "kind");
  for (const part of row.querySelectorAll("[data-step-kinds]")) part.hidden = !part.dataset.stepKinds.split(" ").includes(kind);
}

function showAction(row) {
  const type = textOf(row, "type");
  for (const part of row.querySelectorAll("[data-action]")) part.hidden = !part.dataset.action.split(" ").includes(type);
  for (const part of row.querySelectorAll("[data-carries]")) part.hidden = part.dataset.carries !== textOf(row, "carries");
  const tool = words.tools[textOf(row, "tool")];
  const help = row.querySelector("[data-tool-help]");
  if (help) help.textContent = tool ? `${tool.description} It takes: ${tool.arguments.join(", ")}.` : "";
}

function numberSteps() {
  document.querySelectorAll('#editor [data-row="step"] > .step-head .number').forEach((place, number) => {
    place.textContent = String(number + 1);
  });
}

function refresh(scope = form) {
  const rows = (kind) => [...(scope.matches?.(`[data-row="${kind}"]`) ? [scope] : []), ...scope.querySelectorAll(`[data-row="${kind}"]`)];
  offerFields(scope);
  refreshChips(scope);
  rows("field").forEach(showByKind);
  rows("columns").forEach(showByKind);
  rows("step").forEach(showStep);
  rows("action").forEach(showAction);
  rows("condition").forEach((row) => refreshCondition(row));
  rows("rows").forEach(refreshComparison);
  document.querySelectorAll('#editor [data-row="field"], #editor [data-row="step"]').forEach(sayMore);
  numberSteps();
}

/** Mark the steps that were made from reusable ones, and those of which there is a newer version. */
function showUses() {
  for (const { key, id, uses, latest } of knownSteps()) {
    const row = document.getElementById(`row_step-${key}`);
    if (!row) continue;
    const query = `?step=${encodeURIComponent(id)}`;
    const badge = row.querySelector("[data-uses]");
    badge.hidden = !uses;
    badge.textContent = uses ? `Reusable: ${uses.replace("@", ", version ")}` : "";
    const newer = row.querySelector("[data-uses-newer]");
    newer.hidden = !latest;
    newer.href = root.dataset.newer + query;
    newer.textContent = latest ? `Version ${latest} is there…` : "";
    const reuse = row.querySelector("[data-reuse]");
    if (reuse) {
      reuse.hidden = !root.dataset.reusable || Boolean(uses) || !id;
      reuse.href = (root.dataset.reusable || "") + query;
    }
  }
}

function afterAnswer() {
  showUses();
  document.querySelectorAll('#editor [data-row="rows"]').forEach(refreshComparison);
  document.querySelectorAll('#editor [data-row="field"], #editor [data-row="step"]').forEach(sayMore);
  const placeholders = document.getElementById("placeholders");
  const offered = [
    ...fields().filter(({ name }) => name).map(({ name, label }) => [`{{state.${name}}}`, label]),
    ...words.secrets.map((name) => [`{{secret:${name}}}`, `The secret “${name}”`]),
    ["{{workflow.id}}", "The id of the workflow"],
  ];
  placeholders.replaceChildren(...offered.map(([value, label]) => Object.assign(document.createElement("option"), { value, label })));
}

// ---- Rows come, go and move ----

function focusFirst(row) {
  row.querySelector("input:not([type=hidden]):not([readonly]), select, textarea")?.focus();
}

function added(row) {
  refresh(row);
  if (["field", "step"].includes(row.dataset.row)) offerFields();
  if (row.dataset.row === "rules") refreshCondition(row.querySelector('[data-row="condition"]'), { isNew: true });
  makeSortable(row);
  focusFirst(row);
  live.changed();
}

function smallButton(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

function removed(row) {
  const next = row.nextElementSibling;
  const container = row.parentElement;
  const name = nameOf(row);
  row.remove();
  const putBack = row.dataset.row === "field" ? dropChips([row.dataset.prefix.slice("field-".length)]) : () => {};
  offerFields();
  numberSteps();
  const undo = document.getElementById("undo");
  const hide = () => {
    undo.hidden = true;
  };
  const takeBack = () => {
    container.insertBefore(row, next && next.parentElement === container ? next : null);
    putBack();
    refresh();
    hide();
    focusFirst(row);
    announce(`${name} is back.`);
    live.changed();
  };
  undo.replaceChildren(`${name} is removed. `, smallButton("Undo", takeBack), " ", smallButton("Close", hide));
  undo.hidden = false;
  const neighbour = (next?.matches?.("[data-row]") && next) || rowsIn(container).at(-1);
  if (neighbour) neighbour.querySelector('[data-act="remove"]')?.focus();
  else document.querySelector(`[data-add="${CSS.escape(container.dataset.prefix)}"]`)?.focus();
  live.changed();
}

function moved(row, by, focused) {
  if (!moveRow(row, by)) {
    announce(by < 0 ? "This is the first one already." : "This is the last one already.");
    return;
  }
  focused?.focus();
  numberSteps();
  const siblings = rowsIn(row.parentElement);
  announce(`${nameOf(row)} is now number ${siblings.indexOf(row) + 1} of ${siblings.length}.`);
  live.changed();
}

function collapse(row, isCollapsed) {
  row.querySelector(".step-body").hidden = isCollapsed;
  const button = row.querySelector('[data-act="collapse"]');
  button.setAttribute("aria-expanded", String(!isCollapsed));
  button.firstElementChild.textContent = isCollapsed ? "Open" : "Collapse";
  const says = row.querySelector(".step-says");
  const asked = [...row.querySelectorAll(`.chips[data-chips="${CSS.escape(`${row.dataset.prefix}-fields`)}"] .chip-label`)].map((chip) => chip.textContent);
  says.textContent = asked.length ? `Asks for ${asked.join(", ")}` : "Asks for nothing";
  says.hidden = !isCollapsed;
}

const ACTS = {
  up: (row, button) => moved(row, -1, button),
  down: (row, button) => moved(row, 1, button),
  remove: (row) => removed(row),
  duplicate: (row) => added(duplicateRow(row)),
  insert: (row) => added(addRow(row.parentElement, { before: row })),
  collapse: (row) => collapse(row, !row.querySelector(".step-body").hidden),
};

form.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add]");
  if (add) {
    added(addRow(containerOf(add.dataset.add)));
    return;
  }
  const button = event.target.closest("[data-act]");
  if (button && ACTS[button.dataset.act]) ACTS[button.dataset.act](rowOf(button), button);
});

form.addEventListener("keydown", (event) => {
  if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    let row = rowOf(event.target);
    while (row && !row.parentElement.matches("[data-rows]")) row = row.parentElement.closest("[data-row]");
    if (!row) return;
    event.preventDefault();
    moved(row, event.key === "ArrowUp" ? -1 : 1, event.target);
    return;
  }
  if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox])")) return;
  event.preventDefault(); // Enter would press the first button of the form
  const row = rowOf(event.target);
  const isChoice = row?.matches('[data-row="choices"]');
  const isLabel = row?.matches('[data-row="field"], [data-row="columns"]') && event.target === input(row, "label");
  if (isChoice || isLabel) added(addRow(row.parentElement, { before: row.nextElementSibling }));
});

form.addEventListener("paste", (event) => {
  const row = rowOf(event.target);
  const lines = event.clipboardData.getData("text").split(/\r?\n/).filter((line) => line.trim());
  if (!row?.matches('[data-row="choices"]') || lines.length < 2) return;
  event.preventDefault();
  let last = row;
  lines.forEach((line, number) => {
    if (number) last = addRow(row.parentElement, { before: last.nextElementSibling });
    input(last, "label").value = line.trim();
  });
  added(last);
});

function changedIn(event) {
  if (event.target.matches("#json, #note, .picker input[type=search]")) return;
  const row = rowOf(event.target);
  if (row) {
    if (["field", "columns"].includes(row.dataset.row)) showByKind(row);
    if (row.dataset.row === "step") showStep(row);
    if (row.dataset.row === "action") showAction(row);
    if (row.dataset.row === "condition") refreshCondition(row, { isNew: event.type === "change" });
    if (row.dataset.row === "rows") refreshComparison(row);
    if (["field", "columns"].includes(row.dataset.row)) offerFields();
  }
  live.changed();
}
form.addEventListener("input", changedIn);
form.addEventListener("change", changedIn);

form.addEventListener("focusout", ({ target, relatedTarget }) => {
  const holder = target.closest("[data-value]");
  if (holder && !holder.contains(relatedTarget)) refreshComparison(rowOf(holder));
});

function makeSortable(scope) {
  if (!live.mayChange) return;
  const lists = scope.matches?.("[data-rows]") ? [scope] : [...scope.querySelectorAll("#fields, #steps")];
  for (const list of lists) {
    if (!list.matches("#fields, #steps")) continue;
    window.Sortable.create(list, {
      handle: ".handle",
      animation: 0,
      onEnd: ({ item, oldIndex, newIndex }) => {
        if (oldIndex === newIndex) return;
        numberSteps();
        announce(`${nameOf(item)} is now number ${newIndex + 1}.`);
        live.changed();
      },
    });
  }
}

// ---- Panels, tabs, saving ----

/** Keep which tab is open, for the page that a button leads to, and in the address, for coming back and for loading it again. */
function remember(tab) {
  document.getElementById("open-tab").value = tab;
  const address = new URL(location.href);
  address.searchParams.set("tab", tab);
  address.hash = "";
  history.replaceState(history.state, "", address);
}

root.addEventListener("tab", ({ detail, target }) => {
  if (target.closest("#editor")) remember(detail);
  if (detail === "advanced" && !live.jsonChanged) json.readOnly = true; // till it says what the rows say now
  if (["try", "diagram", "advanced"].includes(detail) && "ready" in root.dataset) live.ask();
});

root.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-jump]");
  if (jump) jumpTo(jump.dataset.jump);
  const step = event.target.closest("[data-number]");
  if (step && step.closest("#panel-diagram")) {
    event.preventDefault();
    const row = rowsIn(document.getElementById("steps"))[Number(step.dataset.number) - 1];
    if (row) jumpTo(row.id);
  }
  const pressed = event.target.closest("[data-trial]");
  if (pressed) {
    event.preventDefault();
    live.press(pressed.dataset.trial);
  }
});

document.getElementById("trial").addEventListener("submit", (event) => {
  event.preventDefault();
  live.press("next");
});

document.getElementById("insert-reusable")?.addEventListener("click", async () => {
  const body = new URLSearchParams(live.rows());
  body.set("slug", document.getElementById("reusable").value);
  let html;
  try {
    html = await live.post(root.dataset.insert, body);
  } catch (problem) {
    live.say(`The reusable step is not inserted. ${wordsFor(problem)}`);
    return;
  }
  const put = (id, part) => {
    const list = document.getElementById(id);
    const before = list.children.length;
    list.insertAdjacentHTML("beforeend", part);
    return [...list.children].slice(before);
  };
  const made = [...put("fields", html.fields), ...put("steps", html.steps)];
  made.forEach((row) => refresh(row));
  offerFields();
  announce("The reusable step is inserted.");
  focusFirst(made.at(-1));
  live.changed();
});

document.getElementById("collapse-all").addEventListener("click", ({ currentTarget }) => {
  const isCollapsed = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", String(isCollapsed));
  currentTarget.textContent = isCollapsed ? "Open all" : "Collapse all";
  rowsIn(document.getElementById("steps")).forEach((row) => collapse(row, isCollapsed));
});

form.addEventListener("reveal", ({ target }) => collapse(rowOf(target), false));

listenToTabs(root);
listenToSaving(form, live);
listenToChips(form, { changed: () => live.changed(), announce });
refresh();
makeSortable(form);
afterAnswer();
const wrong = form.querySelector('[aria-invalid="true"]');
if (wrong) jumpTo(wrong.id);
else if (location.hash.startsWith("#tab-")) openTab(location.hash.slice("#tab-".length));
live.changed({ dirty: false });
root.dataset.ready = "";
