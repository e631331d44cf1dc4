// Steps, history, notes and reply share one pane; what was typed stays while the live parts around it change.
import { copyText } from "../copying.js";
import { notify } from "../shared/notices.js";
import { composing, plainKey, typing } from "../shared/shortcuts.js";
import { say } from "../shared/words.js";

const COPY_MS = 4000;
const FIELDS = { p: ["notes", "#note-text"], m: ["reply", "#reply-text"], h: ["history", "[role=tab][data-tab=history]"] };

export class Desk {
  constructor(page) {
    this.page = page;
    this.pane = page.querySelector(".pane-steps");
    this.kept = {};
    this.show(page.dataset.run ? "steps" : "history");
    page.addEventListener("click", (event) => this.click(event));
    page.addEventListener("keydown", (event) => this.arrow(event));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  show(name) {
    this.pane.dataset.tab = name;
    this.page.querySelectorAll("[role=tab]").forEach((tab) => {
      tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
      tab.tabIndex = tab.dataset.tab === name ? 0 : -1;
    });
  }

  click(event) {
    const tab = event.target.closest("[role=tab]");
    if (tab) this.show(tab.dataset.tab);
    const reply = event.target.closest("[data-reply]");
    if (reply) this.page.querySelector("#reply-text").value = reply.dataset.reply;
    const draft = event.target.closest("[data-draft]");
    if (draft) this.page.querySelector("#ask-text").value = draft.dataset.draft;
    const mention = event.target.closest("[data-mention]");
    if (mention) this.mention(mention.dataset.mention);
    const copy = event.target.closest("[data-copy]");
    if (copy) this.copy(copy.dataset.text ?? this.page.querySelector(copy.dataset.copy).value);
  }

  mention(name) {
    const field = this.page.querySelector("#note-text");
    const gap = !field.value || /\s$/.test(field.value) ? "" : " ";
    field.setRangeText(`${gap}@${name} `, field.selectionEnd, field.selectionEnd, "end");
    field.focus();
  }

  async copy(text) {
    if (await copyText(text)) notify(say("copied"), "ok");
    else notify(say("not_copied"));
  }

  arrow(event) {
    if (!event.target.matches?.("[role=tab]") || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const tabs = [...this.page.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(event.target) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
    this.show(next.dataset.tab);
    next.focus();
  }

  key(event) {
    if (event.target.closest?.(".note-form textarea")) return this.fieldKey(event);
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = plainKey(event);
    if (key === "v") return this.numberCopies();
    if (this.copies && /^[1-9]$/.test(key)) return this.copies[Number(key) - 1]?.click();
    if (!Object.hasOwn(FIELDS, key) || !this.page.querySelector("[role=tab]")) return;
    const [tab, field] = FIELDS[key];
    event.preventDefault();
    this.show(tab);
    this.page.querySelector(field)?.focus();
  }

  // Escape gives the keys back to the page; what only colleagues read is kept by Ctrl+Enter.
  fieldKey(event) {
    if (composing(event) || event.repeat) return;
    if (event.key === "Escape") event.target.blur();
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.id === "reply-text") return;
    const form = event.target.form;
    if (form.matches("[data-kept-by-key]")) form.requestSubmit();
  }

  // V numbers what can be copied for some seconds; 1 to 9 copies.
  numberCopies() {
    this.copies = [...this.page.querySelectorAll(".slots .copy")].slice(0, 9);
    this.copies.forEach((copy, index) => (copy.querySelector(".copy-key").textContent = index + 1));
    this.page.toggleAttribute("data-copying", true);
    clearTimeout(this.copyTimer);
    this.copyTimer = setTimeout(() => {
      this.copies = null;
      this.page.toggleAttribute("data-copying", false);
    }, COPY_MS);
  }

  // What was taken is not shown again; what was typed since stays.
  taken(form, sent) {
    for (const field of form.querySelectorAll("[data-keep]")) {
      const shown = document.getElementById(field.id);
      if (shown?.value !== sent[field.name]) continue;
      shown.value = shown.defaultValue;
      delete this.kept[field.id];
    }
  }

  remember() {
    for (const field of this.page.querySelectorAll("[data-keep]")) {
      if (field.value === field.defaultValue) delete this.kept[field.id];
      else this.kept[field.id] = field.value;
    }
  }

  restore() {
    for (const [id, value] of Object.entries(this.kept)) {
      const field = document.getElementById(id);
      if (field && value) field.value = value;
    }
    this.show(this.pane.dataset.tab);
  }
}
