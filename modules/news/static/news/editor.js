/* Turns the body's textarea into rich text. Without this file the form works as it is; the server sanitises in any case. */
(function () {
  "use strict";
  var doc = document;

  function preview(input) {
    var place = doc.querySelector(input.dataset.preview);
    input.addEventListener("change", function () {
      var file = input.files[0];
      if (!file || !place) return;
      var reader = new FileReader();
      reader.onload = function () {
        var picture = doc.createElement("img");
        picture.src = reader.result;
        picture.alt = file.name;
        place.replaceChildren(picture);
      };
      reader.readAsDataURL(file);
    });
  }

  function paragraphs(text) {
    var holder = doc.createElement("div");
    text.split(/\n\s*\n|\r\n\r\n/).forEach(function (block) {
      if (!block.trim()) return;
      var paragraph = doc.createElement("p");
      paragraph.textContent = block.trim();
      holder.appendChild(paragraph);
    });
    return holder.innerHTML;
  }

  function upgrade(area) {
    var form = area.form, toolbar = form.querySelector("[data-toolbar]"), rich = doc.createElement("div");
    var picker = doc.createElement("input"), range = null;
    rich.className = "input prose rich";
    rich.id = area.id + "-rich";
    rich.contentEditable = "true";
    rich.setAttribute("role", "textbox");
    rich.setAttribute("aria-multiline", "true");
    rich.setAttribute("aria-label", form.querySelector('label[for="' + area.id + '"]').textContent.trim());
    rich.innerHTML = /<[a-z/]/i.test(area.value) ? area.value : paragraphs(area.value);
    area.hidden = true;
    area.after(toolbar, rich);
    toolbar.hidden = false;
    doc.execCommand("defaultParagraphSeparator", false, "p");

    function store() { area.value = rich.innerHTML === "<br>" ? "" : rich.innerHTML; }
    function remember() {
      var selection = doc.getSelection();
      if (selection.rangeCount && rich.contains(selection.anchorNode)) range = selection.getRangeAt(0);
    }
    function restore() {
      rich.focus();
      if (!range) return;
      var selection = doc.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
    }
    function run(command, value) { restore(); doc.execCommand(command, false, value); remember(); store(); mark(); }
    function mark() {
      toolbar.querySelectorAll("[data-command]").forEach(function (button) {
        var name = button.dataset.command;
        if (name !== "undo") button.setAttribute("aria-pressed", doc.queryCommandState(name));
      });
    }

    doc.addEventListener("selectionchange", function () { remember(); if (doc.activeElement === rich) mark(); });
    rich.addEventListener("input", store);
    form.addEventListener("submit", store);
    rich.addEventListener("paste", function (event) {
      event.preventDefault();
      var text = event.clipboardData.getData("text/plain"), html = event.clipboardData.getData("text/html");
      if (html && toolbar.dataset.paste) { clean(html, text); return; }
      plain(text);
    });
    /* The server says what stays of Word and WeChat; without an answer the words alone are kept. */
    function clean(html, text) {
      var body = new FormData();
      body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      body.append("html", html);
      fetch(toolbar.dataset.paste, { method: "POST", body: body, credentials: "same-origin", headers: { "HX-Request": "true" } })
        .then(function (response) { if (!response.ok) throw new Error(); return response.json(); })
        .then(function (answer) {
          rich.focus();
          if (answer.html) run("insertHTML", answer.html); else plain(text);
          if (answer.dropped) toast(answer.message);
        }).catch(function () { plain(text); });
    }
    function plain(text) {
      if (/\n/.test(text)) run("insertHTML", paragraphs(text.replace(/\r?\n/g, "\n\n")));
      else run("insertText", text);
    }

    function toast(message) { doc.dispatchEvent(new CustomEvent("toast", { detail: { message: message, level: "error" } })); }
    function insert(url, name) {
      var picture = doc.createElement("img");
      picture.src = url;
      picture.alt = name.replace(/\.[^.]*$/, "");
      run("insertHTML", picture.outerHTML + "<p><br></p>");
    }
    function send(file, button) {
      var body = new FormData();
      body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      body.append("image", file);
      button.disabled = true;
      fetch(button.dataset.url, {
        method: "POST", body: body, credentials: "same-origin", headers: { "HX-Request": "true" }
      }).then(function (response) {
        if (response.ok) return response.json().then(function (stored) { insert(stored.url, file.name); });
        return response.text().then(function (told) { toast(told.length < 200 ? told : button.dataset.failed); });
      }).catch(function () { toast(button.dataset.failed); }).finally(function () { button.disabled = false; });
    }

    picker.type = "file";
    picker.accept = "image/jpeg,image/png,image/gif,image/webp";
    picker.addEventListener("change", function () {
      if (picker.files[0]) send(picker.files[0], toolbar.querySelector("[data-image]"));
      picker.value = "";
    });
    toolbar.addEventListener("mousedown", function (event) { event.preventDefault(); });
    toolbar.addEventListener("click", function (event) {
      var button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.command) run(button.dataset.command);
      else if (button.dataset.block) run("formatBlock", "<" + button.dataset.block + ">");
      else if ("image" in button.dataset) picker.click();
      else if ("link" in button.dataset) {
        remember();
        var url = window.prompt(button.dataset.ask, "https://");
        if (url && /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(url)) run("createLink", url);
      }
    });
  }

  doc.querySelectorAll("textarea[data-editor]").forEach(upgrade);
  doc.querySelectorAll("input[data-preview]").forEach(preview);
})();
