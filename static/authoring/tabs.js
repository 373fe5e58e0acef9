// Tabs by the ARIA authoring practices: arrow keys move, one tab stop for the whole list.

/** Open a tab by its id, without moving the focus. */
export function openTab(id) {
  const tab = document.getElementById(`tab-${id}`);
  const list = tab.closest('[role="tablist"]');
  for (const other of list.querySelectorAll('[role="tab"]')) {
    const isOpen = other === tab;
    other.setAttribute("aria-selected", String(isOpen));
    other.tabIndex = isOpen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !isOpen;
  }
  list.dispatchEvent(new CustomEvent("tab", { bubbles: true, detail: id }));
}

/** Let all lists of tabs be used with mouse and keyboard. */
export function listenToTabs(root = document) {
  for (const list of root.querySelectorAll('[role="tablist"]')) {
    const tabs = [...list.querySelectorAll('[role="tab"]')];
    list.addEventListener("click", (event) => {
      const tab = event.target.closest('[role="tab"]');
      if (tab) openTab(tab.id.slice("tab-".length));
    });
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const tab = tabs[(to + tabs.length) % tabs.length];
      openTab(tab.id.slice("tab-".length));
      tab.focus();
    });
  }
}

/** Return the id of the tab that an element stands on. */
export function tabOf(element) {
  return element.closest('[role="tabpanel"]')?.id.slice("panel-".length);
}
