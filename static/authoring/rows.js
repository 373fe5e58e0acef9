// Rows of the editor: adding, removing, moving and copying them. A row's inputs are named after the keys on the way to
// it, so a row that is copied or made gets its key by replacing text.

let counter = 0;

/** Return a key that no other row has. */
export function newKey() {
  counter += 1;
  return `n${counter}${Math.random().toString(36).slice(2, 8)}`;
}

/** Return the row that an element stands in. */
export function rowOf(element) {
  return element.closest("[data-row]");
}

/** Return an input of a row by its own name. */
export function input(row, name) {
  return row.querySelector(`[name="${CSS.escape(`${row.dataset.prefix}-${name}`)}"]`);
}

/** Return the text of an input of a row. */
export function textOf(row, name) {
  const found = input(row, name);
  if (!found) return "";
  return found.type === "checkbox" ? (found.checked ? "on" : "") : found.value;
}

/** Return the container of rows with this prefix. */
export function containerOf(prefix) {
  return document.querySelector(`[data-rows][data-prefix="${CSS.escape(prefix)}"]`);
}

/** Return the rows right inside a container. */
export function rowsIn(container) {
  return [...container.children].filter((child) => child.matches("[data-row]"));
}

function replaceEverywhere(root, change) {
  const elements = [root, ...root.querySelectorAll("*")];
  for (const element of elements) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("-")) {
        const changed = change(attribute.value);
        if (changed !== attribute.value) element.setAttribute(attribute.name, changed);
      }
    }
  }
}

/** Make a new row for a container from its template, and put it before another one or at the end. */
export function addRow(container, { before = null } = {}) {
  const template = document.getElementById(`template-${container.dataset.template}`);
  const row = template.content.firstElementChild.cloneNode(true);
  const key = newKey();
  replaceEverywhere(row, (text) => text.replaceAll("__prefix__", container.dataset.prefix).replaceAll("__key__", key));
  for (const hidden of row.querySelectorAll('input[value="__key__"]')) hidden.value = key;
  container.insertBefore(row, before);
  return row;
}

/** Put a copy of a row after it. Names and ids, which must be its own, are taken off the copy. */
export function duplicateRow(row) {
  const copy = row.cloneNode(true);
  const controls = row.querySelectorAll("input, select, textarea");
  copy.querySelectorAll("input, select, textarea").forEach((control, number) => {
    if (control.type === "checkbox") control.checked = controls[number].checked;
    else control.value = controls[number].value;
  });
  const before = row.dataset.prefix;
  const container = row.parentElement.dataset.prefix;
  const key = newKey();
  const after = `${container}-${key}`;
  replaceEverywhere(copy, (text) =>
    text
      .split(" ")
      .map((word) => {
        const at = word.indexOf(before);
        const next = word[at + before.length];
        const fits = at >= 0 && (next === undefined || next === "-" || next === "_");
        return fits ? word.slice(0, at) + after + word.slice(at + before.length) : word;
      })
      .join(" "),
  );
  copy.querySelector(`input[name="${CSS.escape(`${container}-keys`)}"]`).value = key;
  for (const name of ["was", "fixed", "name"]) {
    if (row.dataset.row === "field" && input(copy, name)) input(copy, name).value = "";
  }
  // What the page makes itself is made anew: a copy of it would not be listened to.
  copy.querySelectorAll(".picker").forEach((picker) => picker.remove());
  copy.querySelectorAll('[data-pick][aria-expanded="true"]').forEach((button) => button.setAttribute("aria-expanded", "false"));
  for (const holder of copy.querySelectorAll("[data-value]")) {
    holder.replaceChildren();
    delete holder.dataset.shape;
  }
  forgetIdentity(copy);
  row.after(copy);
  return copy;
}

function forgetIdentity(copy) {
  const base = input(copy, "base");
  if (!base || copy.dataset.row !== "step") return;
  const part = JSON.parse(base.value);
  delete part.id;
  base.value = JSON.stringify(part);
}

/** Move a row up or down by one; tell whether it could be. */
export function moveRow(row, by) {
  const siblings = rowsIn(row.parentElement);
  const to = siblings.indexOf(row) + by;
  if (to < 0 || to >= siblings.length) return false;
  if (by < 0) siblings[to].before(row);
  else siblings[to].after(row);
  return true;
}

/** Return what a row is called, to say what became of it. */
export function nameOf(row) {
  const said = ["label", "name", "words", "template", "message"].map((name) => textOf(row, name)).find((text) => text);
  return said ? `“${said}”` : "The row";
}
