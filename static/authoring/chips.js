// Lists of chosen fields: what a step asks for, what an answer depends on. Chips in an order, and a picker with search.

import { fields, keyOf, nameButtons } from "./facts.js";

function chip(name, field) {
  const item = document.createElement("li");
  item.className = "chip";
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = name;
  hidden.value = field.key;
  const label = document.createElement("span");
  label.className = "chip-label";
  label.textContent = field.label;
  item.append(hidden, label);
  return item;
}

function button(text, says, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "tool";
  made.dataset.chip = act;
  made.textContent = text;
  made.dataset.says = says;
  return made;
}

/** Give every chip its buttons; they are named after the field. */
export function refreshChips(root = document) {
  for (const item of root.querySelectorAll(".chip")) {
    if (!item.querySelector("button")) {
      item.append(button("←", "Move {} forward", "up"), button("→", "Move {} back", "down"), button("×", "Take {} out", "remove"));
    }
    nameButtons(item);
  }
}

/** Take out the chips of fields that are gone. Returns a function that puts them back where they were. */
export function dropChips(keys) {
  const dropped = [...document.querySelectorAll("#editor .chip")]
    .filter((item) => keys.includes(keyOf(item)))
    .map((item) => ({ item, list: item.parentElement, next: item.nextElementSibling }));
  for (const { item } of dropped) item.remove();
  return () => {
    for (const { item, list, next } of dropped.reverse()) list.insertBefore(item, next?.parentElement === list ? next : null);
  };
}

function stepsAsking() {
  const found = new Map();
  document.querySelectorAll('#editor [data-row="step"]').forEach((row, number) => {
    for (const hidden of row.querySelectorAll(`[name="${CSS.escape(`${row.dataset.prefix}-fields`)}"]`)) {
      found.set(hidden.value, number + 1);
    }
  });
  return found;
}

function closePicker(chips) {
  chips.querySelector(".picker")?.remove();
  chips.querySelector("[data-pick]").setAttribute("aria-expanded", "false");
}

function openPicker(chips, changed) {
  const name = chips.dataset.chips;
  const isOfStep = name.startsWith("step-") && name.endsWith("-fields");
  const only = chips.dataset.only ? chips.dataset.only.split(" ") : null;
  const asked = isOfStep ? stepsAsking() : new Map();
  const picker = document.createElement("div");
  picker.className = "picker";
  const search = document.createElement("input");
  search.type = "search";
  search.placeholder = "Search";
  search.setAttribute("aria-label", "Search for information");
  const list = document.createElement("ul");
  const chosen = [...chips.querySelectorAll(".chip")].map(keyOf);
  for (const field of fields()) {
    if (only && !only.includes(field.kind)) continue;
    if (isOfStep && field.kind === "computed" && !chosen.includes(field.key)) continue; // nobody is asked for it
    const item = document.createElement("li");
    const label = document.createElement("label");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.value = field.key;
    tick.checked = chosen.includes(field.key);
    tick.addEventListener("change", () => {
      if (tick.checked) chips.querySelector("ul").append(chip(name, field));
      else chips.querySelector(`.chip input[value="${CSS.escape(field.key)}"]`)?.closest(".chip").remove();
      refreshChips(chips);
      changed();
    });
    label.append(tick, ` ${field.label}`);
    if (asked.has(field.key) && !tick.checked) {
      const where = document.createElement("span");
      where.className = "help";
      where.textContent = ` (in step ${asked.get(field.key)})`;
      label.append(where);
    }
    item.append(label);
    list.append(item);
  }
  if (!list.children.length) {
    const nothing = document.createElement("li");
    nothing.textContent = "There is no such information yet. Add it under “Information”.";
    list.append(nothing);
  }
  search.addEventListener("input", () => {
    for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(search.value.toLowerCase());
  });
  picker.append(search, list);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !search.value) return;
    list.querySelector("li:not([hidden]) input")?.click(); // the first that fits
    search.select();
  });
  chips.querySelector("[data-pick]").after(picker);
  chips.querySelector("[data-pick]").setAttribute("aria-expanded", "true");
  search.focus();
}

/** Let chips be picked, moved and taken out. */
export function listenToChips(root, { changed, announce }) {
  root.addEventListener("keydown", (event) => {
    const chips = event.key === "Escape" && event.target.closest(".chips");
    if (!chips || !chips.querySelector(".picker")) return;
    closePicker(chips);
    chips.querySelector("[data-pick]").focus();
  });
  root.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (pick) {
      const chips = pick.closest(".chips");
      if (chips.querySelector(".picker")) closePicker(chips);
      else openPicker(chips, changed);
      return;
    }
    const pressed = event.target.closest("[data-chip]");
    if (!pressed) return;
    const item = pressed.closest(".chip");
    const label = item.querySelector(".chip-label").textContent;
    const act = pressed.dataset.chip;
    if (act === "remove") {
      const next = item.nextElementSibling || item.previousElementSibling;
      const chips = item.closest(".chips");
      const tick = chips.querySelector(`.picker input[value="${CSS.escape(keyOf(item))}"]`);
      if (tick) tick.checked = false;
      item.remove();
      (next?.querySelector("button:last-child") || chips.querySelector("[data-pick]")).focus();
      announce(`${label} is taken out.`);
    } else {
      const other = act === "up" ? item.previousElementSibling : item.nextElementSibling;
      if (!other) return;
      if (act === "up") other.before(item);
      else other.after(item);
      pressed.focus();
      announce(`${label} is moved.`);
    }
    changed();
  });
}
