// Suggestions below the box in which one asks. Without this script the box asks just the same.
"use strict";

(() => {
  const PEOPLE = /^(person|speaker|participant|sender|recipient|drafter|mentioned)$/;
  const boxes = document.querySelectorAll(".ask [name=q]");

  async function ask(typed, signal) {
    const answer = await fetch("/v1/suggest?q=" + encodeURIComponent(typed), { signal });
    return answer.ok ? (await answer.json()).suggestions : [];
  }

  // What completes the end of a text, each with the whole text that it would leave in the box.
  async function completed(text, signal) {
    const field = text.match(/(^|.*[\s(])(\w+):"?([^"()]*)$/);
    if (field) {
      const [, head, name, typed] = field;
      if (typed.length < 2) return [];
      const kind = PEOPLE.test(name) ? "person" : name;
      const fits = (await ask(typed, signal)).filter((s) => s.kind === kind);
      return fits.map((s) => ({ ...s, whole: head + s.query.replace(/^\w+/, name) }));
    }
    if (text.split('"').length % 2 === 0) return [];
    // All words at the end together; where nothing begins so, the last.
    for (const typed of [text.match(/[^"()]*$/)[0].trim(), text.match(/[^\s"()]*$/)[0]]) {
      if (typed.length < 2) continue;
      const found = await ask(typed, signal);
      const head = text.slice(0, text.lastIndexOf(typed));
      if (found.length) return found.map((s) => ({ ...s, whole: head + s.query }));
    }
    return [];
  }

  function enhance(input, number) {
    const list = Object.assign(document.createElement("ul"), { id: "suggestions-" + number, className: "suggestions", role: "listbox", ariaLabel: "Suggestions", hidden: true });
    input.after(list);
    const tell = (name, value) => (value === null ? input.removeAttribute(name) : input.setAttribute(name, value));
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": false, "aria-controls": list.id }).forEach((pair) => tell(...pair));
    let timer, asking, typed, found = [], at = -1;

    function show(suggestions) {
      found = suggestions;
      at = -1;
      list.replaceChildren(...found.map((s, index) => {
        const item = Object.assign(document.createElement("li"), { id: list.id + "-" + index, role: "option", ariaSelected: "false" });
        for (const [name, textContent] of [["span", s.text], ["small", s.kind.replace("_", " ")], ["data", s.count.toLocaleString("en")]]) {
          item.append(Object.assign(document.createElement(name), { textContent }), " ");
        }
        return item;
      }));
      list.hidden = !found.length;
      tell("aria-expanded", !list.hidden);
      tell("aria-activedescendant", null);
    }

    function close() {
      clearTimeout(timer);
      asking?.abort();
      show([]);
    }

    // One place more than there are suggestions: the text as typed.
    function move(step) {
      const places = found.length + 1;
      at = ((at + 1 + step + places) % places) - 1;
      [...list.children].forEach((item, index) => (item.ariaSelected = String(index === at)));
      list.children[at]?.scrollIntoView({ block: "nearest" });
      tell("aria-activedescendant", at < 0 ? null : list.children[at].id);
      input.value = at < 0 ? typed : found[at].whole;
    }

    input.addEventListener("input", () => {
      typed = input.value;
      clearTimeout(timer);
      asking?.abort();
      const { signal } = (asking = new AbortController());
      // A later letter, or a server that is away, leaves nothing to suggest.
      timer = setTimeout(() => completed(typed, signal).then((s) => signal.aborted || show(s), () => {}), 120);
    });
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Enter") close();
      if (list.hidden || !(step || event.key === "Escape")) return;
      event.preventDefault();
      if (step) return move(step);
      input.value = typed;
      close();
    });
    input.addEventListener("blur", close);
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const chosen = found[[...list.children].indexOf(event.target.closest("li"))];
      if (!chosen) return;
      input.value = chosen.whole;
      close();
      input.form.requestSubmit();
    });
  }

  boxes.forEach(enhance);

  // A slash goes to the box.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    boxes[0]?.focus();
    boxes[0]?.select();
  });
})();
