// What waits for the reader: rows by keys, what is asked is answered in place, and the rows follow what happens.
import "./ticket/confirm.js";
import { pressing, unlessPressing } from "./presses.js";
import { plainKey, typing } from "./shared/shortcuts.js";
import { ValueKeys } from "./ticket/values.js";

const page = document.getElementById("waiting");
const rows = () => [...page.querySelectorAll(".wait-row")];
let selected = "";

function select(row) {
  rows().forEach((each) => each.classList.toggle("selected", each === row));
  if (!row) return;
  selected = row.dataset.keyOf;
  row.scrollIntoView({ block: "nearest" });
  row.focus({ preventScroll: true });
}

function move(by) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.keyOf === selected);
  select(all[Math.min(Math.max(at < 0 ? 0 : at + by, 0), all.length - 1)]);
}

// From the press that opens a card to its end: what is being answered stays, whatever else changes meanwhile.
let opening = false;
const busy = () => opening || page.querySelector("confirm-card, ask-card") !== null;
const opens = (event) => event.detail.elt.matches?.("[data-act]");
page.addEventListener("htmx:beforeRequest", (event) => (opening ||= opens(event)));
page.addEventListener("htmx:afterRequest", (event) => opens(event) && (opening = false));
const ofRows = (event) => event.detail.target?.id === "waiting-body";
let place = 0;
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (!ofRows(event)) return;
  place = Math.max(rows().findIndex((row) => row.dataset.keyOf === selected), 0);
  if (busy()) event.detail.shouldSwap = false;
  else unlessPressing(event, refresh);
});
// The row that was selected stays so; where it is gone, the one in its place. (A request may be one that had to queue.)
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (!ofRows(event) || !selected) return;
  const all = rows();
  const again = all.find((row) => row.dataset.keyOf === selected) ?? all[Math.min(place, all.length - 1)];
  if (document.activeElement === document.body) select(again);
  else if (again) {
    again.classList.add("selected");
    selected = again.dataset.keyOf;
  }
});

async function refresh() {
  if (busy() || pressing(refresh)) return;
  await htmx.ajax("GET", location.pathname + location.search, { target: "#waiting-body", swap: "innerHTML", headers: { "X-Quiet": "1" } }).catch(() => {});
}

function close() {
  page.querySelectorAll(".wait-card").forEach((card) => card.replaceChildren());
  return refresh();
}

new ValueKeys(page);
document.addEventListener("keydown", (event) => {
  if (typing(event.target) || document.querySelector("dialog[open]") || event.target.closest?.("confirm-card, ask-card")) return;
  const key = plainKey(event);
  const row = rows().find((each) => each.dataset.keyOf === selected) ?? rows()[0]; // the first until one is chosen
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "Enter" && row && !event.target.closest("a, button")) row.querySelector("[data-act]").click();
  else if (key === "o" && row) row.querySelector("a").click();
  else if (key === "Escape") close();
});
// An answer that arrived: the row is done, the next one is selected.
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.verb !== "get" && event.detail.successful) close();
});
document.body.addEventListener("live:refresh", close);
window.addEventListener("waiting:changed", refresh);
