// Narrowing without losing one's place: what is ticked takes effect at once, all values of a facet open in the
// panel, a span of time is drawn with the pointer. Without this script buttons and links do the same.
"use strict";

(() => {
  let going;
  const on = (kind, act) => document.addEventListener(kind, act);

  async function read(address) {
    going?.abort();
    going = new AbortController();
    const answer = await fetch(address, { signal: going.signal });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  // Shows another state of the page in the place of this one, with the focus and the folds as they were.
  async function show(address, push) {
    const place = document.activeElement;
    const name = (details) => details.querySelector("summary").textContent.replace(/\d.*/, "").trim();
    const folds = new Map([...document.querySelectorAll("main details")].map((d) => [name(d), d.open]));
    try {
      const next = await read(address);
      const main = next.querySelector("main");
      if (!main.querySelector("#narrow")) return location.assign(address);
      for (const d of main.querySelectorAll("details")) d.open = folds.get(name(d)) ?? d.open;
      document.querySelector("main").replaceWith(main);
      const box = document.querySelector(".ask");
      box.querySelectorAll("[type=hidden]").forEach((field) => field.remove());
      box.append(...next.querySelectorAll(".ask [type=hidden]"));
      document.title = next.title;
      if (push) history.pushState(null, "", address);
      const same = [...main.querySelectorAll("#narrow input, #narrow select")].find(
        (field) => field.name === place.name && (field.type !== "checkbox" || field.value === place.value));
      (same || main.querySelector("#total")).focus({ preventScroll: Boolean(same) });
      // Said aloud only when it changes after the page has it.
      setTimeout(() => (main.querySelector("#news").textContent = main.querySelector("#total").textContent), 100);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  }

  function send(form) {
    const given = [...new FormData(form)].filter(([, value]) => value);
    show("/search?" + new URLSearchParams(given), true);
  }

  on("change", ({ target }) => target.name && target.form?.id === "narrow" && send(target.form));
  on("submit", (event) => {
    if (event.target.id !== "narrow") return;
    event.preventDefault();
    send(event.target);
  });
  addEventListener("popstate", () => show(location.href, false));

  // All values of a facet, in its place, with a box to search inside.
  on("click", (event) => {
    const more = event.target.closest("a[data-more]");
    if (!more || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const facet = more.closest(".facet");
    const box = Object.assign(document.createElement("input"), { type: "search", ariaLabel: "Search in " + more.dataset.more, placeholder: "Beginnings of words" });
    let timer;
    const fill = async () => {
      const address = new URL(more.href);
      address.searchParams.set("prefix", box.value);
      const found = (await read(address).catch(() => null))?.querySelector("ul[data-field]");
      if (!found) return;
      const list = facet.querySelector("ul");
      const ticked = [...list.children].filter((row) => row.querySelector(":checked"));
      const others = [...found.children].filter((row) => !ticked.some((own) => own.querySelector("input").value === row.querySelector("input").value));
      list.replaceChildren(...ticked, ...others);
    };
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(fill, 150);
    });
    more.removeAttribute("data-more");
    more.textContent = "Open as a page";
    facet.querySelector("ul").before(box);
    box.focus();
    fill();
  });

  // A span of time, drawn over the bars.
  let from;
  const bar = (event) => event.target.closest?.(".timeline svg a");
  function pick(to) {
    const bars = [...document.querySelectorAll(".timeline svg a")];
    const [a, b] = [bars.indexOf(from), bars.indexOf(to)].sort((x, y) => x - y);
    bars.forEach((one, at) => one.classList.toggle("picked", to && at >= a && at <= b));
    return [bars[a], bars[b]];
  }
  on("pointerdown", (event) => (from = event.button === 0 && event.pointerType === "mouse" && bar(event)));
  on("dragstart", (event) => bar(event) && event.preventDefault());
  on("pointermove", (event) => from && bar(event) && pick(bar(event)));
  on("pointerup", (event) => {
    const to = from && bar(event);
    if (to && to !== from) {
      const [first, last] = pick(to).map((one) => new URL(one.getAttribute("href"), location));
      first.searchParams.set("date_to", last.searchParams.get("date_to"));
      location.assign(first);
    } else if (from) pick(null);
    from = null;
  });
})();
