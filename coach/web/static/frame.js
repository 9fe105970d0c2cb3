// The menu folds on a phone. Without this file, or in a browser that does not run it, all places are simply shown.
(() => {
  const menu = document.getElementById("menu");
  const places = document.getElementById("places");
  if (!menu || !places) return;
  const narrow = window.matchMedia("(max-width: 40rem)");

  const fold = (folded) => {
    places.hidden = folded;
    menu.setAttribute("aria-expanded", String(!folded));
  };
  const fit = () => {
    menu.hidden = !narrow.matches;
    fold(narrow.matches);
  };
  menu.addEventListener("click", () => fold(!places.hidden));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && narrow.matches && !places.hidden) {
      fold(true);
      menu.focus();
    }
  });
  narrow.addEventListener("change", fit);
  fit();
})();
