"use strict";
// New messages of the open chat, every two seconds.
const lines = document.querySelector("[data-lines]");
if (lines) {
  const down = () => { lines.scrollTop = lines.scrollHeight; };
  down();
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(lines.dataset.lines);
      const text = await answer.text();
      if (answer.ok && text !== lines.dataset.shown) {
        lines.dataset.shown = text;
        lines.innerHTML = text;
        down();
      }
    } catch (error) { /* the simulator is away; the next look will tell */ }
  }, 2000);
}
