"use strict";
// Sorts and filters what the page already holds. The state is in the address, so that a view can be shared; nothing is
// stored, nothing is fetched, and no text of the page is ever read as markup.
(function () {
  const root = document.documentElement;
  const table = document.getElementById("table");
  const bodies = table ? Array.from(table.tBodies) : [];
  const bar = document.querySelector(".filters");
  const controls = bar ? Array.from(bar.querySelectorAll("input, select")) : [];
  const status = document.getElementById("status");
  const opener = document.getElementById("open");
  // What each word means when a column is sorted by it, the worst last; words in no list are sorted as words.
  const ORDERS = {
    severity: ["note", "low", "medium", "high", "critical"],
    exposure: ["publishable", "conditional", "secret", "admin"],
    lifetime: ["expired", "short-lived", "expiring", "unknown", "long-lived"],
  };
  let state = new URLSearchParams();

  // Theme: what the system says, until somebody chooses.
  const themes = document.getElementById("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const nameTheme = () => (themes.textContent = isDark() ? "Light theme" : "Dark theme");
  function setTheme(name) {
    if (name === "dark" || name === "light") root.dataset.theme = name;
    nameTheme();
  }
  themes.hidden = false;
  system.addEventListener("change", nameTheme);
  themes.addEventListener("click", () => {
    setTheme(isDark() ? "light" : "dark");
    state.set("theme", root.dataset.theme);
    remember();
  });

  // What of a finding a filter looks at.
  const buttons = table ? Array.from(table.tHead.querySelectorAll("button")) : [];
  const known = new Map();
  for (const body of bodies) {
    const facts = { text: body.textContent.toLowerCase(), is: (body.dataset.is || "").split(" ") };
    buttons.forEach((button, index) => (facts[button.dataset.sort] = body.rows[0].cells[index].textContent.trim()));
    known.set(body, facts);
  }
  const level = (word) => ORDERS.severity.indexOf(word);
  const FITS = {
    q: (facts, value) => value.toLowerCase().split(/\s+/).every((word) => facts.text.includes(word)),
    severity: (facts, value) =>
      value.startsWith("min-") ? level(facts.severity) >= level(value.slice(4)) : facts.severity === value,
    exposure: (facts, value) =>
      value === "private" ? ["secret", "admin"].includes(facts.exposure) : facts.exposure === value,
    lifetime: (facts, value) => facts.lifetime === value,
    provider: (facts, value) => facts.provider === value,
    where: (facts, value) => facts.stands === value || facts.is.includes(value),
  };

  function filter() {
    const wanted = Object.keys(FITS).filter((name) => (state.get(name) || "").trim());
    const withSuppressed = state.has("suppressed");
    let shown = 0;
    let all = 0;
    for (const body of bodies) {
      const facts = known.get(body);
      const counts = withSuppressed || !facts.is.includes("suppressed");
      const fits = counts && wanted.every((name) => FITS[name](facts, state.get(name).trim()));
      body.hidden = !fits;
      shown += fits;
      all += counts;
    }
    const words = shown === all ? `All ${all.toLocaleString("en")} shown` : `${shown.toLocaleString("en")} of ${all.toLocaleString("en")} shown`;
    if (status.textContent !== words) status.textContent = words;
    document.getElementById("none").hidden = shown > 0;
  }

  // Sorting: what was equal keeps its order.
  function value(body, name) {
    const shown = known.get(body)[name];
    if (ORDERS[name]) return ORDERS[name].indexOf(shown);
    return name === "places" ? Number(shown.replace(/,/g, "")) : shown.toLowerCase();
  }
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  function sort() {
    const wanted = state.get("sort") || "-severity";
    const descending = wanted.startsWith("-");
    const name = wanted.replace(/^-/, "");
    if (!buttons.some((button) => button.dataset.sort === name)) return;
    for (const button of buttons) {
      const order = button.dataset.sort !== name ? "none" : descending ? "descending" : "ascending";
      button.closest("th").setAttribute("aria-sort", order);
    }
    const keyed = bodies.map((body) => [value(body, name), body]);
    keyed.sort((a, b) => (descending ? compare(b[0], a[0]) : compare(a[0], b[0])));
    table.append(...keyed.map((each) => each[1]));
  }
  buttons.forEach((button) => {
    button.disabled = false;
    button.addEventListener("click", () => {
      const name = button.dataset.sort;
      const order = button.closest("th").getAttribute("aria-sort");
      const descending = order === "none" ? "descending" in button.dataset : order === "ascending";
      state.set("sort", (descending ? "-" : "") + name);
      sort();
      remember();
    });
  });

  // The address: #q=stripe&severity=min-high&sort=-places; an address without = is a place in the page.
  function remember() {
    try {
      history.replaceState(null, "", "#" + state);
    } catch (error) {
      // some viewers forbid it: the view works, only the address does not show it
    }
  }
  function recall() {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) return reveal(hash);
    state = new URLSearchParams(hash);
    setTheme(state.get("theme"));
    if (!table) return;
    for (const control of controls) {
      if (control.type === "checkbox") control.checked = state.has(control.name);
      else control.value = state.get(control.name) || "";
      if (control.type !== "checkbox" && !control.value) state.delete(control.name); // no such choice
    }
    sort();
    filter();
    if (state.has("open")) toggle(true);
    if (Object.keys(FITS).some((name) => state.has(name))) bar.scrollIntoView();
  }
  function reveal(name) {
    const target = document.getElementById(name);
    const body = target && target.closest("tbody");
    if (!known.has(body)) return;
    body.hidden = false;
    const card = body.querySelector("details");
    if (card) card.open = true;
    body.scrollIntoView();
  }

  const cards = () => bodies.filter((body) => !body.hidden).map((body) => body.querySelector("details")).filter(Boolean);
  function toggle(open) {
    for (const card of cards()) card.open = open;
    opener.textContent = open ? "Close all" : "Open all";
  }

  if (table) {
    bar.hidden = false;
    root.classList.add("scripted");
    filter();
    for (const control of controls) {
      control.addEventListener(control.type === "search" ? "input" : "change", () => {
        const set = control.type === "checkbox" ? control.checked : control.value;
        if (set) state.set(control.name, control.type === "checkbox" ? "1" : control.value);
        else state.delete(control.name);
        filter();
        remember();
      });
    }
    document.getElementById("reset").addEventListener("click", () => {
      const theme = state.get("theme");
      state = new URLSearchParams(theme ? { theme } : {});
      for (const control of controls) {
        if (control.type === "checkbox") control.checked = false;
        else control.value = "";
      }
      sort();
      filter();
      remember();
    });
    opener.addEventListener("click", () => toggle(opener.textContent === "Open all"));
    // A row opens its card; the keyboard has the summary below it.
    table.addEventListener("click", (event) => {
      const row = event.target.closest("tr.row");
      const card = row && row.parentNode.querySelector("details");
      if (card && !String(getSelection())) card.open = !card.open;
    });
    const search = bar.querySelector("input[type=search]");
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      search.focus();
      search.select();
    });
    let closed = [];
    window.addEventListener("beforeprint", () => {
      closed = Array.from(table.querySelectorAll("details:not([open])"));
      for (const card of closed) card.open = true;
    });
    window.addEventListener("afterprint", () => {
      for (const card of closed) card.open = false;
    });
  }
  window.addEventListener("hashchange", recall);
  nameTheme();
  recall();
})();
