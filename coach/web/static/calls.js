// Tick all calls of the page at once. Without this script they are ticked one by one.
(() => {
  const all = document.getElementById("tick-all");
  if (!all) return;
  const boxes = [...document.querySelectorAll(".calls input[name=ids]")];
  all.closest("label").hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  for (const box of boxes) box.addEventListener("change", () => { all.checked = boxes.every((one) => one.checked); });
})();
