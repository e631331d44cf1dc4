// A status is changed by choosing it, never by a stray arrow key, and taken back for some seconds.
import { guardSelects } from "../shared/selects.js";
import { say } from "../shared/words.js";

const UNDO_MS = 8000;

export class StatusChoice {
  constructor(page) {
    this.page = page;
    guardSelects(page, "select[name=status], select[name=flow]");
    page.addEventListener("change", (event) => event.target.name === "status" && this.chosen(event.target));
  }

  chosen(select) {
    const before = select.dataset.now;
    htmx.trigger(select.form, "chosen");
    this.offer(before);
  }

  offer(before) {
    const box = document.getElementById("notices");
    const notice = document.createElement("div");
    notice.className = "notice notice-ok";
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "btn btn-small";
    undo.textContent = say("undo");
    undo.addEventListener("click", () => {
      notice.remove();
      const select = this.page.querySelector("select[name=status]");
      if (!select) return;
      select.value = before;
      htmx.trigger(select.form, "chosen");
    });
    notice.append(undo);
    box.append(notice);
    setTimeout(() => notice.remove(), UNDO_MS);
    this.page.querySelector("select[name=status]")?.focus();
  }
}
