// The draft of a flow: rows are added and taken away, slots are put into the instruction, everything is saved by itself.
import { notify } from "../shared/notices.js";
import { composing } from "../shared/shortcuts.js";
import { identify, offerSlots } from "./slots.js";

const form = document.getElementById("draft");
const AUTOSAVE_MS = 1500;
let timer = 0;
let edits = 0;
let sent = 0; // of these edits, those that the request under way holds
let unsaved = false;
let leaving = false;

function changed() {
  edits += 1;
  unsaved = true;
  clearTimeout(timer);
  timer = setTimeout(save, AUTOSAVE_MS);
}

function save() {
  clearTimeout(timer);
  form.dispatchEvent(new Event("save"));
}

function showFor(row) {
  const kind = row.querySelector("[data-kind]")?.value;
  for (const part of row.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind);
}

function add(rows, button) {
  const row = rows.querySelector("template").content.firstElementChild.cloneNode(true);
  button.before(row);
  showFor(row);
  row.querySelector("input:not([type=hidden]), select")?.focus();
}

let target = null; // the clause that a slot goes into

form.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-takes-slots]")) target = event.target;
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-add]")) add(button.closest("[data-rows]"), button);
  if (button.matches("[data-remove]")) {
    button.closest("[data-row]").remove();
    offerSlots(form);
    changed();
  }
  if (button.matches("[data-insert]") && target) {
    target.setRangeText(`{${button.dataset.insert}}`, target.selectionStart, target.selectionEnd, "end");
    target.focus();
    changed();
  }
});
form.addEventListener("change", (event) => {
  const row = event.target.closest("[data-row]");
  if (event.target.matches("[data-kind]")) showFor(row);
  if (row) identify(form, row);
  if (row?.querySelector("[data-slot-name]")) offerSlots(form);
});
for (const row of form.querySelectorAll("[data-row]")) showFor(row);
for (const outside of document.querySelectorAll("[form=draft]")) {
  if (outside.id !== "sample") outside.addEventListener("input", changed);
}
form.addEventListener("input", changed);

const area = document.getElementById("definition");
area?.addEventListener("keydown", (event) => {
  if (composing(event)) return;
  if (event.key === "Tab" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
    changed();
  }
  if (event.key === "Escape") document.getElementById("note").focus(); // a way out for the keyboard
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && !composing(event)) {
    event.preventDefault();
    save();
  }
});
// A version is made of what is seen: what was typed a moment ago is saved first.
let waiting = null;

// Why nothing was saved stands beside the form, which is out of sight on a small screen.
function tellUnseen() {
  const state = document.getElementById("draft-state");
  const { top, bottom } = state.getBoundingClientRect();
  const words = state.querySelector(".notice-danger")?.innerText;
  if (words && (bottom < 0 || top > innerHeight)) notify(words, "warn");
}
document.addEventListener("htmx:confirm", (event) => {
  if (event.detail.elt.id !== "freeze" || !unsaved) return;
  event.preventDefault();
  waiting = event.detail.issueRequest;
  save();
});
const saves = (element) => element === form || element.matches("[data-over]");
document.addEventListener("htmx:configRequest", (event) => {
  if (saves(event.detail.elt)) sent = edits;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (saves(event.detail.elt)) {
    unsaved = !event.detail.successful || sent < edits;
    if (!unsaved && waiting) setTimeout(waiting); // once the answer stands on the page with its revision
    if (!unsaved || !event.detail.successful) waiting = null;
    if (!event.detail.successful) setTimeout(tellUnseen); // once the answer stands on the page
    const preview = document.getElementById("try");
    if (!unsaved && preview) htmx.trigger(preview, "refresh");
  }
  leaving ||= Boolean(event.detail.xhr.getResponseHeader("HX-Redirect"));
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved && !leaving) event.preventDefault();
});
