// Jumping to an input, wherever it hides: on another tab, in a part that is closed, in a step that is collapsed.

import { openTab, tabOf } from "./tabs.js";

const CONTROLS = "input:not([type=hidden]), select, textarea";

/** Return what people see of an input: values of conditions are written into hidden ones. */
export function controlOf(input) {
  if (input.type !== "hidden") return input;
  return input.closest(".value-box")?.querySelector(CONTROLS) || input;
}

/** Open everything that hides an element. */
export function reveal(element) {
  const tab = tabOf(element);
  if (tab) openTab(tab);
  for (let above = element.parentElement; above; above = above.parentElement) {
    if (above.tagName === "DETAILS") above.open = true;
    if (above.matches(".step-body") && above.hidden) above.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
    if (above.matches("[data-kinds], .condition-body, .box") && above.hidden) above.hidden = false;
  }
}

/** Bring the first of these elements that is there into view, and put the focus on it. */
export function jumpTo(targets) {
  const found = targets.split(" ").map((id) => document.getElementById(id)).find(Boolean);
  if (!found) return;
  const target = controlOf(found);
  reveal(target);
  const focusable = target.matches("input, select, textarea, button, [tabindex]");
  const input = focusable ? target : [...target.querySelectorAll(CONTROLS)].find((one) => !one.closest("[hidden]"));
  (input || target).focus();
  (input || target).scrollIntoView({ block: "center" });
}
