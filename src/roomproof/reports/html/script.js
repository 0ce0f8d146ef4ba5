"use strict";
(function () {
  var form = document.getElementById("filters");
  var items = Array.prototype.slice.call(document.querySelectorAll(".finding, .clause"));
  var clauses = items.filter(function (item) { return item.classList.contains("clause"); });
  var texts = new Map();
  var total = clauses.reduce(function (sum, item) { return sum + size(item); }, 0);

  function size(item) { return item.dataset.p.split(" ").length; }

  function each(selector, act, within) { Array.prototype.forEach.call((within || document).querySelectorAll(selector), act); }

  function textOf(item) {
    if (!texts.has(item)) {
      var ids = Array.prototype.map.call(item.querySelectorAll("[id]"), function (part) { return part.id; }).join(" ");
      var group = item.closest(".field");
      texts.set(item, ((group ? group.querySelector("summary code").textContent : "") + " " + item.textContent + " " + ids).toLowerCase());
    }
    return texts.get(item);
  }

  function wanted() {
    var verdicts = [];
    each("[name=v]:checked", function (box) { verdicts.push(box.value); }, form);
    var words = form.elements.t.value.toLowerCase().split(/\s+/).filter(Boolean);
    return { verdicts: verdicts, level: form.elements.l.value, provider: form.elements.p.value, words: words };
  }

  function fits(item, want) {
    var own = item.dataset;
    // What a client sent has no verdict.
    return (!own.v || own.v.split(" ").some(function (word) { return want.verdicts.indexOf(word) >= 0; }))
      && (!want.level || own.l.split(" ").indexOf(want.level) >= 0)
      && (!want.provider || own.p.split(" ").indexOf(want.provider) >= 0)
      && want.words.every(function (word) { return textOf(item).indexOf(word) >= 0; });
  }

  function hideEmpty(selector, inner) {
    each(selector, function (outer) { outer.hidden = !outer.querySelector(inner + ":not([hidden])"); });
  }

  function apply() {
    var want = wanted(), shown = 0;
    items.forEach(function (item) {
      item.hidden = !fits(item, want);
      if (!item.hidden && item.classList.contains("clause")) { shown += want.provider ? 1 : size(item); }
    });
    hideEmpty(".field", ".clause");
    hideEmpty(".group", ".field");
    hideEmpty(".heap", ".finding");
    hideEmpty("#client", ".finding");
    each(".nothing", function (line) { line.hidden = !document.querySelector(".heap") || !!document.querySelector(".heap:not([hidden])"); });
    each(".heads [data-c]", function (head) {
      var off = !!want.provider && head.dataset.c !== want.provider;
      each("." + head.className, function (cell) { cell.hidden = off; });
    });
    each(".strip, .gap", function (strip) { strip.hidden = !!want.provider && strip.dataset.p !== want.provider; });
    form.querySelector("output").textContent = shown === total ? shown + " clauses" : shown + " of " + total + " clauses";
  }

  function go() {
    var id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch (error) { return; }
    var target = id && document.getElementById(id);
    if (!target) { return; }
    if (target.closest("[hidden]")) { form.reset(); apply(); }
    for (var outer = target.closest("details"); outer; outer = outer.parentElement.closest("details")) { outer.open = true; }
    if (!target.hasAttribute("tabindex")) { target.tabIndex = -1; }
    target.scrollIntoView({ block: target.classList.contains("in") ? "nearest" : "center" });
    if (target.classList.contains("in")) { target.parentElement.scrollIntoView({ block: "start" }); }
    // Who has gone on by Tab before the browser told of the new address is not pulled back.
    if (!target.contains(document.activeElement)) { target.focus({ preventScroll: true }); }
  }

  function copy(button) {
    var text = button.parentElement.querySelector("pre");
    function done() { button.textContent = "Copied"; setTimeout(function () { button.textContent = "Copy"; }, 1500); }
    if (navigator.clipboard) { navigator.clipboard.writeText(text.textContent).then(done, function () { getSelection().selectAllChildren(text); }); }
    else { getSelection().selectAllChildren(text); }
  }

  each(".js", function (part) { part.hidden = false; });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("input", apply);
  form.addEventListener("change", apply);
  form.addEventListener("reset", function () { setTimeout(apply); });
  document.addEventListener("click", function (event) {
    if (event.target.matches(".copy")) { copy(event.target); }
    var link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) { go(); }
  });
  addEventListener("hashchange", function () { go(); });
  var opened = [];
  addEventListener("beforeprint", function () {
    each(".finding.fail:not([open]), .finding.warning:not([open])", function (part) { part.open = true; opened.push(part); });
  });
  addEventListener("afterprint", function () { opened.splice(0).forEach(function (part) { part.open = false; }); });
  apply();
  go();
})();
