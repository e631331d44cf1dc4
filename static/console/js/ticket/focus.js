// What has the focus is found again in the part of the page that replaces its own. Where somebody was writing and the
// field is gone, what was written is shown, and the keys that are still on their way to it do nothing.
import { notify } from "../shared/notices.js";
import { typing } from "../shared/shortcuts.js";
import { say } from "../shared/words.js";

const STILL_MS = 1200;
const MOST = 500; // characters of what was written that a notice shows
const TELLS = ["id", "data-key", "data-tab", "data-edit", "data-sort", "name", "value", "href", "hx-post"];

function description(element) {
  const told = TELLS.map((name) => (name === "value" && typing(element) ? null : element.getAttribute(name)));
  return JSON.stringify([element.tagName, ...told, element.closest("[data-edit]")?.dataset.edit]);
}

export class Focus {
  sent = new WeakSet(); // forms whose text is on its way

  constructor(page) {
    this.page = page;
    page.addEventListener("htmx:beforeRequest", (event) => this.sent.add(event.target));
    page.addEventListener("htmx:afterRequest", (event) => event.detail.successful || this.sent.delete(event.target));
  }

  remember(part) {
    const element = document.activeElement;
    if (!part.contains(element) || element === part) return void (this.kept = null);
    const sent = this.sent.has(element.form) || element.closest("[data-sent]");
    const text = typing(element) && !sent && element.value !== element.defaultValue ? element.value : "";
    this.kept = { part: part.id, told: description(element), writing: typing(element) && !sent, text };
  }

  restore(part) {
    const { kept } = this;
    const focused = document.activeElement;
    if (kept?.part !== part.id || (focused !== document.body && !focused.matches("confirm-card, ask-card"))) return;
    this.kept = null;
    const fresh = document.getElementById(kept.part);
    const same = [...fresh.querySelectorAll("a, button, summary, input, select, textarea, [tabindex]")].find((each) => description(each) === kept.told);
    if (same && kept.text) return write(same, kept.text);
    if (same?.getClientRects().length) return same.focus({ preventScroll: true });
    if (kept.text) notify(say("typed_unsent", { text: kept.text.slice(0, MOST) }), "warn", true);
    if (kept.writing) catchKeys(this.page);
  }
}

// What was written goes on where it was, also in the note of a no, which is folded in a new card.
function write(field, text) {
  if (field.closest("[data-no]")) field.closest("confirm-card").ask();
  field.value = text;
  field.focus({ preventScroll: true });
}

// Keys that are not typed into a field do nothing until none has come for a moment.
function catchKeys(page) {
  let timer;
  const end = () => {
    page.removeAttribute("data-catches");
    window.removeEventListener("keydown", take, { capture: true });
  };
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(end, STILL_MS);
  };
  const take = (event) => {
    if (typing(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    again();
  };
  if (page.hasAttribute("data-catches")) return;
  page.toggleAttribute("data-catches", true);
  window.addEventListener("keydown", take, { capture: true });
  again();
}
