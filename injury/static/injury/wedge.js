// Card readers and scanners type like a keyboard and end with Enter. <form data-wedge>: Enter goes to the next empty
// field and sends the form only when everything is filled, or when one field holds a whole line with separators.
(function () {
  "use strict";
  document.querySelectorAll("form[data-wedge]").forEach(function (form) {
    form.addEventListener("keydown", function (event) {
      const field = event.target;
      if (event.key !== "Enter" || field.tagName !== "INPUT" || field.type !== "text") return;
      if (/[|\t]/.test(field.value)) return;
      const where = form.querySelector("input[name=where]:checked");
      const elsewhere = where && where.value === "cross";
      const next = Array.prototype.find.call(form.querySelectorAll("input[type=text]"), function (other) {
        return !other.value.trim() && !(elsewhere && other.hasAttribute("data-only-local"));
      });
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  });
})();
