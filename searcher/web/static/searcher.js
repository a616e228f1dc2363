// Completion while typing, and keys. Every page works without this file.
"use strict";

const COMPLETIONS = 8;
const WAIT_MS = 80;

function isTyping(target) {
  return target.closest("input, select, textarea") !== null;
}

// The last word of what has been typed is completed.
function lastWord(text) {
  return text.slice(text.search(/\S*$/u));
}

function startCompletion(input) {
  const box = input.parentElement;
  const list = document.createElement("ul");
  const status = document.createElement("span");
  let asked = 0;
  let timer = 0;
  let selected = -1;
  let composing = false;

  list.id = "completions";
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.completions);
  list.hidden = true;
  status.className = "hidden";
  status.setAttribute("role", "status");
  box.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function close() {
    asked += 1;
    clearTimeout(timer);
    list.replaceChildren();
    list.hidden = true;
    selected = -1;
    status.textContent = "";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function take(term) {
    const text = input.value;
    input.value = text.slice(0, text.length - lastWord(text).length) + term;
    close();
    input.focus();
  }

  function show(terms) {
    list.replaceChildren(...terms.map(({term, articles}, number) => {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      const count = document.createElement("span");
      item.id = `completion-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.term = term;
      name.textContent = term;
      count.className = "count";
      count.textContent = articles;
      item.append(name, count);
      return item;
    }));
    selected = -1;
    list.hidden = terms.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = terms.length ? box.dataset.completed.replace("#", terms.length) : "";
  }

  async function ask() {
    const number = ++asked;
    const prefix = lastWord(input.value);
    if (!prefix) {
      close();
      return;
    }
    const values = new URLSearchParams({prefix, limit: COMPLETIONS});
    try {
      const response = await fetch(`/api/v1/complete?${values}`);
      const terms = response.ok ? (await response.json()).terms : [];
      // An answer may come after that to a later question.
      if (number === asked) {
        show(terms.filter(({term}) => term !== prefix));
      }
    } catch {
      close();
    }
  }

  function select(number) {
    const items = [...list.children];
    selected = (number + items.length) % items.length;
    items.forEach((item, place) => item.setAttribute("aria-selected", String(place === selected)));
    input.setAttribute("aria-activedescendant", items[selected].id);
  }

  input.addEventListener("compositionstart", () => { composing = true; });
  input.addEventListener("compositionend", () => { composing = false; });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (composing || list.hidden) {
      return;
    }
    if (event.key === "ArrowDown") {
      select(selected + 1);
    } else if (event.key === "ArrowUp") {
      select(selected < 0 ? -1 : selected - 1);
    } else if (event.key === "Enter" && selected >= 0) {
      take(list.children[selected].dataset.term);
    } else if (event.key === "Escape") {
      close();
    } else {
      return;
    }
    event.preventDefault();
  });
  // Before the input loses the focus, which closes the list.
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    event.preventDefault();
    if (item) {
      take(item.dataset.term);
    }
  });
  input.addEventListener("blur", close);
}

// Goes from one result to the next by moving the focus, so that Enter opens it.
function moveToResult(step) {
  const results = [...document.querySelectorAll("a.open")];
  const place = results.indexOf(document.activeElement);
  const next = place < 0 ? (step > 0 ? 0 : results.length - 1) : place + step;
  if (results[next]) {
    results[next].focus();
  }
}

let currentMatch = -1;

function moveToMatch(step) {
  const matches = [...document.querySelectorAll("mark[id]")];
  if (matches.length === 0) {
    return;
  }
  matches.forEach((match) => match.classList.remove("current"));
  if (currentMatch < 0 && step < 0) {
    currentMatch = 0;
  }
  currentMatch = (currentMatch + step + matches.length) % matches.length;
  matches[currentMatch].classList.add("current");
  matches[currentMatch].scrollIntoView({block: "center"});
}

function addStepButtons(place) {
  for (const [label, sign, step] of [
    [place.dataset.previous, "↑", -1], [place.dataset.next, "↓", 1],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => moveToMatch(step));
    place.append(button);
  }
}

// The same as narrowed() of the server.
function narrowed(text, part) {
  if (text.trim() === "*") {
    return part;
  }
  return text.includes("OR") || text.includes("|") ? `(${text}) ${part}` : `${text} ${part}`;
}

function facetSection(facet, title) {
  const section = document.createElement("section");
  const heading = document.createElement("h2");
  const list = document.createElement("ul");
  heading.textContent = title;
  for (const {value, articles, query: part} of facet.values) {
    const address = new URLSearchParams(location.search);
    address.set("q", narrowed(address.get("q"), part));
    address.delete("page");
    const item = document.createElement("li");
    const link = document.createElement("a");
    const name = document.createElement("bdi");
    const count = document.createElement("span");
    name.textContent = value.slice(0, 60);
    link.href = `/?${address}`;
    link.append(name);
    count.className = "count";
    count.textContent = articles.toLocaleString("en");
    item.append(link, " ", count);
    list.append(item);
  }
  section.append(heading, list);
  return section;
}

// Names are counted when somebody wants to see them, as that takes longer than the search.
function startNames(details) {
  details.addEventListener("toggle", async () => {
    try {
      const response = await fetch(details.dataset.facets);
      const facets = response.ok ? (await response.json()).facets : [];
      const sections = facets.filter(({values}) => values.length)
        .map((facet) => facetSection(facet, details.dataset[facet.field]));
      if (sections.length) {
        details.replaceChildren(details.firstElementChild, ...sections);
      }
    } catch {
      // The link to the page about all matches stays.
    }
  }, {once: true});
}

// Drawing over the bars of a timeline chooses from the first to the last of them.
function startTimeline(section) {
  const svg = section.querySelector("svg");
  const bars = [...section.querySelectorAll("a[data-period]")];
  if (bars.length === 0) {
    return;
  }
  section.querySelector(".hint").hidden = false;
  let from = -1;
  let to = -1;

  function barAt(x) {
    const {left, width} = svg.getBoundingClientRect();
    const place = Math.floor((x - left) / width * bars.length);
    return Math.max(0, Math.min(bars.length - 1, place));
  }

  function mark() {
    bars.forEach((bar, place) => {
      const inside = from >= 0 && place >= Math.min(from, to) && place <= Math.max(from, to);
      bar.classList.toggle("drawn", inside);
    });
  }

  function open(first, last) {
    const address = new URL(bars[first].getAttribute("href"), location.href);
    address.searchParams.set("until", bars[last].dataset.period);
    location.href = address.href;
  }

  svg.addEventListener("pointerdown", (event) => {
    if (event.button === 0) {
      from = to = barAt(event.clientX);
      mark();
    }
  });
  document.addEventListener("pointermove", (event) => {
    if (from >= 0) {
      to = barAt(event.clientX);
      mark();
    }
  });
  document.addEventListener("pointerup", () => {
    if (from >= 0 && from !== to) {
      // The click that follows would open one bar.
      svg.addEventListener("click", (event) => event.preventDefault(), {once: true, capture: true});
      open(Math.min(from, to), Math.max(from, to));
    }
    from = -1;
    mark();
  });
  document.addEventListener("pointercancel", () => {
    from = -1;
    mark();
  });
  svg.addEventListener("dragstart", (event) => event.preventDefault());

  // One stop of the tab key; the arrow keys go on from there, with Shift they choose a range.
  let start = 0;
  bars.forEach((bar, place) => {
    bar.setAttribute("tabindex", place === 0 ? "0" : "-1");
    bar.addEventListener("keydown", (event) => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (event.key === "Enter" && start !== place) {
        event.preventDefault();
        open(Math.min(start, place), Math.max(start, place));
      } else if (step && bars[place + step]) {
        event.preventDefault();
        bar.setAttribute("tabindex", "-1");
        bars[place + step].setAttribute("tabindex", "0");
        bars[place + step].focus();
        start = event.shiftKey ? start : place + step;
        bars.forEach((other, number) => other.classList.toggle("drawn", event.shiftKey
          && number >= Math.min(start, place + step) && number <= Math.max(start, place + step)));
      }
    });
  });
}

// The list of keys, over the page.
async function showKeys() {
  try {
    const response = await fetch("/keys");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const dialog = document.createElement("dialog");
    const button = document.createElement("button");
    const form = document.createElement("form");
    form.method = "dialog";
    button.textContent = document.body.dataset.close;
    dialog.setAttribute("aria-label", document.body.dataset.help);
    form.append(button);
    dialog.append(...page.getElementById("content").children, form);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  } catch {
    location.href = "/keys";
  }
}

const query = document.getElementById("query");
if (query) {
  startCompletion(query);
}
document.querySelectorAll(".steps").forEach(addStepButtons);
document.querySelectorAll("[data-facets]").forEach(startNames);
document.querySelectorAll(".timeline").forEach(startTimeline);

// Empty fields of a form do not belong into the address.
document.querySelectorAll("form.search, form.compare").forEach((form) => {
  form.addEventListener("formdata", (event) => {
    const entries = [...event.formData];
    entries.forEach(([name]) => event.formData.delete(name));
    for (const [name, value] of entries) {
      if (value !== "" || (name === "q" && form.matches(".search"))) {
        event.formData.append(name, value);
      }
    }
  });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)
      || document.querySelector("dialog")) {
    return;
  }
  const actions = {
    "/": () => query && (query.focus(), query.select()),
    "j": () => moveToResult(1),
    "k": () => moveToResult(-1),
    "n": () => moveToMatch(1),
    "p": () => moveToMatch(-1),
    "?": showKeys,
  };
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});
