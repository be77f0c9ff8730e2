/* Dragging units within the tree; the page of a unit has a form that does the same. */
(function () {
  "use strict";
  var doc = document, dragged = null, mark = null;

  function lineOf(event) {
    return event.target.closest && event.target.closest("#tree .line");
  }
  function unitOf(line) {
    return line && line.closest("li[data-unit]");
  }
  function unmark() {
    if (mark) mark.classList.remove("into", "before", "after");
    mark = null;
  }
  function zoneOf(line, event) {
    var box = line.getBoundingClientRect(), part = (event.clientY - box.top) / box.height;
    return part < 0.25 ? "before" : part > 0.75 ? "after" : "into";
  }
  /* Counted from 1 among the siblings without the dragged one; "" for last. */
  function positionOf(unit, zone) {
    if (zone === "into") return "";
    var siblings = Array.prototype.filter.call(unit.parentElement.children, function (item) {
      return item.dataset.unit && item !== dragged;
    });
    return siblings.indexOf(unit) + (zone === "after" ? 2 : 1);
  }

  doc.addEventListener("dragstart", function (event) {
    var line = lineOf(event);
    if (!line || !line.dataset.move) return;
    dragged = unitOf(line);
    line.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.unit);
  });
  doc.addEventListener("dragend", function () {
    unmark();
    if (dragged) dragged.querySelector(".line").classList.remove("dragged");
    dragged = null;
  });
  doc.addEventListener("dragover", function (event) {
    var line = dragged && lineOf(event), unit = unitOf(line);
    unmark();
    if (!unit || dragged.contains(unit)) return;
    event.preventDefault();
    mark = line;
    line.classList.add(zoneOf(line, event));
  });
  doc.addEventListener("drop", function (event) {
    var line = dragged && lineOf(event), unit = unitOf(line);
    if (!unit || dragged.contains(unit)) return;
    event.preventDefault();
    var zone = zoneOf(line, event);
    window.htmx.ajax("POST", dragged.querySelector(".line").dataset.move, {
      swap: "none",
      values: {
        parent_id: zone === "into" ? unit.dataset.unit : unit.dataset.parent,
        position: positionOf(unit, zone),
        version: dragged.dataset.version
      }
    });
  });
})();
