// Looks again, without reloading the page, while a worker makes what was asked for.
// Without this script the page offers a link that does the same.
"use strict";

(function () {
  const area = "[data-look-again]";

  async function look() {
    const here = document.querySelector(area);
    if (!here || here.dataset.lookAgain !== "yes") return;
    try {
      const answer = await fetch(window.location.href, { credentials: "same-origin" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const there = page.querySelector(area);
        if (there && there.dataset.lookAgain !== "yes") here.replaceWith(document.adoptNode(there));
      }
    } finally {
      window.setTimeout(look, 2000);
    }
  }

  window.setTimeout(look, 1500);
})();
