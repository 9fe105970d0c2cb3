// The review by keyboard: one place after another, one letter a decision. Without this file everything works by mouse.
(() => {
  let at = null;

  const places = () => [...document.querySelectorAll("#review .place[tabindex]")];
  const turnOf = (place) => place.closest(".turn").id;

  const show = (place) => {
    if (!place) return;
    places().forEach((one) => one.classList.toggle("here", one === place));
    at = { turn: turnOf(place), index: places().indexOf(place) };
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
  };
  const here = () => document.querySelector("#review .place.here");
  const next = (step) => {
    const all = places();
    const index = here() ? all.indexOf(here()) + step : step > 0 ? 0 : all.length - 1;
    show(all[Math.max(0, Math.min(all.length - 1, index))]);
  };

  const hear = (button) => {
    const sound = document.getElementById("sound");
    if (!sound || !button) return;
    sound.currentTime = Number(button.dataset.start);
    sound.play();
    sound.ontimeupdate = () => {
      if (sound.currentTime >= Number(button.dataset.end)) {
        sound.pause();
        sound.ontimeupdate = null;
      }
    };
  };

  const press = (key) => {
    const turn = here() && here().closest(".turn");
    if (!turn) return;
    const control = here().querySelector(`[data-key="${key}"]`) || turn.querySelector(`[data-key="${key}"]`);
    if (key === "l") return hear(turn.querySelector(".hear"));
    if (!control) return;
    if (control.tagName === "BUTTON") return control.click();
    const more = control.closest("details");
    if (more) more.open = true;
    (key === "n" ? more.querySelector("textarea") : control).focus();
  };

  document.addEventListener("keydown", (event) => {
    const review = document.getElementById("review");
    if (!review || review.dataset.open !== "yes" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
      if (event.key === "Escape") {
        event.target.blur();
        show(event.target.closest(".turn")?.querySelector(".place[tabindex]") || here());
      }
      return;
    }
    const key = event.key.toLowerCase();
    if (key === "j") next(1);
    else if (key === "k") next(-1);
    else if (key === "s") document.getElementById("conclusion").scrollIntoView();
    else if ("arcxmnl".includes(key) && key.length === 1) press(key);
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".hear");
    if (button) hear(button);
    const place = event.target.closest(".place[tabindex]");
    if (place && place !== here() && !event.target.closest("select")) {
      places().forEach((one) => one.classList.toggle("here", one === place));
      at = { turn: turnOf(place), index: places().indexOf(place) };
    }
  });

  // What is typed and not sent yet outlives the swap, and is asked about before the page is left.
  const fields = () => [...document.querySelectorAll("#review textarea, #review input[type=text]")];
  const typed = () => fields().filter((one) => one.value !== one.defaultValue);
  const nameOf = (field) => {
    const form = field.form;
    const same = [...form.elements].filter((one) => one.name === field.name);
    const told = ["turn", "code", "place"].map((name) => form.elements[name]?.value ?? "").join(" ");
    return `${form.getAttribute("action")} ${told} ${field.name} ${same.indexOf(field)}`;
  };
  let kept = new Map();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const sent = event.detail.requestConfig?.elt;
    kept = new Map(typed().filter((one) => !sent?.contains(one)).map((one) => [nameOf(one), one.value]));
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const field of fields()) {
      if (!kept.has(nameOf(field))) continue;
      field.value = kept.get(nameOf(field));
      const more = field.closest("details");
      if (more) more.open = true;
    }
  });
  let submitting = false;
  document.addEventListener("submit", () => { submitting = true; setTimeout(() => { submitting = false; }, 1000); });
  addEventListener("beforeunload", (event) => { if (!submitting && typed().length) event.preventDefault(); });

  // After a decision the page is swapped in place: stay there, or go on to the next place that is left.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    const problem = document.getElementById("problem");
    if (problem) return problem.focus();
    if (!at) return;
    const all = places();
    const left = all.find((one, index) => index >= at.index && one.hasAttribute("data-left"));
    show(left || all[Math.min(at.index, all.length - 1)]);
  });
})();
