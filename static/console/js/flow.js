// The flow editor: Ctrl+S checks, Tab indents, leaving with unsaved changes asks.
import { composing } from "./shortcuts.js";

const area = document.getElementById("definition");
const stored = area.value;
let leaving = false;

area.addEventListener("keydown", (event) => {
  if (composing(event)) return;
  if (event.key === "Tab" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
  }
  if (event.key === "Escape") document.getElementById("note").focus(); // a way out for the keyboard
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    document.getElementById("check").click();
  }
});
document.getElementById("editor").addEventListener("htmx:beforeOnLoad", (event) => {
  leaving = Boolean(event.detail.xhr.getResponseHeader("HX-Redirect"));
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && area.value !== stored) event.preventDefault();
});
