"use strict";
// Tables: sort by a column's button, filter by words, copy what is shown as tab-separated text.
const numberOf = (text) => {
  const found = text.replace(/^[<>]/, "").match(/^-?\d[\d.]*(?:E[+-]?\d+)?/i);
  return found ? parseFloat(found[0]) - (text.startsWith("<") ? 1e-12 : 0) : NaN;
};
const shownRows = (table) => [...table.tBodies].flatMap((body) => [...body.rows].filter((row) => !row.hidden && row.className !== "group"));
const cellText = (cell) => cell.textContent.trim();

function sortBy(table, column, button) {
  const head = button.parentElement;
  const down = head.getAttribute("aria-sort") === "ascending";
  table.querySelectorAll("thead th").forEach((th) => th.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter((row) => row.className !== "group");
    const keys = new Map(rows.map((row) => [row, cellText(row.cells[column])]));
    const numeric = [...keys.values()].every((text) => ["", "NA"].includes(text) || !Number.isNaN(numberOf(text)));
    rows.sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      const [p, q] = [numberOf(x), numberOf(y)];
      if (numeric && (Number.isNaN(p) || Number.isNaN(q))) return Number.isNaN(p) - Number.isNaN(q); // NA last, either way
      const order = numeric ? p - q : x.localeCompare(y, "en", { numeric: true });
      return down ? -order : order;
    });
    body.append(...rows);
  }
}

function copy(text, told) {
  const done = () => { told.textContent = "Copied"; };
  const byHand = () => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    if (document.execCommand("copy")) done();
    area.remove();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, byHand); else byHand();
}

document.querySelectorAll("figure.table").forEach((figure, place) => {
  const table = figure.querySelector("table");
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sortBy(table, column, button));
  });
  const tools = document.createElement("div");
  tools.className = "tools";
  tools.innerHTML = `<label>Filter <input type="search" id="filter-${place}"></label><button type="button">Copy</button><span role="status"></span>`;
  const [input, button, told] = [tools.querySelector("input"), tools.querySelector("button"), tools.querySelector("span")];
  if (Number(figure.dataset.rows) < 6) tools.querySelector("label").remove();
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of table.querySelectorAll("tbody tr:not(.group)")) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    told.textContent = `${shown} of ${figure.dataset.rows} rows`;
  });
  button.addEventListener("click", () => {
    const rows = [table.tHead.rows[0], ...shownRows(table)];
    copy(rows.map((row) => [...row.cells].map(cellText).join("\t")).join("\n") + "\n", told);
  });
  figure.querySelector(".scroll").before(tools);
});

// Glossary: a word explains itself on hover and focus, Escape takes it away; a click leads to the entry.
const tip = document.getElementById("tip");
let wordShown = null;
function showTip(word) {
  const entry = document.getElementById(word.getAttribute("href").slice(1));
  tip.replaceChildren();
  const name = document.createElement("b");
  name.textContent = entry.textContent;
  tip.append(name, ...[...entry.nextElementSibling.children].map((line) => line.cloneNode(true)));
  tip.hidden = false;
  word.setAttribute("aria-describedby", "tip");
  const box = word.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8));
  const below = box.bottom + tip.offsetHeight + 8 < window.innerHeight;
  tip.style.left = `${left + window.scrollX}px`;
  tip.style.top = `${window.scrollY + (below ? box.bottom + 2 : box.top - tip.offsetHeight - 2)}px`;
  wordShown = word;
}
function hideTip() {
  tip.hidden = true;
  if (wordShown) wordShown.removeAttribute("aria-describedby");
  wordShown = null;
}
const wordOf = (event) => event.target.closest && event.target.closest("a.term");
for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, (event) => { const word = wordOf(event); if (word) showTip(word); });
document.addEventListener("mouseout", (event) => { if (wordOf(event) && !(event.relatedTarget && tip.contains(event.relatedTarget))) hideTip(); });
tip.addEventListener("mouseleave", hideTip);
document.addEventListener("focusout", (event) => { if (wordOf(event)) hideTip(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });

// A link into a folded part unfolds it; paper has all of it.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const part = target && target.closest("details");
  if (part) { part.open = true; target.scrollIntoView(); }
}
window.addEventListener("hashchange", unfold);
unfold();
let folded = [];
window.addEventListener("beforeprint", () => { folded = [...document.querySelectorAll("details:not([open])")]; folded.forEach((one) => { one.open = true; }); });
window.addEventListener("afterprint", () => { folded.forEach((one) => { one.open = false; }); });
