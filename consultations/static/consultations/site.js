// Counts the characters of a comment as the server does: code points, a line end counts once.
// Everything works without it.
(() => {
  const area = document.querySelector("textarea[data-limit]");
  if (!area) return;
  const limit = Number(area.dataset.limit);
  const line = document.createElement("p");
  line.className = "count";
  line.setAttribute("aria-live", "polite");
  area.after(line);
  let spoken;
  const show = () => {
    const used = Array.from(area.value.replace(/\r\n?/g, "\n").trimEnd().normalize("NFC")).length;
    const left = limit - used;
    const text = left >= 0
      ? `${left.toLocaleString("en-GB")} characters left`
      : `${(-left).toLocaleString("en-GB")} characters too many`;
    line.classList.toggle("over", left < 0);
    // Near the limit at once, otherwise when the typing pauses: a screen reader is not flooded.
    clearTimeout(spoken);
    spoken = setTimeout(() => { line.textContent = text; }, left < 100 ? 0 : 600);
  };
  area.addEventListener("input", show);
  show();
})();

// Saves a draft by itself when the writing pauses. The button does the same without it.
(() => {
  const form = document.querySelector("form[data-saves]");
  if (!form) return;
  const line = document.createElement("p");
  line.className = "count";
  form.append(line);
  let timer;
  let running = null;
  let told = false;
  let stopped = false;
  const say = (text) => {
    // Spoken once, shown always: a screen reader is not interrupted at every pause.
    line.setAttribute("role", told ? "presentation" : "status");
    line.textContent = text;
    told = true;
  };
  const save = async () => {
    if (stopped) return;
    try {
      const answer = await fetch(form.dataset.saves, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (answer.status === 422) return;
      const said = await answer.json();
      if (answer.ok) {
        form.elements.draft.value = said.draft;
        say(said.said);
      } else {
        stopped = true;
        told = false;
        say(said.problem);
      }
    } catch {
      // Off line, logged out or restarting: the words are still on the page, and the next pause tries again.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { running = save().finally(() => { running = null; }); }, 5000);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    stopped = true;
    if (!running) return;
    // The form must name the draft that is just being saved.
    event.preventDefault();
    const button = event.submitter;
    running.then(() => form.requestSubmit(button));
  });
})();
