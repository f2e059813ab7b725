// Everything by keyboard: rows of lists, the search box, the actions of a page, and a help that lists what there is.
// A link or button says data-shortcut="Alt+S"; lists (.list table.rows) need nothing. Single keys can be switched off.
(function () {
  "use strict";

  const OFF = "portal.keys.off";
  const ROWS = ".list table.rows > tbody > tr, table.rows[data-keys] > tbody > tr";
  let current = null;   // the row that has, or had last, the focus

  function singleKeys() {
    try { return window.localStorage.getItem(OFF) !== "1"; } catch (error) { return true; }
  }

  function all(selector) {
    return Array.prototype.slice.call(document.querySelectorAll(selector));
  }

  function visible(element) {
    return element.getClientRects().length > 0;
  }

  function typing(target) {
    return target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT" ||
      target.tagName === "INPUT" && ["checkbox", "radio", "button", "submit", "reset"].indexOf(target.type) < 0;
  }

  function open() {
    return document.querySelector("dialog[open]") || document.querySelector(".offcanvas.show");
  }

  // --- rows: one of them is in the tab order, the arrows move between them

  function rows() {
    return all(ROWS).filter(visible);
  }

  function enter(row) {
    if (!row) return;
    if (current && current !== row) current.tabIndex = -1;
    current = row;
    row.tabIndex = 0;
    row.focus();
  }

  function prepare() {
    const found = rows();
    found.forEach(function (row) { if (row !== current) row.tabIndex = -1; });
    if (found.length && found.indexOf(current) < 0) { current = found[0]; current.tabIndex = 0; }
  }

  function step(by) {
    const found = rows();
    const place = found.indexOf(document.activeElement);
    if (place < 0) enter(found.indexOf(current) >= 0 ? current : found[0]);
    else enter(found[Math.min(found.length - 1, Math.max(0, place + by))]);
  }

  function tick(row, checked) {
    const box = row.querySelector("input[name=ids]");
    if (!box) return;
    box.checked = checked === undefined ? !box.checked : checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function onRow(event, row) {
    const found = rows();
    const place = found.indexOf(row);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = found[place + (event.key === "ArrowDown" ? 1 : -1)];
      if (event.shiftKey) { tick(row, true); if (next) tick(next, true); }
      enter(next || row);
    } else if (event.key === "Home") enter(found[0]);
    else if (event.key === "End") enter(found[found.length - 1]);
    else if (event.key === " ") tick(row);
    else if (event.key === "Enter") {
      const link = row.querySelector("a[href]");
      if (link) link.click();
    } else return false;
    return true;
  }

  // --- actions: what says data-shortcut, the first links of the navigation, tabs

  function shortcuts() {
    const found = {};
    all("[data-shortcut]").filter(visible).forEach(function (element) {
      const key = element.dataset.shortcut.toLowerCase();
      if (!found[key] && !element.disabled) found[key] = element;
    });
    all(".sidenav a").slice(0, 9).forEach(function (link, place) { found["alt+" + (place + 1)] = link; });
    const work = document.querySelector("[data-bs-target='#drawer']");
    if (work) found["alt+w"] = work;
    return found;
  }

  function pressed(event) {
    const digit = /^Digit([0-9])$/.exec(event.code), letter = /^Key([A-Z])$/.exec(event.code);
    return "alt+" + (digit ? digit[1] : letter ? letter[1] : event.key).toLowerCase();
  }

  function tab(by) {
    const tabs = all(".page-tabs a");
    const here = tabs.findIndex(function (link) { return link.hasAttribute("aria-current"); });
    const next = tabs[here + by];
    if (here >= 0 && next) next.click();
    return here >= 0 && Boolean(next);
  }

  function search() {
    const box = document.querySelector("main input[type=search]") || document.querySelector("main [role=search] input:not([type=hidden]), main form[method=get] select");
    if (box) { box.focus(); if (box.select) box.select(); }
    return Boolean(box);
  }

  function pickPage() {
    const head = document.querySelector("[data-pick-page]");
    if (!head) return false;
    head.checked = !head.checked;
    head.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  function single(event) {
    if (event.key === "?") { help(); return true; }
    if (event.key === "/") return search();
    if (event.key === "[") return tab(-1);
    if (event.key === "]") return tab(1);
    if (event.key === "*") return pickPage();
    if (event.key === "j" || event.key === "k") { if (!rows().length) return false; step(event.key === "j" ? 1 : -1); return true; }
    return false;
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || open()) return;
    const target = event.target;
    let done = false;
    if (event.altKey) {
      const element = shortcuts()[pressed(event)];
      if (element) { element.focus(); element.click(); done = true; }
    } else if (typing(target)) {
      // Escape leaves the search box for the rows.
      if (event.key === "Escape" && target.type === "search" && rows().length) { step(0); done = true; }
    } else if (target.matches(ROWS)) done = onRow(event, target) || singleKeys() && single(event);
    else if (target.matches(".table-scroll") && event.key === "ArrowDown" && target.querySelector("tbody tr[tabindex]")) { step(0); done = true; }
    else if (singleKeys()) done = single(event);
    if (done) event.preventDefault();
  });

  document.addEventListener("focusin", function (event) {
    const row = event.target.closest(ROWS);
    if (row && row !== current) { if (current) current.tabIndex = -1; current = row; row.tabIndex = 0; }
  });

  // --- help: what can be pressed on this page

  function line(list, keys, words) {
    const term = document.createElement("dt"), told = document.createElement("dd");
    keys.forEach(function (key) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.appendChild(cap);
    });
    told.textContent = words;
    list.appendChild(term);
    list.appendChild(told);
  }

  function words(element) {
    return (element.dataset.shortcutLabel || element.textContent).trim().replace(/\s+/g, " ");
  }

  function help() {
    const before = document.activeElement;
    const dialog = document.createElement("dialog");
    dialog.className = "confirm key-help";
    dialog.id = "key-help";
    dialog.setAttribute("aria-labelledby", "key-help-title");
    const title = document.createElement("h2");
    title.id = "key-help-title";
    title.textContent = "键盘操作";
    const list = document.createElement("dl");
    if (rows().length) {
      line(list, ["j", "k"], "进入列表，下一行、上一行");
      line(list, ["↑", "↓", "Home", "End"], "在列表的行之间移动");
      if (document.querySelector("input[name=ids]")) {
        line(list, ["空格"], "选择或取消这一行");
        line(list, ["Shift", "↑↓"], "连续选择");
        line(list, ["*"], "选择本页全部");
      }
      line(list, ["Enter"], "打开这一行");
    }
    const found = shortcuts();
    Object.keys(found).forEach(function (key) {
      if (!/^alt\+\d$/.test(key)) line(list, key.split("+").map(cap), words(found[key]));
    });
    all("[data-bulk][data-shortcut]").forEach(function (button) {
      const key = button.dataset.shortcut.toLowerCase();
      if (!found[key]) line(list, key.split("+").map(cap), words(button) + "（先选择数据）");
    });
    if (document.querySelector("main [role=search], main form[method=get]")) line(list, ["/"], "到查找框或查询条件");
    if (document.querySelector(".page-tabs")) line(list, ["[", "]"], "上一个、下一个页签");
    if (found["alt+1"]) line(list, ["Alt", "1…9"], "左侧导航的第 1 至第 9 项");
    line(list, ["Esc"], "关闭对话框或菜单");
    if (document.querySelector("[data-help]")) line(list, ["F1"], "本页的业务说明");
    line(list, ["?"], "显示这些按键");
    const choice = document.createElement("p"), label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox";
    box.className = "form-check-input";
    box.checked = singleKeys();
    box.addEventListener("change", function () {
      try { window.localStorage.setItem(OFF, box.checked ? "0" : "1"); } catch (error) { /* then it holds for this page only */ }
    });
    label.appendChild(box);
    label.appendChild(document.createTextNode(" 使用单键快捷键（? / * [ ] j k）"));
    choice.appendChild(label);
    const form = document.createElement("form"), buttons = document.createElement("div"), close = document.createElement("button");
    form.method = "dialog";
    buttons.className = "confirm-buttons";
    close.className = "btn btn-primary";
    close.textContent = "关闭";
    buttons.appendChild(close);
    form.appendChild(buttons);
    [title, list, choice, form].forEach(function (part) { dialog.appendChild(part); });
    dialog.addEventListener("close", function () {
      dialog.remove();
      if (before && before.isConnected) before.focus();
    });
    document.body.appendChild(dialog);
    dialog.showModal();
    close.focus();
  }

  function cap(key) {
    const names = { alt: "Alt", pageup: "PgUp", pagedown: "PgDn" };
    return names[key] || key.toUpperCase();
  }

  all("[data-key-help]").forEach(function (button) { button.addEventListener("click", help); });
  all("[data-shortcut]").forEach(function (element) { element.setAttribute("aria-keyshortcuts", element.dataset.shortcut); });
  prepare();
})();
