// The "?" of a page: its help in a panel, opened by a click or the F1 key; and the help's print button.
(function () {
  "use strict";

  const opener = document.querySelector("[data-help]");
  const panel = document.getElementById("help-panel");

  function open(event) {
    if (!window.bootstrap || !window.htmx || !panel) return; // then it is a link like any other
    event.preventDefault();
    window.bootstrap.Offcanvas.getOrCreateInstance(panel).show(opener);
    if (panel.dataset.loaded) return;
    panel.dataset.loaded = "1";
    window.htmx.ajax("GET", opener.dataset.help, { target: "#help-panel-body", swap: "innerHTML" });
  }

  if (opener) {
    opener.addEventListener("click", open);
    document.addEventListener("keydown", function (event) {
      // "?" shows the keys of the page (keys.js); F1 would open the browser's own help.
      if (event.key !== "F1" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      opener.click();
    });
  }

  document.addEventListener("htmx:afterSettle", function (event) {
    const text = event.target.querySelector && event.target.querySelector("[data-help-section]");
    const section = text && text.querySelector("#" + window.CSS.escape(text.dataset.helpSection));
    if (!section) return;
    section.classList.add("pointed");
    section.scrollIntoView({ block: "start" });
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () { window.print(); });
  });
})();
