// Keys that work everywhere. A key never acts while somebody types, with a modifier, or while it is held down.
const ROOT = document.body.dataset.root;
const FRAMED = "embed" in document.body.dataset; // there is no other page to go to
const GO = FRAMED ? {} : { t: "tickets/", w: "waiting/", p: "phones/", a: "audit/", s: "status/", f: "flows/" };
const GO_WITHIN_MS = 1200;

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

let wentAt = 0;

function onKey(event) {
  const key = plainKey(event);
  if (!key || event.defaultPrevented || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (key === "?") return document.getElementById("help")?.showModal();
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
