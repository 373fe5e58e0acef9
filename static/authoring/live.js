// What the server says of the rows as they are now: mistakes, findings, panels. It also saves the draft by itself.

import { learn, offerFields } from "./facts.js";
import { followValues } from "./conditions.js";
import { controlOf } from "./jumping.js";

const PAUSE = 500;
const SAVE_PAUSE = 4000;
const LONGEST_UNSAVED = 20000; // somebody may type without a pause
const PATIENCE = 20000;
const RETRY = 5000;

class LoggedOut extends Error {}
class Refused extends Error {}

export function wordsFor(problem) {
  if (problem instanceof Refused) return problem.message;
  return problem instanceof LoggedOut
    ? "You are logged out. Log in in another window, then go on here: what you typed is still here."
    : "The server cannot be reached, so nothing is saved now. What you typed is still here; it is tried again by itself.";
}

/** Give inputs that were there back what was typed in them before they were drawn anew; of a box that is not ticked nothing is `typed`. */
function keepTyped(form, { there, typed }) {
  for (const input of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!there.has(input.name)) continue;
    const values = typed.getAll(input.name);
    if (["checkbox", "radio"].includes(input.type)) input.checked = values.includes(input.value);
    else if (input.multiple) for (const option of input.options) option.selected = values.includes(option.value);
    else input.value = values[[...form.querySelectorAll(`[name="${CSS.escape(input.name)}"]`)].indexOf(input)] ?? "";
  }
}

export class Live {
  constructor(root, { refreshed }) {
    this.root = root;
    this.form = document.getElementById("editor");
    this.trial = document.getElementById("trial");
    this.refreshed = refreshed;
    this.isDirty = Boolean(document.querySelector("[data-unsaved]"));
    this.isStopped = false;
    this.isFailing = false;
    this.changes = 0;
    this.pressed = null;
  }

  /** Ask soon: something was changed. */
  changed({ dirty = true } = {}) {
    if (dirty) {
      this.changes += 1;
      this.isDirty = true;
      this.dirtySince ??= Date.now();
    }
    this.#later(PAUSE);
    if (dirty && this.mayChange && !this.isStopped) this.#saveLater();
  }

