// The ticket queue: keys, live rows, search while typing. The selection stays on its ticket when rows change.
import { forThisTab } from "./embed/keeping.js";
import { Picks } from "./queue/bulk.js";
import { startViews } from "./queue/views.js";
import { showLink } from "./shared/link_state.js";
import { pressing, unlessPressing } from "./presses.js";
import { composing, plainKey, typing } from "./shared/shortcuts.js";
import { LiveSocket } from "./shared/socket.js";

const SETTLE_MS = 400; // several changes come to one refresh
const page = document.getElementById("queue");
const form = page.querySelector(".queue-search");
const search = form.querySelector("#search");
const days = form.querySelector(".q-days");
let selected = "";
let timer = 0;

const picks = document.getElementById("bulk") ? new Picks(page) : null;

const rows = () => [...page.querySelectorAll(".queue-row")];
const current = () => rows().find((row) => row.dataset.number === selected);

function mark(row) {
  rows().forEach((each) => each.classList.toggle("selected", each === row));
  if (row) selected = row.dataset.number;
}

function select(row) {
  mark(row);
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("a").focus({ preventScroll: true });
}

function move(by) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.number === selected);
  select(all[Math.min(Math.max(at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by, 0), all.length - 1)]);
}

// What has the focus among the rows is found again after they were replaced.
function focused() {
  const element = document.activeElement;
  if (element?.closest(".queue-row")) return () => current()?.querySelector(element.matches("input") ? "input" : "a") ?? current()?.querySelector("a");
  const sort = element?.dataset?.sort;
  return sort ? () => page.querySelector(`[data-sort="${sort}"]`) : null;
}

async function refresh() {
  clearTimeout(timer);
  if (pressing(refresh)) return;
  const again = focused();
  try {
    await htmx.ajax("GET", location.pathname + location.search, { target: "#queue-body", swap: "innerHTML" });
  } catch {
    return; // the notice says it; the rows stay as they were
  }
  remember();
  picks?.restore();
  current()?.classList.add("selected");
  again?.()?.focus({ preventScroll: true });
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "queue-body") unlessPressing(event, refresh);
});

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, SETTLE_MS);
};

// What happened while the line was cut; what was asked before may hang for minutes.
function catchUp() {
  htmx.trigger(document.body, "htmx:abort");
  soon();
}

// The list one came from is the list that the ticket's page goes through.
function remember() {
  forThisTab.setItem("cs.list", location.search.slice(1));
}

function show(query) {
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  history.replaceState(null, "", query.size ? `${location.pathname}?${query}` : location.pathname);
  return refresh();
}

// A new search looks everywhere, whatever status was looked at before.
let searched = search.value;
function filter() {
  clearTimeout(searching);
  if (search.value !== searched) form.status.value = "";
  searched = search.value;
  const query = new URLSearchParams(new FormData(form));
  if (query.get("created") === "days") query.delete("created");
  return show(query);
}

// Enter goes to the ticket that is meant: the server knows, whatever rows are still on their way.
function submitted(event) {
  event.preventDefault();
  filter();
  if (!search.value.trim()) return;
  const query = new URLSearchParams(location.search);
  query.set("go", "1");
  location.assign(`${location.pathname}?${query}`);
}

// The list goes with the word: an empty box beside the rows of a word that is gone would hide all others.
function leaveSearch() {
  if (search.value) {
    search.value = "";
    filter();
  }
  search.blur();
}

function changed(event) {
  if (event.target === search) return;
  if (event.target.name === "created") {
    days.hidden = event.target.value !== "days";
    if (!days.hidden) return days.querySelector("input").focus();
    days.querySelectorAll("input").forEach((field) => (field.value = ""));
  }
  filter();
}

document.addEventListener("keydown", (event) => {
  if (composing(event)) return;
  if (event.target === search && event.key === "Escape") return void leaveSearch();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const held = event.repeat && "jkJK".includes(event.key); // j and k may be held to run through the list
  const key = held ? event.key.toLowerCase() : plainKey(event);
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "n") document.getElementById("new-ticket")?.click();
  else if (key === "Enter" && selected && document.activeElement === document.body) {
    current()?.querySelector("a").click();
  } else if (key === "x") event.shiftKey ? picks?.toggleKind(current()) : picks?.toggle(current());
  else if (key === "s") picks?.press();
  else if (key === "Escape") picks?.clear();
});

let searching = 0;
form.addEventListener("submit", submitted);
form.addEventListener("change", changed);
search.addEventListener("input", (event) => {
  clearTimeout(searching);
  if (!event.isComposing) searching = setTimeout(filter, 300);
});
page.addEventListener("focusin", (event) => {
  const row = event.target.closest(".queue-row");
  if (row) mark(row);
});
page.addEventListener("click", (event) => {
  const head = event.target.closest("[data-sort]");
  if (!head || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  head.focus();
  const query = new URLSearchParams(head.getAttribute("href"));
  form.sort.value = query.get("sort") ?? "";
  show(query);
});

let opened = false;
new LiveSocket(page.dataset.socket, {
  state: (state) => {
    showLink(state);
    if (state !== "open") return;
    if (opened) catchUp();
    opened = true;
  },
  message: (message) => message.type === "changed" && !picks?.working && soon(),
});
document.addEventListener("bulk:done", soon);
startViews(page);
if (new URLSearchParams(location.search).has("go")) {
  const query = new URLSearchParams(location.search);
  query.delete("go");
  history.replaceState(null, "", `${location.pathname}?${query}`);
  select(rows()[0]); // several were found: Enter opens the first
}
remember();
