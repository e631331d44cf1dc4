// Tickets picked in the queue, to be started together. Picks stay while the live rows are replaced around them;
// a ticket that can no longer be started falls out by itself.
import { say } from "../shared/words.js";

export class Picks {
  constructor(page) {
    this.page = page;
    this.form = document.getElementById("bulk");
    this.button = this.form.querySelector("[data-start]");
    this.label = this.button.querySelector("[data-label]").textContent;
    this.flow = this.form.querySelector("select");
    this.result = document.getElementById("bulk-result");
    this.numbers = new Set();
    this.listen();
  }

  listen() {
    this.page.addEventListener("change", (event) => {
      if (event.target.matches("[data-pick-all]")) this.set(this.easy(), event.target.checked);
      else if (event.target.matches("[name=number]")) this.read();
      else if (event.target === this.flow) this.show();
    });
    this.form.querySelector("[data-unpick]").addEventListener("click", () => this.clear());
    this.result.addEventListener("click", (event) => event.target.closest("[data-clear]") && this.result.replaceChildren());
    this.result.addEventListener("htmx:afterSwap", () => this.told());
  }

  boxes() {
    return [...this.page.querySelectorAll(".queue-row [name=number]")];
  }

  // What may be picked without looking at each: not what a person should rather handle.
  easy() {
    return this.boxes().filter((box) => !("human" in box.closest(".queue-row").dataset));
  }

  kindOf(box) {
    return box.closest(".queue-row").dataset.kind;
  }

  set(boxes, on) {
    for (const box of boxes) box.checked = on;
    this.read();
  }

  toggle(row) {
    const box = row?.querySelector("[name=number]");
    if (box) this.set([box], !box.checked);
  }

  toggleKind(row) {
    const same = row?.dataset.kind ? this.easy().filter((box) => this.kindOf(box) === row.dataset.kind) : [];
    this.set(same, !same.every((box) => box.checked));
  }

  clear() {
    this.set(this.boxes(), false);
  }

  restore() {
    for (const box of this.boxes()) box.checked = this.numbers.has(box.value);
    this.read();
  }

  read() {
    const picked = this.boxes().filter((box) => box.checked);
    const before = [...this.numbers].join();
    this.numbers = new Set(picked.map((box) => box.value));
    const kinds = new Set(picked.map((box) => this.kindOf(box)).filter(Boolean));
    this.mixed = kinds.size > 1;
    if (before !== [...this.numbers].join() && kinds.size === 1) this.flow.value = [...kinds][0];
    this.show();
  }

  show() {
    const easy = this.easy();
    const all = this.page.querySelector("[data-pick-all]");
    if (all) {
      all.disabled = !easy.length;
      all.checked = easy.length > 0 && easy.every((box) => box.checked);
      all.indeterminate = this.numbers.size > 0 && !all.checked;
    }
    for (const box of this.boxes()) box.closest(".queue-row").classList.toggle("picked", box.checked);
    this.form.hidden = !this.numbers.size;
    this.form.querySelector("[data-picked]").textContent = this.numbers.size;
    this.form.querySelector("[data-note]").textContent = this.mixed ? say("mixed") : "";
    this.button.disabled = this.mixed || !this.flow.value || this.page.querySelector(".paused") !== null;
    this.button.dataset.sure = say("start_sure", { n: this.numbers.size });
  }

  press() {
    if (!this.form.hidden) this.button.click();
  }

  // The answer is on the page: nothing stays picked, the reader lands on it.
  told() {
    if (!this.result.firstElementChild) return;
    this.clear();
    this.result.firstElementChild.focus({ preventScroll: true });
    this.result.scrollIntoView({ block: "nearest" });
  }
}
