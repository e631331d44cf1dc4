// The wall: fresh words every few seconds and at once when something changes; the pictures of the phones stay as they are.
import "./wall/picture.js";
import { showLink } from "./shared/link_state.js";
import { guardSelects } from "./shared/selects.js";
import { LiveSocket } from "./shared/socket.js";
import { tellTimes } from "./shared/times.js";

const EVERY_MS = 5000;
const SETTLE_MS = 400;
const PATIENCE_MS = 8000;
const wall = document.getElementById("wall");
const body = document.getElementById("wall-body");
let timer = 0;

async function refresh() {
  clearTimeout(timer);
  try {
    const answer = await fetch(location.pathname, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok && !answer.redirected) show(new DOMParser().parseFromString(await answer.text(), "text/html").body);
  } catch {
    // the line in the head says it; what is shown stays, with its ages growing
  }
  timer = setTimeout(refresh, EVERY_MS);
}

function show(fresh) {
  for (const part of fresh.querySelectorAll("[data-fresh]")) {
    const old = body.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (old.contains(document.activeElement) && document.activeElement.matches("select")) continue; // somebody is choosing
    renew(old, part);
  }
  tiles(body.querySelector("[data-tiles]"), fresh.querySelector("[data-tiles]"));
  tellTimes(body);
}

// Only what differs, so that nothing is read out again and the focus stays.
const shown = new WeakMap(); // what each place was last made of
function renew(old, part) {
  if (shown.get(old)?.isEqualNode(part)) return;
  shown.set(old, part.cloneNode(true));
  const focused = old.contains(document.activeElement) ? [...old.querySelectorAll("a, button")].indexOf(document.activeElement) : -1;
  old.replaceChildren(...part.childNodes);
  window.htmx.process(old);
  if (focused >= 0) old.querySelectorAll("a, button")[focused]?.focus();
}

function tiles(list, fresh) {
  const known = new Map([...list.querySelectorAll("[data-tile]")].map((tile) => [tile.dataset.tile, tile]));
  const wanted = [...fresh.children].map((tile) => known.get(tile.dataset.tile) ?? tile);
  for (const tile of fresh.querySelectorAll("[data-tile]")) {
    const old = known.get(tile.dataset.tile);
    if (!old) continue;
    old.className = tile.className;
    old.dataset.socket = tile.dataset.socket;
    renew(old.querySelector("[data-facts]"), tile.querySelector("[data-facts]"));
    old.querySelector("wall-picture").watch(tile.dataset.socket);
  }
  if (wanted.length !== list.children.length || wanted.some((tile, at) => tile !== list.children[at])) {
    list.replaceChildren(...wanted);
    window.htmx.process(list);
  }
}

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, SETTLE_MS);
};

wall.addEventListener("htmx:afterRequest", ({ detail }) => {
  const then = detail.elt.dataset.then;
  if (detail.successful && then) location.assign(then);
  else if (detail.successful) soon();
  if (detail.elt.matches("[data-assign]")) document.activeElement?.blur();
});

wall.querySelector("[data-full]").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else wall.requestFullscreen();
});

guardSelects(wall, "[data-assign]");
new LiveSocket(`${document.body.dataset.root}ws/queue/`, {
  state: (state) => (showLink(state), state === "open" && soon()),
  message: ({ type }) => type === "changed" && soon(),
});
timer = setTimeout(refresh, EVERY_MS);
