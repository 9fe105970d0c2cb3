// Push to talk: the sentence goes to this machine's own recogniser and comes back into the box. The customer is read aloud
// where the browser has a Chinese voice. Nothing here is needed to practise by typing.
(() => {
  const box = document.getElementById("text");
  const talk = document.getElementById("talk");
  const note = document.getElementById("note");
  const last = document.querySelector("[data-spoken]:last-of-type");
  const voice = () => window.speechSynthesis?.getVoices().find((one) => one.lang.startsWith("zh"));

  if (document.querySelector(".talk .rep")) {
    // The newest words, at once: the form sticks to the bottom, so that the address's #end alone does not move the page.
    const newest = () => window.scrollTo({ top: document.body.scrollHeight, behavior: "instant" });
    newest();
    window.addEventListener("load", () => requestAnimationFrame(newest));
  }
  const aloud = document.getElementById("aloud");
  if (aloud && window.speechSynthesis && last) {
    const offer = () => { if (voice()) aloud.hidden = false; };
    offer();
    window.speechSynthesis.addEventListener("voiceschanged", offer);
    aloud.addEventListener("click", () => {
      const words = new SpeechSynthesisUtterance(last.dataset.spoken);
      words.voice = voice();
      words.lang = "zh-CN";
      window.speechSynthesis.speak(words);
    });
  }

  if (!box || !talk || !navigator.mediaDevices || !window.MediaRecorder) return;
  talk.hidden = false;
  let recorder = null;

  async function begin() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const parts = [];
      recorder = new MediaRecorder(stream);
      recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
      recorder.addEventListener("stop", () => {
        stream.getTracks().forEach((track) => track.stop());
        send(new Blob(parts));
      });
      recorder.start();
      talk.textContent = "■ 说完了";
      note.textContent = "正在听……";
    } catch {
      note.textContent = "用不了麦克风：请在浏览器里允许使用，或者直接打字。";
    }
  }

  async function send(sound) {
    const started = Date.now();
    const waiting = setInterval(() => { note.textContent = `正在转成文字…… ${Math.round((Date.now() - started) / 1000)} 秒`; }, 500);
    try {
      const body = new FormData();
      body.append("sound", sound, "speech.webm");
      const answer = await fetch("/practice/hear", { method: "POST", body, headers: { "X-Form-Token": document.querySelector("meta[name=form-token]").content } });
      const heard = await answer.json();
      if (answer.ok) {
        box.value = heard.text;
        note.textContent = "听错了可以改，改好再发。";
        box.focus();
      } else {
        note.textContent = heard.detail;
      }
    } catch {
      note.textContent = "没有连上，请直接打字。";
    } finally {
      clearInterval(waiting);
      talk.textContent = "● 按下说话";
    }
  }

  talk.addEventListener("click", () => {
    if (recorder?.state === "recording") recorder.stop();
    else begin();
  });
})();
