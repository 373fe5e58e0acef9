// Arrow keys go from box to box in a table of boxes. Without this, the Tab key still does.
const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
for (const table of document.querySelectorAll(".staff-table")) {
  table.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell || event.target.type !== "checkbox" || event.ctrlKey || event.altKey || event.metaKey) return;
    const row = table.rows[cell.parentElement.rowIndex + step[0]];
    const box = row?.cells[cell.cellIndex + step[1]]?.querySelector("input");
    if (!box) return;
    event.preventDefault();
    box.focus();
  });
}
