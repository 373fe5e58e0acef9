// Buttons that copy what an input holds. Where the browser does not let a page copy, the input can be selected by hand.
for (const button of document.querySelectorAll("[data-copies]")) {
  const input = document.getElementById(button.dataset.copies);
  const status = button.parentElement.querySelector("[role=status]");
  input.addEventListener("focus", () => input.select());
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(input.value);
      status.textContent = "Copied.";
    } catch {
      input.focus();
      status.textContent = "Your browser does not let this page copy. It is selected: copy it by hand.";
    }
  });
}
