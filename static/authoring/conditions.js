// Conditions as sentences: which comparisons a field has, and with what it is compared.

import { addRow, containerOf, input, rowsIn, textOf } from "./rows.js";
import { fieldOf, fill, offerFields, words } from "./facts.js";

const PRESENCE = ["answered", "empty"];
const SEVERAL = ["in", "not_in", "contains_any", "contains_all"];
const ORDERED = ["<", "<=", ">", ">=", "==", "!="];

function offerOperators(row, kind) {
  const select = input(row, "op");
  const own = words.operatorWords[kind] || {};
  const common = words.operatorWords[""];
  fill(
    select,
    (words.operators[kind] || Object.keys(common)).map((op) => [op, own[op] || common[op]]),
    { empty: "…" },
  );
}

function option(value, label, chosen) {
  return new Option(label, value, false, chosen);
}

function labelled(control, label) {
  control.setAttribute("aria-label", label);
  return control;
}

/** Make the control in which a value of this kind is given. It writes into the hidden input. */
function control(row, field, op) {
  const hidden = input(row, "value");
  const write = (value) => {
    hidden.value = value;
    hidden.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const choices = field?.choices?.length ? field.choices : null;
  const kind = op === "attempts>=" ? "integer" : field?.kind;
  const described = `id_${row.dataset.prefix}-value_error`;
  if (choices && op !== "attempts>=" && SEVERAL.includes(op)) {
    const chosen = hidden.value.split("\n");
    const box = document.createElement("span");
    box.className = "value-boxes";
    box.setAttribute("role", "group");
    labelled(box, "Values");
    for (const [value, label] of choices) {
      const wrap = document.createElement("label");
      const tick = document.createElement("input");
      tick.type = "checkbox";
      tick.value = value;
      tick.checked = chosen.includes(value);
      tick.addEventListener("change", () =>
        write([...box.querySelectorAll("input:checked")].map((one) => one.value).join("\n")),
      );
      wrap.append(tick, ` ${label}`);
      box.append(wrap);
    }
    return box;
  }
  const yesNo = [["yes", "yes"], ["no", "no"]];
  const offered = choices && op !== "attempts>=" ? choices : kind === "boolean" ? yesNo : null;
  let made;
  if (offered) {
    made = document.createElement("select");
    made.append(option("", "Choose…", !hidden.value), ...offered.map(([value, label]) => option(value, label, value === hidden.value)));
    if (hidden.value && made.value !== hidden.value) made.append(option(hidden.value, `${hidden.value} (gone)`, true));
  } else if (SEVERAL.includes(op)) {
    made = document.createElement("textarea");
    made.rows = 2;
    made.value = hidden.value;
    made.placeholder = "One in each line";
  } else {
    made = document.createElement("input");
    const isDate = kind === "date" && (hidden.value === "" || /^\d{4}-\d{2}-\d{2}$/.test(hidden.value));
    made.type = isDate ? "date" : "text";
    if (["number", "integer", "computed"].includes(kind)) made.inputMode = "decimal";
    made.value = hidden.value;
  }
  made.setAttribute("aria-describedby", described);
  made.addEventListener("input", () => write(made.value));
  made.addEventListener("change", () => write(made.value));
  return labelled(made, "Value");
}

function show(element, isShown) {
  if (element) element.hidden = !isShown;
}

/** Bring one comparison in line with what is chosen in it. */
export function refreshComparison(row) {
  const field = fieldOf(textOf(row, "field"));
  const kind = field?.kind || "";
  offerOperators(row, kind);
  const op = textOf(row, "op");
  const isPresence = PRESENCE.includes(op);
  const mayRefer = !isPresence && op !== "attempts>=";
  const isMoment = ["date", "date_time"].includes(kind);
  const side = input(row, "side");
  for (const one of side.options) {
    if (one.value === "today") one.hidden = one.disabled = side.value !== "today" && !(isMoment && ORDERED.includes(op));
    if (one.value === "answer") one.hidden = one.disabled = side.value !== "answer" && !mayRefer;
  }
  if (!mayRefer) side.value = "value";
  show(side.closest(".box"), mayRefer && Boolean(field));
  const holder = row.querySelector("[data-value]");
  const shape = JSON.stringify([textOf(row, "field"), kind, op, side.value]);
  const choices = JSON.stringify(field?.choices);
  // What somebody is typing in stays till they leave it: the choices of a field may come while a value is typed.
  const isStale = holder.dataset.choices !== choices && !holder.contains(document.activeElement);
  if (holder.dataset.shape !== shape || isStale) {
    Object.assign(holder.dataset, { shape, choices });
    holder.replaceChildren(...(isPresence || side.value !== "value" ? [] : [control(row, field, op)]));
  }
  show(row.querySelector(".value-box"), !isPresence && side.value === "value");
  show(input(row, "ref").closest(".box"), mayRefer && side.value === "answer");
  const moves = mayRefer && (side.value === "today" || (side.value === "answer" && isMoment));
  show(row.querySelector(".offset"), moves);
  const exact = textOf(row, "offset_unit") === "";
  show(input(row, "offset_by").closest(".box"), !exact);
  show(input(row, "offset_sign").closest(".box"), !exact);
}

/** Bring one condition in line with how its rows are joined; the first row comes by itself. */
export function refreshCondition(row, { isNew = false } = {}) {
  const mode = textOf(row, "mode");
  const body = row.querySelector(".condition-body");
  show(body, mode !== "" && mode !== "locked");
  const rows = containerOf(`${row.dataset.prefix}-rows`);
  const groups = containerOf(`${row.dataset.prefix}-groups`);
  if (isNew && mode && mode !== "locked" && !rowsIn(rows).length && !rowsIn(groups).length) {
    const first = addRow(rows);
    offerFields(first);
    refreshComparison(first);
  }
}

/** Put new values in the place of old ones wherever a field with these choices is compared. */
export function followValues(renamed) {
  for (const row of document.querySelectorAll('#editor [data-row="rows"]')) {
    const changes = renamed.get(textOf(row, "field"));
    if (!changes) continue;
    const hidden = input(row, "value");
    hidden.value = hidden.value.split("\n").map((value) => changes.get(value) ?? value).join("\n");
  }
}
