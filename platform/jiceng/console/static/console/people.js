/* Choosing several people: one box for the page, and how many are chosen. Without it the boxes work as they are. */
(function () {
  "use strict";
  var doc = document;

  function boxes() { return Array.prototype.slice.call(doc.querySelectorAll("[data-pick]")); }

  function show() {
    var all = doc.querySelector("[data-pick-all]"), bar = doc.querySelector("[data-bulk]");
    if (!bar) return;
    var chosen = boxes().filter(function (box) { return box.checked; }).length;
    var words = bar.querySelector("[data-bulk-count]");
    words.textContent = words.dataset.words.replace("{}", chosen);
    bar.hidden = chosen === 0;
    if (all) {
      doc.querySelector("[data-pick-label]").hidden = false;
      all.checked = chosen > 0 && chosen === boxes().length;
      all.indeterminate = chosen > 0 && !all.checked;
    }
  }

  doc.addEventListener("change", function (event) {
    if (event.target.matches("[data-pick-all]")) {
      boxes().forEach(function (box) { box.checked = event.target.checked; });
    }
    if (event.target.matches("[data-pick], [data-pick-all]")) show();
  });
  doc.addEventListener("htmx:load", show);
  show();
})();
