/* Resumes where one left off and tells the server every 15 seconds that somebody is there. The server's clock decides. */
(function () {
  "use strict";
  var box = document.querySelector("[data-lesson]");
  if (!box) return;
  var token = box.querySelector("[name=csrfmiddlewaretoken]").value;
  var player = box.querySelector("video,audio");
  var left = document.querySelector("[data-left]");
  var position = document.querySelector("[data-position]");
  var resume = parseInt(box.dataset.resume, 10) || 0, watched = 0, last = null, ticked = Date.now();

  if (player) {
    player.addEventListener("loadedmetadata", function () {
      if (resume > 0 && resume < player.duration) {
        player.currentTime = resume;
        box.querySelector("[data-resumed]").hidden = false;
      }
    });
    player.addEventListener("timeupdate", function () {
      var step = last === null ? 0 : player.currentTime - last;
      if (step > 0 && step < 3) watched += step / (player.playbackRate || 1);
      last = player.currentTime;
      if (position) position.value = Math.floor(player.currentTime);
      if (watched >= 15) report(false);
    });
    player.addEventListener("seeking", function () { last = null; });
    player.addEventListener("pause", function () { report(false); });
    player.addEventListener("ended", function () { report(false); });
  } else {
    setInterval(function () {
      var now = Date.now();
      if (!document.hidden) watched += Math.min((now - ticked) / 1000, 20);
      ticked = now;
      if (watched >= 14) report(false);
    }, 5000);
  }
  window.addEventListener("pagehide", function () { report(true); });

  function report(leaving) {
    var seconds = Math.floor(watched);
    if (!seconds) return;
    watched -= seconds;
    var data = new FormData();
    data.append("csrfmiddlewaretoken", token);
    data.append("position", player ? Math.floor(player.currentTime) : 0);
    data.append("watched", seconds);
    if (leaving && navigator.sendBeacon) { navigator.sendBeacon(box.dataset.lesson, data); return; }
    fetch(box.dataset.lesson, { method: "POST", body: data, credentials: "same-origin", keepalive: true })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (state) { if (state) show(state); })
      .catch(function () { watched += seconds; });
  }

  function show(state) {
    if (left) {
      var minutes = Math.ceil(Math.max(state.needed - state.seconds, 0) / 60);
      left.textContent = state.is_done ? left.dataset.done : left.dataset.words.replace("0", minutes);
    }
  }
})();
