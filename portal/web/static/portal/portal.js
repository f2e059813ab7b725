// Behaviour of the frame: confirm dialogs, one submit per click, background polling, row selection.
(function () {
  "use strict";

  // --- dangerous forms: <form data-confirm="…" data-confirm-title data-confirm-button data-confirm-danger> or the same on a button
  const dialog = document.getElementById("confirm");
  let waiting = null;

  function ask(form, submitter) {
    const source = submitter && submitter.hasAttribute("data-confirm") ? submitter : form;
    dialog.querySelector("#confirm-title").textContent = source.dataset.confirmTitle || "请确认";
    dialog.querySelector("#confirm-text").textContent = source.dataset.confirm;
    const yes = dialog.querySelector("[data-confirm-yes]");
    yes.textContent = source.dataset.confirmButton || "确定";
    yes.className = "btn " + (source.hasAttribute("data-confirm-danger") ? "btn-danger" : "btn-primary");
    waiting = { form: form, submitter: submitter, from: document.activeElement };
    dialog.returnValue = "no";
    dialog.showModal();
    dialog.querySelector("[data-confirm-no]").focus();
  }

  dialog.addEventListener("close", function () {
    const asked = waiting;
    waiting = null;
    if (!asked) return;
    if (dialog.returnValue !== "yes") {
      if (asked.from && asked.from.isConnected) asked.from.focus();
      return;
    }
    asked.form.dataset.confirmed = "1";
    if (asked.form.requestSubmit) asked.form.requestSubmit(asked.submitter || undefined);
    else asked.form.submit();
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method === "dialog") return;
    const submitter = event.submitter || null;
    const guarded = form.hasAttribute("data-confirm") || (submitter && submitter.hasAttribute("data-confirm"));
    if (guarded && !form.dataset.confirmed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form, submitter);
      return;
    }
    delete form.dataset.confirmed;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach(function (button) { button.setAttribute("aria-busy", "true"); });
    // A download leaves the page as it is: its form may be sent again, only not by a double click.
    if (form.hasAttribute("data-keep")) setTimeout(function () { reopen(form); }, 1500);
  }, true);

  function reopen(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach(function (button) { button.removeAttribute("aria-busy"); });
  }

  // Coming back with the browser's Back button: the page is alive again, so are its forms.
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sent]").forEach(reopen); });

  // --- the work drawer asks every 15 s, every 3 s while it is open; never while the page is hidden
  const polled = document.querySelector("[data-poll]");
  if (polled && window.htmx) {
    const drawer = document.getElementById("drawer");
    let last = 0;
    const poll = function () {
      last = Date.now();
      window.htmx.trigger(polled, "refresh");
    };
    document.addEventListener("DOMContentLoaded", poll);  // htmx wires the page then, just before us
    drawer.addEventListener("show.bs.offcanvas", poll);
    window.setInterval(function () {
      const pause = drawer.classList.contains("show") ? 3000 : 15000;
      if (!document.hidden && Date.now() - last >= pause) poll();
    }, 1000);
  }

  // --- parts that follow work in the background (hx-trigger="again") ask at once, then less and less often: most work
  // takes a blink, some an hour. Each its own request: the event does not climb to a part around it.
  const SOON = [150, 300, 500];
  const following = new WeakSet();
  let turns = 0;

  function pause() {
    turns += 1;
    if (turns <= SOON.length) return SOON[turns - 1];
    return turns < 60 ? 700 : turns < 200 ? 1500 : 3000;
  }

  function follow() {
    document.querySelectorAll('[hx-trigger~="again"]').forEach(function (part) {
      if (following.has(part)) return;
      following.add(part);
      window.setTimeout(function () { if (part.isConnected) part.dispatchEvent(new Event("again")); }, pause());
    });
  }

  document.addEventListener("DOMContentLoaded", follow);
  document.addEventListener("htmx:afterSettle", follow);
  document.addEventListener("htmx:afterRequest", function (event) {
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status < 400 || status >= 500) following.delete(event.detail.elt);  // refused: it would be refused again
    follow();
  });

  // --- GET forms leave empty fields out of the address
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "get" || !form.hasAttribute("data-lean")) return;
    Array.from(form.elements).forEach(function (field) {
      if (field.name && field.value === "" && !field.disabled) {
        field.disabled = true;
        window.setTimeout(function () { field.disabled = false; }, 0);
      }
    });
  });

  // --- row selection: boxes of the page, then "all N that match"
  document.querySelectorAll("form[data-selectable]").forEach(function (form) {
    const head = form.querySelector("[data-pick-page]");
    const boxes = Array.from(form.querySelectorAll("input[name=ids]"));
    const bar = form.querySelector("[data-selection]");
    const text = form.querySelector("[data-selection-text]");
    const all = form.querySelector("input[name=all]");
    const everything = form.querySelector("[data-pick-all]");
    if (!head || !bar) return;

    // Very long lists are counted after the page is shown, so the number is read when it is needed.
    function matching() {
      const counted = document.querySelector("[data-total-count]");
      const total = counted ? Number(counted.dataset.totalCount) : 0;
      form.querySelector("input[name=claimed]").value = total;
      form.querySelector("[data-total-text]").textContent = total.toLocaleString("en");
      return total;
    }

    // Amounts are added as whole cents: sums of fractions would be off.
    function cents(source) {
      const value = source && (source.dataset.amount || source.dataset.totalAmount);
      return value ? Math.round(Number(value) * 100) : 0;
    }

    function yuan(whole) {
      const plain = Math.abs(whole), rest = String(plain % 100);
      return (whole < 0 ? "-" : "") + Math.floor(plain / 100).toLocaleString("en") + "." + (rest.length < 2 ? "0" + rest : rest);
    }

    function show() {
      const total = matching();
      const picked = boxes.filter(function (box) { return box.checked; }).length;
      boxes.forEach(function (box) { box.closest("tr").classList.toggle("picked", box.checked); });
      head.checked = picked > 0 && picked === boxes.length;
      head.indeterminate = picked > 0 && picked < boxes.length;
      if (head.checked === false) all.value = "";
      const number = all.value === "1" ? total : picked;
      text.textContent = all.value === "1" ? "已选择符合条件的全部 " + total.toLocaleString("en") + " 条" : "已选择 " + picked + " 条";
      const sum = all.value === "1" ? cents(document.querySelector("[data-total-count]")) :
        boxes.reduce(function (so_far, box) { return so_far + (box.checked ? cents(box) : 0); }, 0);
      if (form.dataset.amountLabel) text.textContent += "，" + form.dataset.amountLabel + " " + yuan(sum) + " 元";
      everything.hidden = !(head.checked && total > boxes.length && all.value !== "1");
      bar.hidden = picked === 0;
      form.querySelectorAll("[data-bulk]").forEach(function (button) {
        if (button.dataset.confirmPattern) button.dataset.confirm = button.dataset.confirmPattern.replace("{n}", number.toLocaleString("en")).replace("{amount}", yuan(sum));
      });
    }

    head.addEventListener("change", function () {
      boxes.forEach(function (box) { box.checked = head.checked; });
      show();
    });
    boxes.forEach(function (box) { box.addEventListener("change", show); });
    everything.addEventListener("click", function () { all.value = "1"; show(); });
    form.querySelector("[data-pick-none]").addEventListener("click", function () {
      boxes.forEach(function (box) { box.checked = false; });
      show();
    });
    show();
  });
})();