  #later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), pause);
    this.#tellWhetherWaiting();
  }

  #saveLater() {
    clearTimeout(this.saveTimer);
    const pause = Math.min(SAVE_PAUSE, Math.max(0, this.dirtySince + LONGEST_UNSAVED - Date.now()));
    this.saveTimer = setTimeout(() => this.ask({ save: true }), pause);
  }

  get mayChange() {
    return "mayChange" in this.root.dataset;
  }

  get jsonChanged() {
    return document.getElementById("json-changed").value === "on";
  }

  body({ save = false } = {}) {
    const body = this.rows();
    for (const [name, value] of new FormData(this.trial)) body.append(name, value);
    if (this.pressed) body.append("trial-button", this.pressed);
    const open = this.root.querySelector('.side [role="tab"][aria-selected="true"]').id.slice("tab-".length);
    body.append("panel", open);
    if (document.getElementById("tab-advanced").getAttribute("aria-selected") === "true") body.append("wants_json", "on");
    if (save && this.mayChange && !this.jsonChanged) body.append("autosave", "on");
    return body;
  }

  /** Return what stands in the rows; those who may only look have theirs disabled, and what is disabled is not sent. */
  rows() {
    const inputs = document.getElementById("inputs");
    const { disabled } = inputs;
    inputs.disabled = false;
    const body = new FormData(this.form);
    inputs.disabled = disabled;
    body.delete("json");
    return body;
  }

  /** Ask nothing more: the page is left. */
  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.saveTimer);
    this.timer = this.again = null;
    this.#tellWhetherWaiting();
  }

  /** Ask now what becomes of a button of the trial; a second press before the answer is none. */
  press(button) {
    if (this.pressed || this.isPressing) return;
    this.pressed = button;
    this.trial.ariaBusy = "true";
    this.ask();
  }

  /** Ask now, one question at a time. Returns a promise of whether the server answered all there was to ask. */
  ask({ save = false } = {}) {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.isAsking) {
      this.again = { save: save || this.again?.save };
      return this.finished;
    }
    this.isAsking = true;
    this.finished = this.#askAll(save);
    this.#tellWhetherWaiting();
    return this.finished;
  }

  async #askAll(save) {
    let isAnswered = await this.#asked(save);
    while (this.again) {
      const next = this.again;
      this.again = null;
      isAnswered = await this.#asked(next.save);
    }
    this.isAsking = false;
    this.#tellWhetherWaiting();
    return isAnswered;
  }

  async #asked(save) {
    const body = new URLSearchParams(this.body({ save }));
    const sent = { changes: this.changes, pressed: Boolean(this.pressed) };
    this.isPressing = Boolean(this.pressed);
    this.pressed = null;
    try {
      const answer = await this.post(this.root.dataset.live, body);
      if (this.isFailing) this.say("");
      this.isFailing = false;
      this.take(answer, sent);
      return true;
    } catch (problem) {
      this.#failed(problem);
      return false;
    } finally {
      this.isPressing = false;
      if (!this.pressed) this.trial.ariaBusy = null;
    }
  }

  /** Post to the server, and return what it answers. A new session has a new token: it is fetched once. */
  async post(address, body, { mayRenew = true } = {}) {
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(address, { method: "POST", body, signal, headers: { Accept: "application/json" } });
    if (response.redirected) throw new LoggedOut();
    if (response.status === 403 && mayRenew) {
      body.set("csrfmiddlewaretoken", await this.#newToken());
      return this.post(address, body, { mayRenew: false });
    }
    if (response.status === 400) throw new Refused((await response.json()).broken);
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  async #newToken() {
    const page = await fetch(location.href, { signal: AbortSignal.timeout(PATIENCE) });
    if (page.redirected || !page.ok) throw new LoggedOut();
    const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = parsed.querySelector("#editor [name=csrfmiddlewaretoken]").value;
    this.form.querySelector("[name=csrfmiddlewaretoken]").value = token;
    return token;
  }

  #failed(problem) {
    this.isFailing = true;
    this.say(wordsFor(problem));
    if (this.isLeaving || problem instanceof Refused) return;
    this.#later(RETRY);
    if (this.isDirty && this.mayChange && !this.isStopped) this.#saveLater();
  }

  #tellWhetherWaiting() {
    this.root.toggleAttribute("data-waiting", Boolean(this.isAsking || this.timer));
  }

  say(words) {
    const place = document.getElementById("saved");
    place.textContent = words;
    place.classList.toggle("is-failing", this.isFailing || this.isStopped);
  }

  take(answer, sent) {
    followValues(learn(answer.facts));
    offerFields();
    document.getElementById("panel-checks").innerHTML = answer.checks;
    this.mark(answer.errors);
    this.count(answer.counts);
    if ("trial" in answer) this.#takeTrial(answer.trial, sent);
    if ("diagram" in answer) document.getElementById("panel-diagram").innerHTML = answer.diagram;
    if ("json" in answer) this.#takeJson(answer.json);
    document.getElementById("editor-name").textContent = answer.name || "No name yet";
    this.samples(answer.samples);
    if (answer.saved) this.saved(answer.saved, sent.changes);
    if (answer.conflict) {
      this.isStopped = true;
      this.say(answer.conflict);
    }
    this.refreshed(answer);
  }

  /** Show the trial as it is now, with what is typed in it and not sent yet. */
  #takeTrial(html, { pressed }) {
    const before = { there: new Set([...this.trial.elements].map(({ name }) => name)), typed: new FormData(this.trial) };
    this.put(this.trial, html);
    if (!pressed) keepTyped(this.trial, before);
  }

  #takeJson(text) {
    const json = document.getElementById("json");
    if (!this.jsonChanged && json.value !== text) json.value = text;
    json.readOnly = !this.mayChange;
  }

  put(holder, html) {
    const focused = holder.contains(document.activeElement) ? document.activeElement.name || "" : null;
    holder.innerHTML = html;
    if (focused !== null) {
      const next = (focused && holder.querySelector(`[name="${CSS.escape(focused)}"]`)) || holder.querySelector("input:not([type=hidden]), select, textarea, button");
      next?.focus();
    }
  }

  saved({ revision, words, draft }, changes) {
    document.getElementById("revision").value = revision;
    document.getElementById("unpublished").hidden = !draft;
    if (changes === this.changes) {
      this.isDirty = false;
      this.dirtySince = undefined;
    } else {
      this.dirtySince = Date.now();
    }
    if (words) this.say(words);
  }

  /** Put each mistake beside its input, and take away those that were mended. */
  mark(errors) {
    for (const input of this.form.querySelectorAll('[aria-invalid="true"]')) input.removeAttribute("aria-invalid");
    for (const place of this.form.querySelectorAll(".mistake[id]")) {
      if (place.id === "json_error") continue;
      place.hidden = true;
      place.textContent = "";
    }
    for (const { id, message } of errors) {
      const input = document.getElementById(id);
      const place = document.getElementById(`${id}_error`);
      if (input) controlOf(input).setAttribute("aria-invalid", "true");
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
      badge.firstElementChild.textContent = count ? String(count) : "";
      badge.lastElementChild.textContent = count === 1 ? " thing to correct" : " things to correct";
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
