// Keys that work everywhere. A key never acts while somebody types, with a modifier, or while it is held down.
import { forThisTab } from "../embed/keeping.js";
const ROOT = document.body.dataset.root;
const FRAMED = "embed" in document.body.dataset; // there is no other page to go to
const GO = FRAMED ? {} : { t: "tickets/", w: "waiting/", p: "phones/", a: "audit/", s: "status/", f: "flows/" };
const GO_WITHIN_MS = 1200;
const LEAVE_MS = 5000; // a page that is still here after that stays, and its keys are its own again

export function typing(target) {
  return target instanceof Element && target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

// A key that belongs to an input method decides nothing, nowhere. Some browsers send the Enter that ends a composition
// with `isComposing` false already; its keyCode is 229 then.
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

export function plainKey(event) {
  if (event.repeat || composing(event) || event.ctrlKey || event.metaKey || event.altKey) return "";
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function usable(element) {
  return element && !element.disabled && element.getClientRects().length > 0;
}

// What is typed until the queue is there is text of its search, not keys of the page that is being left.
function leaveForSearch() {
  let text = "";
  const keep = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (plainKey(event) && event.key.length === 1) forThisTab.setItem("cs.typed", (text += event.key));
  };
  const stay = () => window.removeEventListener("keydown", keep, true);
  window.addEventListener("keydown", keep, true);
  window.addEventListener("pagehide", stay, { once: true });
  setTimeout(stay, LEAVE_MS);
  location.assign(`${ROOT}tickets/#find`);
}

// To the page's own search, else to the queue's.
function find(event) {
  const field = [...document.querySelectorAll("[data-search]")].find(usable);
  if (!field && (FRAMED || !("waiting" in document.body.dataset))) return;
  event.preventDefault();
  if (!field) return leaveForSearch();
  field.focus();
  field.select();
}

let wentAt = 0;

function onKey(event) {
  const key = plainKey(event);
  if (!key || event.defaultPrevented || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (key === "?") return document.getElementById("help")?.showModal();
  if (key === "/") return find(event);
  if (key === "g") return void (wentAt = Date.now());
  if (key in GO && Date.now() - wentAt < GO_WITHIN_MS) return void location.assign(ROOT + GO[key]);
  const element = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!usable(element)) return;
  event.preventDefault();
  element.click();
}

export function startShortcuts() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    if (event.target.matches("dialog[open]")) event.target.close(); // the backdrop
  });
}
