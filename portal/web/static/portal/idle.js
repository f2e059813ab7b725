// Idle time and drafts (design 4.3, 5). The server ends a session after data-idle-seconds without a request of the
// person; this file says so in time, in all tabs at once, and keeps what was typed.
// <body data-user data-idle-seconds data-idle-warning data-keepalive-url data-sign-in-url>, <form data-draft>.
(function () {
  "use strict";

  const body = document.body;
  const user = body.dataset.user || "";
  const DRAFT = "portal.draft:";
  const SEEN = "portal.seen";

  // --- drafts: one for each person, address and form; never passwords, files or hidden fields ---------------------

  function forEachDraft(act) {
    for (let i = window.sessionStorage.length - 1; i >= 0; i--) {
      const key = window.sessionStorage.key(i);
      if (key && key.indexOf(DRAFT) === 0) {
        let draft = null;
        try { draft = JSON.parse(window.sessionStorage.getItem(key)); } catch (error) { window.sessionStorage.removeItem(key); }
        if (draft) act(key, draft);
      }
    }
  }

  function keepable(field) {
    return field.name && !field.disabled && ["hidden", "password", "file", "submit", "button", "reset", "image"].indexOf(field.type) < 0 &&
      !field.hasAttribute("data-no-draft");
  }

  function fieldsOf(form) {
    return Array.prototype.filter.call(form.elements, keepable);
  }

  function valueOf(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked;
    if (field.type === "select-multiple") return Array.prototype.map.call(field.selectedOptions, function (o) { return o.value; });
    return field.value;
  }

  function nameOf(field) {
    return field.type === "checkbox" || field.type === "radio" ? field.name + "=" + field.value : field.name;
  }

  function put(field, value) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = value;
    else if (field.type === "select-multiple") Array.prototype.forEach.call(field.options, function (o) { o.selected = value.indexOf(o.value) >= 0; });
    else field.value = value;
  }

  function watch(form, index) {
    const key = DRAFT + user + ":" + location.pathname + ":" + (form.id || index);
    const fields = fieldsOf(form);
    const fresh = {};
    fields.forEach(function (field) { fresh[nameOf(field)] = valueOf(field); });
    let timer = 0;

    function save(submitted) {
      const values = {};
      let differs = false;
      fieldsOf(form).forEach(function (field) {
        const name = nameOf(field);
        values[name] = valueOf(field);
        if (JSON.stringify(values[name]) !== JSON.stringify(fresh[name])) differs = true;
      });
      try {
        if (differs || submitted) window.sessionStorage.setItem(key, JSON.stringify({ values: values, submitted: submitted, at: Date.now() }));
        else window.sessionStorage.removeItem(key);
      } catch (error) { /* storage full or forbidden: there is no draft then, the form itself works */ }
    }

    const stored = window.sessionStorage.getItem(key);
    if (stored && !form.querySelector(".has-errors, [role=alert]")) {
      const values = JSON.parse(stored).values;
      let changed = false;
      fields.forEach(function (field) {
        const name = nameOf(field);
        if (name in values && JSON.stringify(values[name]) !== JSON.stringify(fresh[name])) { put(field, values[name]); changed = true; }
      });
      if (changed) say(form, key);
    }
    form.addEventListener("input", function () { window.clearTimeout(timer); timer = window.setTimeout(function () { save(false); }, 300); });
    form.addEventListener("change", function () { save(false); });
    form.addEventListener("reset", function () { window.sessionStorage.removeItem(key); });
    form.addEventListener("submit", function (event) {
      window.clearTimeout(timer);
      if (!event.defaultPrevented) save(true);
    });
    drafts.push(function () { window.clearTimeout(timer); save(false); });
  }

  function say(form, key) {
    const notice = document.createElement("div");
    notice.className = "notice notice-info draft-notice";
    notice.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = "已恢复您上次没有提交的内容，请核对后继续。 ";
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "link-button";
    drop.textContent = "放弃并清空";
    drop.addEventListener("click", function () {
      window.sessionStorage.removeItem(key);
      location.reload();
    });
    text.appendChild(drop);
    notice.appendChild(text);
    form.insertBefore(notice, form.firstChild);
  }

  const drafts = [];
  if (!user) {
    // Signed out: what was on its way when the session ended did not arrive, so it is a draft again.
    forEachDraft(function (key, draft) {
      if (!draft.submitted) return;
      draft.submitted = false;
      window.sessionStorage.setItem(key, JSON.stringify(draft));
    });
    return;
  }
  forEachDraft(function (key, draft) {
    if (draft.submitted || key.indexOf(DRAFT + user + ":") !== 0) window.sessionStorage.removeItem(key);
  });
  Array.prototype.forEach.call(document.querySelectorAll("form[data-draft]"), watch);
  document.addEventListener("submit", function (event) {
    // Leaving on purpose leaves nothing behind.
    if (event.target.hasAttribute("data-signs-out") || /\/sign-out\/$/.test(event.target.action)) {
      forEachDraft(function (key) { window.sessionStorage.removeItem(key); });
    }
  });

  // --- idle time: the last request of the person, shared by all tabs ----------------------------------------------

  const total = Number(body.dataset.idleSeconds || 0) * 1000;
  const warning = Number(body.dataset.idleWarning || 0) * 1000;
  const keepalive = body.dataset.keepaliveUrl;
  if (!total || !keepalive) return;
  const signIn = body.dataset.signInUrl || "/sign-in/";
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("portal.idle") : null;
  let seen = Date.now(), left = false, dialog = null, counter = null, before = null;

  function note(time, tell) {
    if (time > seen) seen = time;
    if (tell) {
      try { window.localStorage.setItem(SEEN, String(seen)); } catch (error) { /* the channel still tells the others */ }
      if (channel) channel.postMessage({ seen: seen });
    }
    if (Date.now() - seen < warning) hide();
  }
  if (channel) channel.onmessage = function (event) {
    if (event.data.seen) note(event.data.seen, false);
    if (event.data.left) leave(false);
  };
  window.addEventListener("storage", function (event) {
    if (event.key === SEEN && event.newValue) note(Number(event.newValue), false);
  });
  note(Date.now(), true); // this page itself was a request of the person
  document.addEventListener("htmx:afterRequest", function (event) {
    const headers = (event.detail.requestConfig || {}).headers || {};
    if (headers["X-Background"] !== "1" && event.detail.successful) note(Date.now(), true);
  });

  function cookie(name) {
    const found = document.cookie.split("; ").filter(function (part) { return part.indexOf(name + "=") === 0; })[0];
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  function stay() {
    return window.fetch(keepalive, {
      method: "POST",
      headers: { "X-CSRFToken": cookie("csrftoken") },
      credentials: "same-origin",
      redirect: "manual",
    }).then(function (response) {
      if (response.ok) note(Date.now(), true);
      else if (response.type === "opaqueredirect" || response.status === 403) leave(true);
    }, function () { /* no network: the countdown goes on, and the next try may reach the server */ });
  }

  // Whoever types a long form is there, although no page is asked for: say so to the server once a minute.
  function active() {
    if (!dialog && Date.now() - seen > 60000 && !left) {
      seen = Date.now();
      stay();
    }
  }
  document.addEventListener("keydown", active, true);
  document.addEventListener("pointerdown", active, true);

  function leave(tell, address) {
    if (left) return;
    left = true;
    drafts.forEach(function (save) { save(); });
    if (tell && channel) channel.postMessage({ left: true });
    location.assign(address || signIn + "?ended=idle&next=" + encodeURIComponent(location.pathname + location.search));
  }

  // A poll of the page may hear of the end first. There is one way out, taken once: two at a time abort each other,
  // and htmx alone would leave without keeping what was typed.
  document.addEventListener("htmx:beforeOnLoad", function (event) {
    const address = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!address || address.indexOf(signIn) !== 0) return;
    event.preventDefault();
    leave(false, address);
  });

  function show() {
    if (dialog) return;
    before = document.activeElement;
    dialog = document.createElement("dialog");
    dialog.className = "confirm idle-warning";
    dialog.setAttribute("aria-labelledby", "idle-title");
    const inner = document.createElement("form");
    inner.method = "dialog";
    const title = document.createElement("h2");
    title.id = "idle-title";
    title.textContent = "您还在吗？";
    const text = document.createElement("p");
    text.appendChild(document.createTextNode("长时间没有操作，"));
    counter = document.createElement("strong");
    counter.setAttribute("role", "timer");
    text.appendChild(counter);
    text.appendChild(document.createTextNode(" 秒后自动退出。正在填写的内容会保留到您重新登录。"));
    const buttons = document.createElement("div");
    buttons.className = "confirm-buttons";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-primary";
    button.textContent = "继续使用";
    button.addEventListener("click", stay);
    buttons.appendChild(button);
    inner.appendChild(title);
    inner.appendChild(text);
    inner.appendChild(buttons);
    dialog.appendChild(inner);
    dialog.addEventListener("cancel", function (event) { event.preventDefault(); stay(); });
    body.appendChild(dialog);
    dialog.showModal();
    button.focus();
  }

  function hide() {
    if (!dialog) return;
    dialog.close();
    dialog.remove();
    dialog = null;
    if (before && before.focus) before.focus();
  }

  window.setInterval(function () {
    const idle = Date.now() - seen; // also right after the machine has slept
    // A second later than the server, so that the page after this one finds the session ended.
    if (idle > total + 1000) leave(true);
    else if (idle >= warning) {
      show();
      counter.textContent = String(Math.max(0, Math.ceil((total - idle) / 1000)));
    }
  }, 500);
})();
