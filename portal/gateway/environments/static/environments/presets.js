// 填入…预设: puts the manual's values into the settings form; nothing is saved before the person does it.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    const button = event.target.closest ? event.target.closest("[data-preset-for]") : null;
    if (!button) return;
    const form = document.querySelector(button.dataset.presetFor);
    Array.from(button.attributes).forEach(function (attribute) {
      if (attribute.name.indexOf("data-preset-") !== 0 || attribute.name === "data-preset-for") return;
      const field = form && form.elements[attribute.name.slice("data-preset-".length)];
      if (!field || !attribute.value) return;
      field.value = attribute.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const first = form && form.elements.base_url;
    if (first) first.focus();
  });
})();
