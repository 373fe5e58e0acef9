// What the page knows of its fields: labels as they are typed, and kinds, values and columns as the server read them.

import { containerOf, input, rowsIn, textOf } from "./rows.js";

const known = JSON.parse(document.getElementById("facts").textContent);
export const words = JSON.parse(document.getElementById("words").textContent);

let { steps } = known;
const byKey = new Map(known.fields.map((field) => [field.key, field]));

/** Take over what the server read. Returns, by field, which values of choices have new ones in their place. */
export function learn(facts) {
  const renamed = new Map();
  for (const field of facts.fields) {
    const before = byKey.get(field.key);
    if (before && before.choices.length === field.choices.length) {
      const changes = renamedValues(before.choices, field.choices);
      if (changes.length) renamed.set(field.key, new Map(changes));
    }
    byKey.set(field.key, field);
  }
  steps = facts.steps;
  return renamed;
}

/** Pair values that are gone with those that are new, in their order: choices that only moved are neither. */
function renamedValues(before, after) {
  const valuesOf = (choices) => choices.map(([value]) => value);
  const gone = valuesOf(before).filter((value) => !valuesOf(after).includes(value));
  const come = valuesOf(after).filter((value) => !valuesOf(before).includes(value));
  return gone.map((value, number) => [value, come[number]]);
}

/** Return what the server knows each step by. */
export function knownSteps() {
  return steps;
}

/** Return all fields in the order of the page. */
export function fields() {
  return rowsIn(containerOf("field")).map(read);
}

function read(row) {
  const key = row.dataset.prefix.slice("field-".length);
  const kind = textOf(row, "kind") || "locked";
  const fact = byKey.get(key) || { name: "", choices: [] };
  const label = textOf(row, "label") || fact.name || "(no label yet)";
  return { key, kind, label, name: fact.name, choices: fact.choices, row };
}

/** Return one field by its key. */
export function fieldOf(key) {
  const row = document.getElementById(`row_field-${key}`);
  return row ? read(row) : undefined;
}

/** Return the columns of a list, as key and label. */
export function columnsOf(field) {
  const container = field && containerOf(`field-${field.key}-columns`);
  if (!container) return [];
  return rowsIn(container).map((row) => [row.dataset.prefix.split("-").pop(), textOf(row, "label") || "(no label yet)"]);
}

/** Fill a select with options, keeping what is chosen even where it is not offered any more. */
export function fill(select, options, { empty = "Choose…" } = {}) {
  const chosen = select.value;
  const shown = select.selectedOptions[0]?.textContent;
  const offered = [["", empty], ...options];
  if (chosen && !options.some(([value]) => value === chosen)) offered.push([chosen, `${shown.replace(" (gone)", "")} (gone)`]);
  const same =
    select.options.length === offered.length &&
    offered.every(([value, label], number) => select.options[number].value === value && select.options[number].text === label);
  if (same) return;
  select.replaceChildren(...offered.map(([value, label]) => new Option(label, value)));
  select.value = chosen;
}

/** Offer the fields, as they are now, in every input that refers to one. */
export function offerFields(root = document) {
  const all = fields();
  for (const select of root.querySelectorAll("select[data-fields]")) {
    const only = select.dataset.fields === "any" ? null : select.dataset.fields.split(" ");
    const own = select.closest('[data-row="field"]')?.dataset.prefix.slice("field-".length);
    fill(
      select,
      all.filter(({ key, kind }) => key !== own && (!only || only.includes(kind) || key === select.value)).map(({ key, label }) => [key, label]),
    );
  }
  for (const select of root.querySelectorAll("select[data-tools]")) {
    fill(select, Object.keys(words.tools).map((name) => [name, name]));
  }
  for (const select of root.querySelectorAll("select[data-columns]")) {
    const row = select.closest("[data-row]");
    const list = input(row, select.dataset.columns);
    fill(select, columnsOf(all.find(({ key }) => key === list.value)));
  }
  for (const chip of root.querySelectorAll(".chip")) {
    const field = all.find((one) => one.key === keyOf(chip));
    const label = chip.querySelector(".chip-label");
    if (field && label.textContent !== field.label) {
      label.textContent = field.label;
      nameButtons(chip);
    }
  }
}

/** Return the key of the field that a chip stands for. */
export function keyOf(chip) {
  return chip.querySelector("input").value;
}

/** Name the buttons of a chip after its field. */
export function nameButtons(chip) {
  const label = chip.querySelector(".chip-label").textContent;
  for (const button of chip.querySelectorAll("button")) button.setAttribute("aria-label", button.dataset.says.replace("{}", label));
}
