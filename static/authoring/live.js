// What the server says of the rows as they are now: mistakes, findings, panels. It also saves the draft by itself.

import { learn, offerFields } from "./facts.js";
import { followValues } from "./conditions.js";
import { openTab, tabOf } from "./tabs.js";

const PAUSE = 500;
const SAVE_PAUSE = 4000;

export class Live {
  constructor(root, { refreshed }) {
    this.root = root;
    this.form = document.getElementById("editor");
    this.trial = document.getElementById("trial");
    this.refreshed = refreshed;
    this.isDirty = Boolean(document.querySelector("[data-unsaved]"));
    this.isStopped = false;
    this.number = 0;
    this.pressed = null;
  }

  /** Ask soon: something was changed. */
  changed({ dirty = true } = {}) {
    if (dirty) this.isDirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
    if (dirty && this.mayChange && !this.isStopped) {
      clearTimeout(this.saveTimer);
      this.saveTimer = setTimeout(() => this.ask({ save: true }), SAVE_PAUSE);
    }
  }

  get mayChange() {
    return "mayChange" in this.root.dataset;
  }

  get jsonChanged() {
    return document.getElementById("json-changed").value === "on";
  }

  body({ save = false } = {}) {
    const body = new FormData(this.form);
    body.delete("json");
    for (const [name, value] of new FormData(this.trial)) body.append(name, value);
    if (this.pressed) body.append("trial-button", this.pressed);
    const open = this.root.querySelector('.side [role="tab"][aria-selected="true"]').id.slice("tab-".length);
    body.append("panel", open);
    if (document.getElementById("tab-advanced").getAttribute("aria-selected") === "true") body.append("wants_json", "on");
    if (save && this.mayChange && !this.jsonChanged) body.append("autosave", "on");
    return body;
  }

  /** Ask nothing more: the page is left. */
  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.saveTimer);
    this.again = null;
  }

  /** Ask now, one question at a time; `finished` is kept when there is nothing more to ask. */
  ask({ save = false } = {}) {
    if (this.isAsking) {
      this.again = { save: save || this.again?.save };
      return;
    }
    this.isAsking = true;
    this.finished = this.#asked(save);
  }

  async #asked(save) {
    const body = this.body({ save });
    this.pressed = null;
    try {
      const response = await fetch(this.root.dataset.live, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(String(response.status));
      this.take(await response.json());
    } catch {
      this.say("The checks could not be brought up to date. What you typed is still here.");
    }
    if (this.again && !this.isLeaving) {
      const next = this.again;
      this.again = null;
      await this.#asked(next.save);
    }
    this.isAsking = false;
  }

  say(words) {
    document.getElementById("saved").textContent = words;
  }

  take(answer) {
    followValues(learn(answer.facts));
    offerFields();
    document.getElementById("panel-checks").innerHTML = answer.checks;
    this.mark(answer.errors);
    this.count(answer.counts);
    if ("trial" in answer) this.put(this.trial, answer.trial);
    if ("diagram" in answer) document.getElementById("panel-diagram").innerHTML = answer.diagram;
    if ("json" in answer && !this.jsonChanged) document.getElementById("json").value = answer.json;
    document.getElementById("editor-name").textContent = answer.name || "No name yet";
    this.samples(answer.samples);
    if (answer.saved) this.saved(answer.saved);
    if (answer.conflict) {
      this.isStopped = true;
      this.say(answer.conflict);
    }
    this.refreshed(answer);
  }

  put(holder, html) {
    const focused = holder.contains(document.activeElement) ? document.activeElement.name || "" : null;
    holder.innerHTML = html;
    if (focused !== null) {
      const next = (focused && holder.querySelector(`[name="${CSS.escape(focused)}"]`)) || holder.querySelector("input:not([type=hidden]), select, textarea, button");
      next?.focus();
    }
  }

  saved({ revision, words, draft }) {
    document.getElementById("revision").value = revision;
    document.getElementById("unpublished").hidden = !draft;
    this.isDirty = false;
    if (words) this.say(words);
  }

  /** Put each mistake beside its input, and take away those that were mended. */
  mark(errors) {
    for (const input of this.form.querySelectorAll('[aria-invalid="true"]')) input.removeAttribute("aria-invalid");
    for (const place of this.form.querySelectorAll(".mistake")) {
      if (place.id !== "json_error") place.hidden = true;
    }
    for (const { id, message } of errors) {
      const input = document.getElementById(id);
      const place = document.getElementById(`${id}_error`);
      if (input) input.setAttribute("aria-invalid", "true");
      if (place) {
        place.textContent = message;
        place.hidden = false;
      }
    }
  }

  count(counts) {
    for (const badge of this.root.querySelectorAll("[data-count]")) {
      const count = counts[badge.dataset.count] || 0;
      badge.hidden = count === 0;
      badge.textContent = count ? String(count) : "";
      badge.setAttribute("aria-label", count === 1 ? "1 thing to correct" : `${count} things to correct`);
    }
  }

  samples(samples) {
    for (const place of this.form.querySelectorAll("[data-sample]")) {
      const found = samples[place.dataset.sample];
      place.replaceChildren();
      if (!found) continue;
      const list = document.createElement("ul");
      const say = (words, name = "") => {
        const item = document.createElement("li");
        item.className = name;
        item.textContent = words;
        list.append(item);
      };
      if (found.problem) say(found.problem, "mistake");
      for (const { label, value, wrong } of found.filled) say(wrong ? `${label}: ${wrong}` : `${label}: ${value}`, wrong ? "mistake" : "");
      place.append(list);
      if (found.places.length) {
        const more = document.createElement("p");
        more.className = "help";
        more.textContent = `In it: ${found.places.map(({ pointer, value }) => `${pointer || "(all of it)"} = ${value}`).join(" · ")}`;
        place.append(more);
      }
    }
  }
}

/** Bring the first of these elements that is there into view, and put the focus on it. */
export function jumpTo(targets) {
  const target = targets.split(" ").map((id) => document.getElementById(id)).find(Boolean);
  if (!target) return;
  const tab = tabOf(target);
  if (tab) openTab(tab);
  for (let above = target.parentElement; above; above = above.parentElement) {
    if (above.tagName === "DETAILS") above.open = true;
    if (above.matches(".step-body")) above.hidden = false;
    if (above.matches("[data-kinds], .condition-body, .box") && above.hidden) above.hidden = false;
  }
  const input = target.matches("input, select, textarea, button, [tabindex]") ? target : target.querySelector("input:not([type=hidden]), select, textarea");
  (input || target).focus();
  target.scrollIntoView({ block: "center" });
}
