// The ticket queue: keys, live rows, search while typing. The selection stays on its ticket when rows change.
import { Picks } from "./queue/bulk.js";
import { showLink } from "./shared/link_state.js";
import { composing, plainKey, typing } from "./shared/shortcuts.js";
import { LiveSocket } from "./shared/socket.js";

const SETTLE_MS = 400; // several changes come to one refresh
const page = document.getElementById("queue");
const form = page.querySelector(".queue-search");
let selected = "";
let timer = 0;

const picks = document.getElementById("bulk") ? new Picks(page) : null;

const rows = () => [...page.querySelectorAll(".queue-row")];

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

async function refresh() {
  clearTimeout(timer);
  const within = document.activeElement?.closest(".queue-row") ? document.activeElement.matches("input") ? "input" : "a" : "";
  try {
    await htmx.ajax("GET", location.pathname + location.search, { target: "#queue-body", swap: "innerHTML" });
  } catch {
    return; // the notice says it; the rows stay as they were
  }
  picks?.restore();
  const row = current();
  if (!row) return;
  row.classList.add("selected");
  if (within) (row.querySelector(within) ?? row.querySelector("a")).focus({ preventScroll: true });
}

const current = () => rows().find((row) => row.dataset.number === selected);

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, SETTLE_MS);
};

function filter() {
  const query = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...query]) if (!value) query.delete(name);
  history.replaceState(null, "", `${location.pathname}?${query}`);
  refresh();
}

document.addEventListener("keydown", (event) => {
  if (composing(event)) return;
  if (event.target.id === "search" && event.key === "Escape") return void event.target.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const held = event.repeat && "jkJK".includes(event.key); // j and k may be held to run through the list
  const key = held ? event.key.toLowerCase() : plainKey(event);
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "/") (event.preventDefault(), document.getElementById("search").select());
  else if (key === "n") document.getElementById("new-ticket")?.click();
  else if (key === "Enter" && selected && document.activeElement === document.body) {
    current()?.querySelector("a").click();
  } else if (key === "x") event.shiftKey ? picks?.toggleKind(current()) : picks?.toggle(current());
  else if (key === "s") picks?.press();
  else if (key === "Escape") picks?.clear();
});

let searching = 0;
form.addEventListener("submit", (event) => (event.preventDefault(), filter()));
form.addEventListener("change", filter);
form.querySelector("#search").addEventListener("input", (event) => {
  clearTimeout(searching);
  if (!event.isComposing) searching = setTimeout(filter, 300);
});
page.addEventListener("focusin", (event) => {
  const row = event.target.closest(".queue-row");
  if (row) mark(row);
});

let opened = false;
new LiveSocket(page.dataset.socket, {
  state: (state) => {
    showLink(state);
    if (state === "open" && opened) soon(); // what happened while we were away
    opened ||= state === "open";
  },
  message: (message) => message.type === "changed" && soon(),
});
