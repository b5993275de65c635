// Counts the characters of a comment as the server does: code points, a line end counts once.
// Everything works without it.
document.querySelectorAll("textarea[data-limit]").forEach((area) => {
  const limit = Number(area.dataset.limit);
  const line = document.createElement("p");
  line.className = "count";
  line.setAttribute("aria-live", "polite");
  area.after(line);
  let spoken;
  const show = () => {
    const used = Array.from(area.value.replace(/\r\n?/g, "\n").trimEnd().normalize("NFC")).length;
    const left = limit - used;
    const sentence = left >= 0 ? document.body.dataset.left : document.body.dataset.over;
    const number = Math.abs(left).toLocaleString(document.documentElement.lang);
    const text = sentence.replace("{number}", number);
    line.classList.toggle("over", left < 0);
    // Near the limit at once, otherwise when the typing pauses: a screen reader is not flooded.
    clearTimeout(spoken);
    spoken = setTimeout(() => { line.textContent = text; }, left < 100 ? 0 : 600);
  };
  area.addEventListener("input", show);
  show();
});

// Saves a draft by itself when the writing pauses. The button does the same without it.
(() => {
  const form = document.querySelector("form[data-saves]");
  if (!form) return;
  const line = document.createElement("p");
  line.className = "count";
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  const alarm = document.createElement("p");
  alarm.className = "errorlist";
  alarm.setAttribute("role", "alert");
  form.append(line, spoken, alarm);
  let timer;
  let running = null;
  let again = false;
  let told = false;
  let stopped = false;
  const save = async () => {
    try {
      const answer = await fetch(form.dataset.saves, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(8000),
      });
      const said = await answer.json();
      if (answer.ok) {
        form.elements.draft.value = said.draft;
        line.textContent = said.said;
        alarm.textContent = "";
        // Spoken once, shown always: a screen reader is not interrupted at every pause.
        if (!told) spoken.textContent = said.said;
        told = true;
      } else {
        stopped = answer.status === 409;
        line.textContent = "";
        alarm.textContent = said.problem;
      }
    } catch {
      line.textContent = "";
      alarm.textContent = form.dataset.unsaved;
    }
  };
  const start = () => {
    if (stopped) return;
    if (running) { again = true; return; }
    running = save().finally(() => {
      running = null;
      if (again) { again = false; start(); }
    });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(start, 5000);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    stopped = true;
    if (!running) return;
    // The form must name the draft that is just being saved.
    event.preventDefault();
    const button = event.submitter;
    running.finally(() => { if (button) button.click(); else form.submit(); });
  });
})();
