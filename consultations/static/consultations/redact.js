// Puts the words that are selected in the text, by mouse or by keyboard, into the field.
// Without this script they are copied and pasted, or typed.
"use strict";

(function () {
  const sent = document.querySelector("[data-selected-for]");
  const offer = document.querySelector("[data-selected-offer]");
  const field = sent && document.getElementById(sent.dataset.selectedFor);
  if (!field || !offer) return;

  // A caret, with which the arrow keys select, is only in a field that is not read-only: so this one
  // is not, and takes no input all the same.
  sent.readOnly = false;
  sent.setAttribute("aria-readonly", "true");
  sent.addEventListener("beforeinput", function (typed) { typed.preventDefault(); });

  const status = offer.querySelector("[role=status]");
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", function () {
    const words = sent.value.slice(sent.selectionStart, sent.selectionEnd).trim();
    status.textContent = words ? "" : status.dataset.nothing;
    if (!words) return;
    field.value = words;
    field.focus();
  });
})();
