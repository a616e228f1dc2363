// Completion while typing, and keys. Every page works without this file.
"use strict";

const COMPLETIONS = 8;
const WAIT_MS = 80;
const WIDE = "(min-width: 75rem)";

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
    count.textContent = articles;
    item.append(link, " ", count);
    list.append(item);
  }
  section.append(heading, list);
  return section;
}

// Counts beside the results; they come after the page, so that it need not wait for them.
async function showFacets(place) {
  try {
    const response = await fetch(place.dataset.facets);
    const facets = response.ok ? (await response.json()).facets : [];
    const shown = facets.filter(({values}) => values.length > 1);
    place.append(...shown.map((facet) => facetSection(facet, place.dataset[facet.field])));
    place.hidden = shown.length === 0;
  } catch {
    // The page about all matches has them, too.
  }
}

const query = document.getElementById("query");
if (query) {
  startCompletion(query);
}
document.querySelectorAll(".steps").forEach(addStepButtons);
if (window.matchMedia(WIDE).matches) {
  document.querySelectorAll("[data-facets]").forEach(showFacets);
}

// Empty fields of a form do not belong into the address.
document.querySelectorAll("form.search").forEach((form) => {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "" && name !== "q") {
        event.formData.delete(name);
      }
    }
  });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    return;
  }
  const actions = {
    "/": () => query && (query.focus(), query.select()),
    "j": () => moveToResult(1),
    "k": () => moveToResult(-1),
    "n": () => moveToMatch(1),
    "p": () => moveToMatch(-1),
    "?": () => { location.href = "/keys"; },
  };
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
});
