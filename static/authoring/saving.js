// The buttons below the rows, and leaving the page: nothing that was typed may be lost on the way.

function listenToJson(live) {
  const json = document.getElementById("json");
  const changed = (isChanged) => {
    document.getElementById("json-changed").value = isChanged ? "on" : "";
    document.getElementById("inputs").inert = isChanged;
    document.getElementById("unapplied").hidden = !isChanged;
    document.getElementById("undo-json").disabled = !isChanged;
  };
  json.addEventListener("input", () => changed(true));
  document.getElementById("undo-json").addEventListener("click", () => {
    changed(false);
    document.getElementById("json_error").hidden = true;
    live.changed({ dirty: false });
    json.focus();
  });
  changed(live.jsonChanged);
}

function listenToPublishing(form) {
  const open = document.getElementById("open-publish");
  if (!open) return;
  const box = document.getElementById("publish-box");
  const note = document.getElementById("note");
  const show = (isShown) => {
    box.hidden = !isShown;
    open.setAttribute("aria-expanded", String(isShown));
    (isShown ? note : open).focus();
  };
  open.addEventListener("click", () => show(box.hidden));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
    if (event.key === "Enter" && event.target === note) form.requestSubmit(box.querySelector("button"));
  });
}

/** Let the form be sent once the server is known to be there, and warn who leaves what is not saved. */
export function listenToSaving(form, live) {
  listenToJson(live);
  listenToPublishing(form);
  // Most inputs are empty, and the server reads what is not there as empty: so it has a tenth to read.
  form.addEventListener("formdata", ({ formData }) => {
    for (const name of new Set(formData.keys())) {
      if (formData.getAll(name).every((value) => value === "")) formData.delete(name);
    }
  });
  form.addEventListener("submit", async (event) => {
    if (live.isLeaving) return;
    event.preventDefault(); // what saves itself comes first, and a page of a browser that cannot go on would lose the rows
    const { submitter } = event;
    clearTimeout(live.saveTimer);
    if (live.isSending) return;
    live.isSending = true;
    const isAnswered = await live.ask();
    live.isSending = false;
    if (!isAnswered) return;
    live.isLeaving = true;
    live.stop();
    form.requestSubmit(submitter);
  });
  window.addEventListener("beforeunload", (event) => {
    if ((live.isDirty || live.jsonChanged) && live.mayChange && !live.isLeaving) event.preventDefault();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) live.isLeaving = false;
  });
}
