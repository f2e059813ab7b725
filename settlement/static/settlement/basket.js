// The basket: typed like a spreadsheet. Arrows and Enter move between cells, the search adds rows, sums are exact.
(function () {
  "use strict";
  const form = document.querySelector("form[data-basket]");
  if (!form) return;
  const body = form.querySelector("tbody");
  const template = document.getElementById("basket-row");
  const count = form.querySelector("input[name=count]");
  const finder = document.getElementById("basket-find");
  const found = document.getElementById("basket-found");
  const PLAIN = /^-?\d{1,12}(\.\d{1,6})?$/;

  // "12.5" with so many places as a whole number; null for what is no number.
  function scaled(text, places) {
    text = text.trim();
    if (!PLAIN.test(text)) return null;
    const parts = text.replace("-", "").split(".");
    const rest = parts[1] || "";
    if (rest.length > places) return null;
    const value = BigInt(parts[0] + rest.padEnd(places, "0"));
    return text[0] === "-" ? -value : value;
  }

  function yuan(cents) {
    const minus = cents < 0n;
    const text = (minus ? -cents : cents).toString().padStart(3, "0");
    return (minus ? "-" : "") + text.slice(0, -2) + "." + text.slice(-2);
  }

  // Quantity (4 places) × price (6 places), to the cent, halves away from zero.
  function product(row) {
    const quantity = scaled(cell(row, "quantity").value, 4);
    const price = scaled(cell(row, "price").value, 6);
    if (quantity === null || price === null) return null;
    const whole = quantity * price;
    const half = 50000000n;
    const size = whole < 0n ? -whole : whole;
    const cents = (size + half) / 100000000n;
    return whole < 0n ? -cents : cents;
  }

  function cell(row, name) { return row.querySelector("[data-cell=" + name + "]"); }
  function rows() { return Array.prototype.slice.call(body.querySelectorAll("tr.line")); }

  function reckon() {
    let sum = 0n, lines = 0;
    rows().forEach(function (row) {
      const made = product(row);
      const amount = cell(row, "amount");
      if (made !== null && amount.dataset.typed !== "1") amount.value = yuan(made);
      const cents = scaled(amount.value, 2);
      if (cents !== null) { sum += cents; lines += 1; }
      const differs = made !== null && cents !== null && made !== cents;
      amount.classList.toggle("is-invalid", differs);
      amount.title = differs ? "数量 × 单价 = " + yuan(made) : "";
    });
    form.querySelector("[data-sum]").textContent = yuan(sum);
    form.querySelector("[data-count]").textContent = String(lines);
  }

  function renumber() {
    rows().forEach(function (row, index) {
      row.querySelector(".n").textContent = String(index + 1);
      row.querySelectorAll("[data-cell]").forEach(function (input) {
        input.name = "lines-" + index + "-" + input.dataset.cell;
        input.setAttribute("aria-label", "第 " + (index + 1) + " 行 " + input.dataset.label);
      });
      row.querySelector(".drop-row").setAttribute("aria-label", "去掉第 " + (index + 1) + " 行");
    });
    count.value = String(rows().length);
  }

  function isEmpty(row) {
    return !cell(row, "own_code").value.trim() && !cell(row, "own_name").value.trim();
  }

  function add(values) {
    let row = rows().find(isEmpty);
    if (!row) {
      row = template.content.firstElementChild.cloneNode(true);
      body.appendChild(row);
    }
    Object.keys(values || {}).forEach(function (name) { if (cell(row, name)) cell(row, name).value = values[name]; });
    renumber();
    reckon();
    return row;
  }

  function go(row, name) {
    const input = row && cell(row, name);
    if (!input) return;
    input.focus();
    input.select();
  }

  body.addEventListener("input", function (event) {
    if (event.target.dataset.cell === "amount") event.target.dataset.typed = event.target.value.trim() ? "1" : "";
    reckon();
  });

  body.addEventListener("click", function (event) {
    if (!event.target.closest(".drop-row")) return;
    event.preventDefault();
    const row = event.target.closest("tr");
    const errors = row.nextElementSibling;
    if (errors && errors.classList.contains("row-errors")) errors.remove();
    row.remove();
    if (!rows().length) add({});
    renumber();
    reckon();
    finder.focus();
  });

  // Enter goes on to the next cell that is to be filled, and from the last one to the search; arrows go up and down.
  const ORDER = ["own_code", "own_name", "item_code", "quantity", "price", "amount", "trace_codes"];
  body.addEventListener("keydown", function (event) {
    const input = event.target;
    if (!input.dataset || !input.dataset.cell) return;
    const row = input.closest("tr"), all = rows(), at = all.indexOf(row);
    if (event.key === "ArrowDown" && at + 1 < all.length) { event.preventDefault(); go(all[at + 1], input.dataset.cell); }
    else if (event.key === "ArrowUp" && at > 0) { event.preventDefault(); go(all[at - 1], input.dataset.cell); }
    else if (event.key === "Enter") {
      event.preventDefault();
      const next = ORDER.slice(ORDER.indexOf(input.dataset.cell) + 1).find(function (name) {
        return name !== "amount" && name !== "trace_codes" && !cell(row, name).value.trim();
      });
      if (next) go(row, next);
      else if (at + 1 < all.length) go(all[at + 1], "own_code");
      else finder.focus();
    }
  });

  function pick(button) {
    const row = add({
      own_code: button.dataset.code, own_name: button.dataset.name, item_code: button.dataset.item,
      price: button.dataset.price, spec: button.dataset.spec, quantity: "1",
    });
    found.textContent = "";
    finder.value = "";
    go(row, "quantity");
  }

  found.addEventListener("click", function (event) {
    const button = event.target.closest("button[data-code]");
    if (!button) return;
    event.preventDefault();
    pick(button);
  });

  finder.addEventListener("keydown", function (event) {
    const choices = Array.prototype.slice.call(found.querySelectorAll("button[data-code]"));
    const chosen = choices.findIndex(function (one) { return one.getAttribute("aria-selected") === "true"; });
    if (event.key === "Enter") {
      event.preventDefault();
      if (choices.length) pick(choices[Math.max(chosen, 0)]);
    } else if (event.key === "Escape") { found.textContent = ""; }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && choices.length) {
      event.preventDefault();
      const next = Math.min(Math.max(chosen + (event.key === "ArrowDown" ? 1 : -1), 0), choices.length - 1);
      choices.forEach(function (one, index) { one.setAttribute("aria-selected", String(index === next)); });
      choices[next].scrollIntoView({ block: "nearest" });
    }
  });

  document.getElementById("basket-more").addEventListener("click", function (event) {
    event.preventDefault();
    const row = template.content.firstElementChild.cloneNode(true);
    body.appendChild(row);
    renumber();
    go(row, "own_code");
  });

  renumber();
  // What was typed stays, also what does not fit.
  rows().forEach(function (row) {
    const made = product(row), amount = cell(row, "amount");
    if (amount.value.trim() && (made === null || scaled(amount.value, 2) !== made)) amount.dataset.typed = "1";
  });
  reckon();
})();
