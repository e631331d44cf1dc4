// A control that is replaced between a press and its release gets no click: what a page brings up to date by itself
// waits for so long.
const LONGEST_MS = 1500; // held for longer, it is no press
const CLICK_MS = 80; // a touch screen sends the click a moment after the finger has left
const CONTROLS = "a, button, summary, label, select, input, [role=tab]";

let since = -Infinity;
let timer = 0;
const later = new Set();

export function startPresses() {
  document.addEventListener("pointerdown", pressed, { capture: true });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => endIn(CLICK_MS), { capture: true });
}

function pressed(event) {
  if (!event.target.closest?.(CONTROLS)) return;
  since = performance.now();
  endIn(LONGEST_MS);
}

function endIn(wait) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    since = -Infinity;
    const calls = [...later];
    later.clear();
    calls.forEach((call) => call());
  }, wait);
}

// Whether something is pressed right now; `call` is made when it is over.
export function pressing(call) {
  if (performance.now() - since > LONGEST_MS + CLICK_MS) return false;
  later.add(call);
  return true;
}

// An answer that came in the middle of a press is not shown; `again` asks anew.
export function unlessPressing(event, again) {
  if (pressing(again)) event.detail.shouldSwap = false;
}
