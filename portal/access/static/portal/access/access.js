// Sign-in and secrets: show the password, say when Caps Lock is on, copy what is shown once.
(function () {
  "use strict";

  document.querySelectorAll("input[data-password]").forEach(function (field) {
    const box = document.createElement("div");
    box.className = "with-button";
    field.parentNode.insertBefore(box, field);
    box.appendChild(field);
    if (field.autofocus) field.focus(); // moving it has taken the focus away
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "显示";
    button.setAttribute("aria-label", "显示密码");
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-controls", field.id);
    button.addEventListener("click", function () {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.textContent = shown ? "隐藏" : "显示";
      button.setAttribute("aria-label", shown ? "隐藏密码" : "显示密码");
      button.setAttribute("aria-pressed", String(shown));
      field.focus();
    });
    box.appendChild(button);
    if (field.form) field.form.addEventListener("submit", function () { field.type = "password"; });

    const hint = document.createElement("p");
    hint.className = "caps-lock";
    hint.setAttribute("role", "status");
    box.insertAdjacentElement("afterend", hint);
    const look = function (event) {
      if (!event.getModifierState) return;
      hint.textContent = event.getModifierState("CapsLock") ? "大写锁定已打开" : "";
    };
    field.addEventListener("keydown", look);
    field.addEventListener("keyup", look);
    field.addEventListener("blur", function () { hint.textContent = ""; });
  });

  document.querySelectorAll("[data-copy]").forEach(function (button) {
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      // On an intranet without HTTPS the clipboard interface is absent; the old command still works.
      if (document.execCommand("copy")) button.textContent = "已复制";
    });
  });
})();
