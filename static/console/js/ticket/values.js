// Values are corrected by keys: E numbers the lines and the empty fields, 1 to 9 opens one. Where a confirmation or a takeover has values of
// its own, those are meant.
import { notify } from "../shared/notices.js";
import { plainKey, typing } from "../shared/shortcuts.js";
import { say } from "../shared/words.js";
import { goTo } from "./asked.js";

const WITHIN_MS = 4000;
const FIELD = "input[name=value]:not([type=hidden]), textarea[name=value]";

export class ValueKeys {
  constructor(page) {
    this.page = page;
    document.addEventListener("keydown", (event) => this.key(event), { capture: true });
    page.addEventListener("htmx:beforeRequest", (event) => this.sending(event, true));
    page.addEventListener("htmx:afterRequest", (event) => event.detail.successful || this.sending(event, false));
    page.addEventListener("toggle", (event) => event.target.matches?.("[data-edit]") && this.opened(event.target), { capture: true });
  }

  get editors() {
    const near = this.page.querySelector("confirm-card") ?? this.page.querySelector("[data-values]") ?? this.page;
    return [...near.querySelectorAll("[data-edit], [data-asked]")].slice(0, 9);
  }

  key(event) {
    if (event.key === "Escape" && event.target.closest?.("[data-edit][open]")) return this.close(event);
    if (typing(event.target)) return;
    const key = plainKey(event);
    if (key === "e" && this.editors.length) return this.begin(event);
    if (!this.until || Date.now() > this.until) return;
    this.end();
    const editor = /^[1-9]$/.test(key) ? this.editors[Number(key) - 1] : null;
    if (!editor) return;
    event.preventDefault();
    event.stopPropagation();
    if (editor.matches("[data-asked]")) goTo(editor);
    else editor.open = true;
  }

  begin(event) {
    event.preventDefault();
    this.page.querySelector("[data-values]")?.setAttribute("open", "");
    this.editors.forEach((editor, index) => (editor.querySelector(".fix-key").textContent = index + 1));
    this.page.toggleAttribute("data-editing", true);
    this.until = Date.now() + WITHIN_MS;
    this.timer = setTimeout(() => this.end(), WITHIN_MS);
  }

  end() {
    clearTimeout(this.timer);
    this.until = 0;
    this.page.toggleAttribute("data-editing", false);
  }

  opened(editor) {
    if (!editor.open) return;
    for (const other of this.page.querySelectorAll("[data-edit][open]")) if (other !== editor) other.open = false;
    const field = editor.querySelector(FIELD) ?? editor.querySelector("[aria-pressed=true]") ?? editor.querySelector("button");
    field?.focus();
    if (field?.value === field?.defaultValue) field?.select?.();
  }

  sending(event, sent) {
    event.target.closest?.("[data-edit]")?.toggleAttribute("data-sent", sent);
  }

  // What somebody is writing stays when the part around it is replaced; a value that a colleague changed is said.
  remember(part) {
    const editor = part.querySelector("[data-edit][open]:not([data-sent])");
    const field = editor?.querySelector(FIELD);
    if (field) this.kept = { part: part.id, name: editor.dataset.edit, text: field.value, before: field.defaultValue };
  }

  restore(part) {
    const { kept } = this;
    if (kept?.part !== part.id) return;
    this.kept = null;
    const editor = document.querySelector(`#${CSS.escape(part.id)} [data-edit="${CSS.escape(kept.name)}"]`);
    const field = editor?.querySelector(FIELD);
    if (!field) return;
    const written = kept.text !== kept.before;
    if (written) field.value = kept.text;
    editor.open = true;
    if (written) field.setSelectionRange(field.value.length, field.value.length);
    if (field.defaultValue !== kept.before) notify(say("value_changed", { value: field.defaultValue }), "warn");
  }

  close(event) {
    const editor = event.target.closest("[data-edit]");
    event.stopPropagation();
    editor.open = false;
    editor.querySelector("summary").focus();
  }
}
