// The keys of the moderator's review page, for those who want them (WCAG 2.1.4), and what has just
// been done, told to who does not see it. Without this script each key has its button.
"use strict";

(function () {
  const keys = document.querySelector("[data-shortcuts]");
  const begun = performance.now();
  // A key held or struck twice is meant for the page before.
  const DEAF = 400;
  let acted = false;

  // A status that is there from the beginning is not read out: it is said again once it is heard.
  const said = document.getElementById("said");
  if (said && said.textContent.trim()) {
    const words = [...said.childNodes];
    said.replaceChildren();
    window.setTimeout(() => said.replaceChildren(...words), 150);
  }

  function typing(target) {
    return target instanceof Element && target.closest("input, select, textarea, [contenteditable]");
  }

  function choose(number) {
    const reasons = document.querySelector("select[name=reason]");
    const reject = document.querySelector("[data-confirms]");
    if (!reasons || !reject || number >= reasons.options.length) return false;
    reasons.selectedIndex = number;
    reject.focus();
    return true;
  }

  function act(key) {
    if (/^[1-9]$/.test(key)) return choose(Number(key));
    if (key === "r") {
      const reasons = document.querySelector("select[name=reason]");
      if (reasons) reasons.focus();
      return Boolean(reasons);
    }
    const found = /^[a-z]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
    if (!found) return false;
    if (found instanceof HTMLDetailsElement) {
      found.open = !found.open;
      found.querySelector("summary").focus();
    } else {
      acted = true;
      found.click();
    }
    return true;
  }

  if (!keys) return;
  keys.hidden = false;
  if (keys.dataset.shortcuts !== "on") return;
  document.body.classList.add("with-keys");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (acted || performance.now() - begun < DEAF || typing(event.target)) return;
    if (act(event.key.toLowerCase())) event.preventDefault();
  });
  // Back to this page by the browser's own button: the keys work again.
  window.addEventListener("pageshow", () => { acted = false; });
})();
