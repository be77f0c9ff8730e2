/* Small conveniences; every page works without them. Texts come from data- attributes of #toasts. */
(function () {
  "use strict";
  var doc = document, box = doc.getElementById("toasts"), banner = doc.getElementById("offline");

  function toast(message, level) {
    if (!box || !message) return;
    var note = doc.createElement("div");
    note.className = "toast " + (level || "");
    note.textContent = message;
    box.appendChild(note);
    setTimeout(function () { note.remove(); }, level === "error" ? 8000 : 4500);
  }

  /* HX-Trigger: {"toast": {"message": "…", "level": "success"}} */
  doc.addEventListener("toast", function (event) { toast(event.detail.message, event.detail.level); });
  doc.addEventListener("htmx:responseError", function (event) {
    var told = event.detail.xhr.getResponseHeader("HX-Trigger") || "";
    if (told.indexOf("toast") < 0) toast(box && box.dataset.error, "error");
  });
  doc.addEventListener("htmx:sendError", function () { toast(box && box.dataset.offline, "error"); });

  function connection() { if (banner) banner.hidden = navigator.onLine !== false; }
  window.addEventListener("online", connection);
  window.addEventListener("offline", connection);
  connection();

  function reveal(root) {
    if (!navigator.clipboard || !root.querySelectorAll) return;
    root.querySelectorAll("[data-copy]").forEach(function (button) { button.hidden = false; });
  }
  reveal(doc);
  doc.addEventListener("htmx:load", function (event) { reveal(event.detail.elt); });

  doc.addEventListener("click", function (event) {
    var copy = event.target.closest("[data-copy]");
    if (copy) {
      var source = doc.querySelector(copy.dataset.copy);
      navigator.clipboard.writeText((source.value || source.textContent).trim()).then(function () {
        toast(box && box.dataset.copied, "success");
      });
    }
    if (event.target.closest("[data-print]")) window.print();
    doc.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  doc.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    doc.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  doc.addEventListener("submit", function (event) {
    var source = event.submitter && event.submitter.dataset.confirm || event.target.dataset.confirm;
    if (source && !window.confirm(source)) event.preventDefault();
  }, true);
})();
