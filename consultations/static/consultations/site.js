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
