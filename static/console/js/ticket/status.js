// A status is changed by choosing it, never by a stray arrow key, and taken back for some seconds.
import { guardSelects } from "../shared/selects.js";
import { offerUndo } from "../shared/undo.js";
import { say } from "../shared/words.js";

export class StatusChoice {
  constructor(page) {
    this.page = page;
    guardSelects(page, "select[name=status], select[name=flow]");
    page.addEventListener("change", (event) => event.target.name === "status" && this.choose(event.target.value));
    page.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
      if (detail.elt.matches(".status-form") && detail.xhr.status < 400) this.changed(detail.elt.elements.status);
    });
  }

  get select() {
    return this.page.querySelector("select[name=status]");
  }

  choose(value) {
    if (!this.select) return;
    this.select.value = value;
    htmx.trigger(this.select.form, "chosen");
    this.select.focus();
  }

  changed(select) {
    const before = select.dataset.now;
    offerUndo(say("status_changed", { status: select.selectedOptions[0].text }), () => this.choose(before));
  }
}
