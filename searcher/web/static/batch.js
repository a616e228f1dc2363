// Many queries: how far they are, the answers in a table, and files of them.
"use strict";

const MAX_ROWS = 500;

function text(tag, content) {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}

// The same as guarded() of the server, and as CSV.
function csvCell(value) {
  if (typeof value === "number") {
    return String(value);
  }
  const guarded = /^\s*[=+\-@＝＋－＠]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(guarded) ? `"${guarded.replaceAll("\"", "\"\"")}"` : guarded;
}

// The rows of answer_rows() of the server.
function csvRows(answer, columns) {
  const empty = columns.map(() => "");
  if (answer.error !== undefined) {
    return [[answer.id, answer.query, "", ...empty, answer.error, ""]];
  }
  const notes = answer.notes.join("; ");
  if (answer.hits.length === 0) {
    return [[answer.id, answer.query, answer.total, ...empty, "", notes]];
  }
  return answer.hits.map((hit) => [
    answer.id, answer.query, answer.total, ...columns.map((name) => cellOf(hit, name)), "", notes,
  ]);
}

function cellOf(hit, name) {
  switch (name) {
    case "article": return hit.id;
    case "date": return hit.date ?? "";
    case "categories": return hit.categories.join(";");
    case "relaxed": return Number(hit.relaxed);
    default: return hit[name];
  }
}

async function* linesOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) {
      break;
    }
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

function startBatch(form, run) {
  const bar = run.querySelector("progress");
  const state = run.querySelector(".state");
  const stop = run.querySelector(".stop");
  const kept = run.querySelector(".kept");
  const table = run.querySelector("tbody");
  const said = run.dataset;
  const header = said.header.split(",");
  const columns = said.columns.split(",");
  let addresses = [];

  // Without this file the buttons send the form; with it one button runs the queries here.
  const button = text("button", said.run);
  form.querySelector(".actions").replaceChildren(button);

  function row(answer) {
    const line = document.createElement("tr");
    const count = text("td", answer.error === undefined ? answer.total.toLocaleString("en") : "");
    const best = text("td", answer.error ?? "");
    const query = document.createElement("td");
    const link = text("a", answer.query);
    count.className = "number";
    link.href = `/?${new URLSearchParams({q: answer.query})}`;
    query.append(link);
    const [hit] = answer.hits ?? [];
    if (hit) {
      const found = text("a", hit.title.slice(0, 100) || hit.id);
      found.href = `/articles/${encodeURIComponent(hit.id)}?${new URLSearchParams({q: answer.query})}`;
      best.append(found);
    }
    line.append(query, count, best);
    table.append(line);
  }

  function keep(link, parts, type) {
    const address = URL.createObjectURL(new Blob(parts, {type}));
    addresses.push(address);
    run.querySelector(link).href = address;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = new FormData(form);
    asked.set("format", "jsonl");
    const halt = new AbortController();
    stop.onclick = () => halt.abort();
    addresses.forEach((address) => URL.revokeObjectURL(address));
    addresses = [];
    table.replaceChildren();
    kept.hidden = true;
    run.hidden = false;
    stop.hidden = false;
    button.disabled = true;
    bar.removeAttribute("value");
    state.textContent = "";
    run.scrollIntoView({block: "nearest"});
    const lines = [];
    const rows = [header];
    let failed = 0;
    let total = 0;
    const show = () => {
      bar.max = total;
      bar.value = lines.length;
      state.textContent = said.progress.replace("#1", lines.length).replace("#2", total)
        + (failed ? ` · ${said.failed.replace("#", failed)}` : "");
    };
    try {
      const response = await fetch(form.action, {method: "POST", body: asked, signal: halt.signal});
      if (!response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        state.textContent = page.querySelector(".note")?.textContent ?? said.broken;
        bar.max = 1;
        bar.value = 0;
        return;
      }
      total = Number(response.headers.get("Searcher-Queries"));
      for await (const line of linesOf(response)) {
        const answer = JSON.parse(line);
        lines.push(`${line}\n`);
        rows.push(...csvRows(answer, columns));
        failed += answer.error === undefined ? 0 : 1;
        if (lines.length <= MAX_ROWS) {
          row(answer);
        }
        show();
      }
    } catch {
      state.textContent += ` ${said.broken}`;
    } finally {
      stop.hidden = true;
      button.disabled = false;
      kept.hidden = lines.length === 0;
      keep(".keep-jsonl", lines, "application/x-ndjson");
      keep(".keep-csv", ["\ufeff", ...rows.map((cells) => `${cells.map(csvCell).join(",")}\r\n`)], "text/csv");
    }
  });
}

const batchForm = document.querySelector("form.batch");
if (batchForm) {
  startBatch(batchForm, document.querySelector(".run"));
}
