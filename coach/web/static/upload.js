// Files go up a few at a time, each as a request of its own; the page then follows how far each call is.
(() => {
  const AT_ONCE = 3;
  const form = document.getElementById("files");
  const list = document.getElementById("uploads");
  const names = JSON.parse(list.dataset.names);
  const template = document.getElementById("upload");
  const token = form.elements.form_token.value;
  const endings = document.getElementById("file").accept.split(",");
  const rejected = document.getElementById("rejected");
  const rows = new Map();
  const waiting = [];
  let sending = 0;

  // The stream ends when nothing is in work; it is opened again when something is.
  let events = null;
  function follow() {
    if (events) return;
    events = new EventSource("/upload/events");
    events.addEventListener("message", (event) => tell(JSON.parse(event.data)));
    events.addEventListener("error", () => {
      events.close();
      events = null;
      if (list.querySelector("[data-state=waiting], [data-state=working]")) setTimeout(follow, 1000);
    });
  }

  for (const row of [...list.children]) {
    const fresh = rowFor(row.dataset.id, row.querySelector(".name").textContent);
    row.replaceWith(fresh);
  }

  form.classList.add("scripted");
  document.getElementById("send").hidden = true;
  document.getElementById("folder").parentElement.hidden = false;
  for (const input of [document.getElementById("file"), document.getElementById("folder")]) {
    input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  }
  form.addEventListener("submit", (event) => event.preventDefault());

  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) form.classList.remove("over"); });
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    take(entries.length ? (await Promise.all(entries.map(filesIn))).flat() : [...event.dataTransfer.files]);
  });

  async function filesIn(entry) {
    if (entry.isFile) return [await new Promise((found, failed) => entry.file(found, failed))];
    const reader = entry.createReader();
    const inside = [];
    for (;;) {
      const some = await new Promise((found, failed) => reader.readEntries(found, failed));
      if (!some.length) return (await Promise.all(inside.map(filesIn))).flat();
      inside.push(...some);
    }
  }

  function take(files) {
    const wanted = files.filter((file) => endings.some((ending) => file.name.toLowerCase().endsWith(ending)));
    const other = files.filter((file) => !wanted.includes(file) && !file.name.startsWith("."));
    rejected.hidden = !other.length;
    rejected.textContent = other.length ? `${names.other}${other.slice(0, 5).map((file) => file.name).join("、")}${other.length > 5 ? ` … (${other.length})` : ""}` : "";
    for (const file of wanted) send(file, file.name, {}, `${file.name}-${file.size}-${file.lastModified}`);
  }

  function send(content, name, told, once) {
    const row = rowFor(null, name);
    list.prepend(row);
    show(row, "uploading", 0, "");
    waiting.push({ content, name, told, once, row });
    next();
  }

  function next() {
    while (sending < AT_ONCE && waiting.length) {
      sending += 1;
      start(waiting.shift());
    }
    summary();
  }

  function start(job) {
    const query = new URLSearchParams({ name: job.name, source: "upload", ...job.told });
    for (const field of ["rep_id", "customer", "pattern", "speakers", "rep_channel"]) {
      const value = form.elements[field]?.value.trim();
      if (value && !query.has(field)) query.set(field, value);
    }
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/calls?${query}`);
    request.setRequestHeader("X-Form-Token", token);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Idempotency-Key", encodeURIComponent(job.once).slice(-200));
    request.upload.addEventListener("progress", (event) => show(job.row, "uploading", event.loaded / event.total, ""));
    request.addEventListener("loadend", () => {
      sending -= 1;
      const answer = answered(request);
      if (request.status === 201 && answer.calls) {
        const [first, ...more] = answer.calls;
        rows.get(first.id)?.remove();
        job.row.dataset.id = first.id;
        rows.set(first.id, job.row);
        tell(first);
        more.forEach(tell);
      } else {
        show(job.row, "refused", 0, answer.detail ?? (request.status ? `HTTP ${request.status}` : ""));
        again(job);
      }
      next();
    });
    request.send(job.content);
  }

  // A proxy in between may answer with a page of its own.
  function answered(request) {
    try { return JSON.parse(request.responseText || "{}"); } catch { return {}; }
  }

  function again(job) {
    const button = job.row.querySelector("[data-do=retry]");
    button.hidden = false;
    button.onclick = () => { button.hidden = true; button.onclick = null; waiting.push(job); show(job.row, "uploading", 0, ""); next(); };
  }

  function rowFor(id, name) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector(".name").textContent = name;
    for (const button of row.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        if (row.dataset.id) fetch(`/api/v1/calls/${row.dataset.id}/${button.dataset.do}`, { method: "POST", headers: { "X-Form-Token": token } })
          .then((answer) => answer.ok && answer.json().then(tell));
      });
    }
    if (id) { row.dataset.id = id; rows.set(id, row); }
    return row;
  }

  function tell(call) {
    let row = rows.get(call.id);
    if (!row) { row = rowFor(call.id, call.title); list.prepend(row); }
    row.querySelector(".name").textContent = call.title;
    const link = row.querySelector("a");
    link.href = `/calls/${call.id}`;
    link.hidden = call.state !== "done";
    row.querySelector("[data-do=cancel]").hidden = !["waiting", "working"].includes(call.state);
    row.querySelector("[data-do=retry]").hidden = !["failed", "cancelled"].includes(call.state);
    if (["waiting", "working"].includes(call.state)) follow();
    show(row, call.state, call.progress, call.state === "working" ? names[call.step] ?? "" : call.problem);
    summary();
  }

  function show(row, state, progress, detail) {
    row.dataset.state = state;
    const bar = row.querySelector("progress");
    bar.hidden = !["uploading", "working"].includes(state);
    bar.value = progress;
    const share = bar.hidden || !progress ? "" : ` ${Math.round(100 * progress)} %`;
    row.querySelector(".status").textContent = state === "working" && detail ? `${detail}${share}` : `${names[state]}${detail ? `：${detail}` : share}`;
  }

  function summary() {
    const open = [...list.children].filter((row) => ["uploading", "waiting", "working"].includes(row.dataset.state)).length;
    document.getElementById("summary").textContent = list.children.length ? `${names.of} ${list.children.length}${open ? `，${names.open} ${open}` : ""}` : "";
    document.getElementById("none").hidden = list.children.length > 0;
  }

  let recorder = null;
  follow();
  addEventListener("beforeunload", (event) => { if (sending || waiting.length || recorder) event.preventDefault(); });

  const record = document.getElementById("record");
  if (navigator.mediaDevices && window.MediaRecorder) document.getElementById("microphone").hidden = false;
  const begin = record.textContent;
  let timer = null;
  record.addEventListener("click", async () => {
    if (recorder) { recorder.stop(); return; }
    try {
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
      const pieces = [];
      const begun = Date.now();
      recorder = new MediaRecorder(sound);
      recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
      recorder.addEventListener("stop", () => {
        clearInterval(timer);
        for (const track of sound.getTracks()) track.stop();
        const kind = recorder.mimeType.includes("mp4") ? ".m4a" : recorder.mimeType.includes("ogg") ? ".ogg" : ".webm";
        recorder = null;
        record.textContent = begin;
        document.getElementById("elapsed").textContent = "";
        const at = new Date(begun);
        const told = { source: "microphone", made_at: at.toISOString() };
        send(new Blob(pieces), `${record.dataset.title} ${at.toLocaleString("sv").replaceAll(":", "-")}${kind}`, told, `microphone-${begun}`);
      });
      recorder.start(1000);
      record.textContent = record.dataset.stop;
      timer = setInterval(() => {
        const seconds = Math.round((Date.now() - begun) / 1000);
        document.getElementById("elapsed").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      }, 500);
    } catch {
      document.getElementById("no-microphone").hidden = false;
    }
  });
  summary();
})();
