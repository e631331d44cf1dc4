// What waits for the reader: rows by keys, what is asked is answered in place, and the rows follow what happens.
import "./ticket/confirm.js";
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

const busy = () => page.querySelector("confirm-card, ask-card") !== null;

async function refresh() {
  if (busy()) return; // what is being answered stays
  await htmx.ajax("GET", location.pathname + location.search, { target: "#waiting-body", swap: "innerHTML", headers: { "X-Quiet": "1" } }).catch(() => {});
  const again = rows().find((row) => row.dataset.keyOf === selected);
  if (again) again.classList.add("selected");
}

new ValueKeys(page);
document.addEventListener("keydown", (event) => {
  if (typing(event.target) || document.querySelector("dialog[open]") || event.target.closest?.("confirm-card, ask-card")) return;
  const key = plainKey(event);
  const row = rows().find((each) => each.dataset.keyOf === selected);
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "Enter" && row && !event.target.closest("a, button")) row.querySelector("[data-act]").click();
  else if (key === "o" && row) row.querySelector("a").click();
  else if (key === "Escape") page.querySelectorAll(".wait-card").forEach((card) => card.replaceChildren());
});
// An answer that arrived: the row is done, the next one is selected.
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.verb === "get" || !event.detail.successful) return;
  page.querySelectorAll(".wait-card").forEach((card) => card.replaceChildren());
  refresh().then(() => move(0));
});
document.body.addEventListener("live:refresh", () => {
  page.querySelectorAll(".wait-card").forEach((card) => card.replaceChildren());
  refresh();
});
window.addEventListener("waiting:changed", refresh);
