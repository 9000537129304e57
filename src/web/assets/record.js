// A record that is read: on from hit to hit (n, p), folds that open for what they hold, the page in view in
// the citation, copying. Without it every hit, note and page is still a link.
"use strict";
(() => {
  const one = (query, within = document) => within.querySelector(query);
  const all = (query) => [...document.querySelectorAll(query)];
  const target = () => {
    try { return document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return null; }
  };

  // What an address names may be folded in.
  const reveal = () => {
    const goal = target();
    let folded = false;
    for (let fold = goal?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      folded ||= !fold.open;
      fold.open = true;
    }
    if (folded) goal.scrollIntoView();
  };

  // From hit to hit.
  const bar = one(".hits[data-hits]");
  const marks = all("mark[id]");
  const at = () => marks.indexOf(target());
  const tell = () => {
    if (bar) one("output", bar).textContent = at() < 0 ? `${marks.length} ${marks.length === 1 ? "hit" : "hits"}` : `${at() + 1} of ${marks.length}`;
  };
  // The bar steps; the arrows beside each mark would cover what stands above it.
  if (bar) all(".step").forEach((arrows) => arrows.remove());
  const step = (by) => {
    if (!marks.length) return;
    let next = at() + by;
    if (at() < 0) {
      // From what is named or in view, on or back.
      const here = target() ?? all(".text [id]").find((e) => e.getBoundingClientRect().bottom > 80);
      const after = marks.findIndex((m) => here && here.compareDocumentPosition(m) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY));
      next = by > 0 ? Math.max(after, 0) : (after < 0 ? marks.length : after) - 1;
    }
    location.replace(`#h${(next + marks.length) % marks.length + 1}`);
  };
  bar?.addEventListener("click", (event) => {
    const link = event.target.closest("[data-step]");
    if (!link) return;
    event.preventDefault();
    step(Number(link.dataset.step));
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea, [contenteditable]")) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
  addEventListener("hashchange", () => { reveal(); tell(); });
  reveal();
  tell();

  // The page in view goes into the citation.
  const choice = one(".cite select");
  const cite = (page) => {
    if (choice && choice.value !== page) choice.value = page;
    all(".cite .page").forEach((e) => { e.textContent = page; });
    all(".cite .permalink").forEach((e) => {
      const whole = e.textContent === e.href;
      e.href = e.href.replace(/#.*$/, "") + `#pg_${page}`;
      if (whole) e.textContent = e.href;
    });
  };
  if (choice) {
    one(".cite button").hidden = true;
    choice.addEventListener("change", () => cite(choice.value));
    const turns = all(".pg[id]");
    const text = one(".text");
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        if (text.getBoundingClientRect().bottom < 0) return;
        const turned = turns.filter((t) => t.getBoundingClientRect().top < innerHeight / 2).pop();
        if (turned) cite(turned.id.slice(3));
      });
    }, { passive: true });
  }

  // Copying.
  all(".copy").forEach((box) => {
    if (!navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(one("p, pre", box).textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    box.append(button);
  });

  // Paper unfolds everything.
  addEventListener("beforeprint", () => all(".attachment").forEach((fold) => { fold.open = true; }));
})();
