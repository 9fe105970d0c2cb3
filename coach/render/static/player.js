// Click a turn, a mark or the waveform to hear it; the word being said is shown. Without this script the page still plays.
(() => {
  const player = document.getElementById("player");
  if (!player) return;
  const line = document.getElementById("playhead");
  const drawing = document.querySelector(".timeline");
  const turns = [...document.querySelectorAll(".transcript li[data-start]")];
  const words = [...document.querySelectorAll(".transcript [data-at]")].map((element) => ({ element, at: +element.dataset.at }));
  words.sort((one, other) => one.at - other.at);
  let stop = null;
  let spoken = null;

  function play(from, until) {
    stop = until ?? null;
    player.currentTime = Math.max(0, from);
    player.play();
  }

  for (const turn of turns) {
    const button = turn.querySelector(".hear");
    button.hidden = false;
    button.addEventListener("click", () => play(+turn.dataset.start, +turn.dataset.end));
  }
  for (const { element, at } of words) element.addEventListener("click", () => play(at));
  for (const button of document.querySelectorAll(".finding .hear")) {
    button.hidden = false;
    button.addEventListener("click", () => play(+button.dataset.start, +button.dataset.end));
  }
  drawing.addEventListener("click", (event) => {
    event.preventDefault();
    const place = drawing.getBoundingClientRect();
    play((event.clientX - place.left) / place.width * player.dataset.length);
  });
  player.addEventListener("timeupdate", () => {
    const now = player.currentTime;
    line.setAttribute("x", 1000 * now / player.dataset.length);
    if (stop !== null && now >= stop) { player.pause(); stop = null; }
    let latest = null;
    for (const word of words) { if (word.at > now) break; latest = word.element; }
    if (latest !== spoken) {
      spoken?.classList.remove("spoken");
      latest?.classList.add("spoken");
      spoken = latest;
    }
  });
})();
