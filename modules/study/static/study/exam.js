/* Saves an answer while somebody is at it and shows the time that is left. The server's clock decides. */
(function () {
  "use strict";
  var clock = document.querySelector("[data-clock]");
  if (clock) run(parseInt(clock.dataset.clock, 10) * 1000 + performance.now());

  function run(end) {
    var label = clock.querySelector("b");
    function tick() {
      var left = Math.max(Math.ceil((end - performance.now()) / 1000), 0);
      var minutes = Math.floor(left / 60), seconds = left % 60;
      label.textContent = minutes + ":" + (seconds < 10 ? "0" : "") + seconds;
      clock.classList.toggle("late", left < 60);
      if (left) setTimeout(tick, 500);
      else setTimeout(function () { location.href = clock.dataset.over; }, 4000);
    }
    tick();
  }

  var form = document.querySelector("[data-answer]");
  if (!form) return;
  var sequence = parseInt(form.dataset.sequence, 10) || 0, timer = null, dirty = false;
  var saved = form.querySelector("[data-saved]"), unsaved = form.querySelector("[data-unsaved]");

  function next() {
    sequence = Math.max(Date.now(), sequence + 1);
    return sequence;
  }
  function later() {
    dirty = true;
    saved.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  }
  function save() {
    var data = new FormData(form);
    data.set("sequence", next());
    dirty = false;
    fetch(form.dataset.answer, { method: "POST", body: data, credentials: "same-origin", keepalive: true })
      .then(function (answer) {
        if (answer.status === 409 || answer.status === 404) { location.reload(); return; }
        saved.hidden = !answer.ok;
        unsaved.hidden = answer.ok;
      })
      .catch(function () { unsaved.hidden = false; dirty = true; });
  }
  form.addEventListener("change", later);
  form.addEventListener("input", later);
  form.addEventListener("submit", function () {
    clearTimeout(timer);
    dirty = false;
    form.elements.sequence.value = next();
  });
  window.addEventListener("online", function () { if (dirty) save(); });
  window.addEventListener("pagehide", function () { if (dirty) save(); });
})();
