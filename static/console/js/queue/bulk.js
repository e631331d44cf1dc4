// Tickets picked in the queue, and one act on all of them. Picks stay while the live rows are replaced around them;
// one that leaves the page falls out by itself, unless everything that was found is picked.
import { notify } from "../shared/notices.js";
import { say } from "../shared/words.js";
import { BulkWork, forgetReport, keptReport } from "./bulk_work.js";

export class Picks {
  constructor(page) {
    this.page = page;
    this.form = document.getElementById("bulk");
    this.button = this.form.querySelector("[data-go]");
    this.label = this.button.querySelector("[data-label]").textContent;
    this.act = this.form.querySelector("[data-act]");
    this.flow = this.form.querySelector("[name=flow]");
    this.found = this.form.querySelector("[data-pick-found]");
    this.result = document.getElementById("bulk-result");
    this.kinds = new Map(); // number → kind
    this.whole = false; // whether more than this page is picked
    this.listen();
    this.work = keptReport(this.result);
  }

  listen() {
    this.page.addEventListener("change", (event) => {
      if (event.target.matches("[data-pick-all]")) this.set(this.easy(), event.target.checked);
      else if (event.target.matches(".queue-row [name=number]")) this.read();
      else if (event.target.closest("#bulk")) this.show();
    });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.querySelector("[data-unpick]").addEventListener("click", () => this.clear());
    this.form.querySelector("[data-batch]")?.addEventListener("click", (event) => this.toBatch(event.target.dataset.batch));
    this.found.addEventListener("click", () => this.pickFound());
    this.button.addEventListener("sure", () => this.go());
    this.result.addEventListener("click", (event) => {
      if (event.target.closest("[data-clear]")) {
        this.result.replaceChildren();
        forgetReport();
      }
      if (event.target.closest("[data-again]")) this.pickNumbers(this.work.left);
    });
  }

  get numbers() {
    return new Set(this.kinds.keys());
  }

  get working() {
    return this.work?.running ?? false;
  }

  boxes() {
    return [...this.page.querySelectorAll(".queue-row [name=number]")];
  }

  // What can be started as it stands: nothing is missing, and no person should rather handle it.
  easy() {
    return this.boxes().filter((box) => "ready" in box.closest(".queue-row").dataset);
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
    this.whole = false;
    this.set(this.boxes(), false);
  }

  restore() {
    for (const box of this.boxes()) box.checked = this.kinds.has(box.value);
    this.read();
  }

  read() {
    const before = [...this.kinds.keys()].join();
    const here = this.boxes();
    const kept = this.whole ? [...this.kinds].filter(([number]) => !here.some((box) => box.value === number)) : [];
    this.kinds = new Map([...kept, ...here.filter((box) => box.checked).map((box) => [box.value, this.kindOf(box)])]);
    this.settled(before);
  }

  settled(before) {
    const kinds = new Set([...this.kinds.values()].filter(Boolean));
    this.mixed = kinds.size > 1;
    if (before !== [...this.kinds.keys()].join() && kinds.size === 1) this.flow.value = [...kinds][0];
    this.show();
  }

  // Everything the filter finds, up to what one may change at once.
  async pickFound() {
    const answer = await fetch(`${this.page.dataset.numbers}?${this.page.querySelector("[data-here]").dataset.here}`).catch(() => null);
    if (!answer?.ok) return notify(say("network"));
    const { tickets, more } = await answer.json();
    if (more) notify(say("picked_most", { n: tickets.length }), "warn");
    this.pick(tickets);
  }

  // On to the form of a batch, with what is picked as its list.
  toBatch(address) {
    const form = this.form.cloneNode(false);
    const fields = { csrfmiddlewaretoken: this.form.querySelector("[name=csrfmiddlewaretoken]").value, flow: this.flow.value, list: [...this.kinds.keys()].join("\n") };
    form.removeAttribute("id");
    form.action = address;
    form.append(...Object.entries(fields).map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })));
    document.body.append(form);
    form.submit();
  }

  pickNumbers(numbers) {
    this.pick(numbers.map((number) => [number, ""]));
  }

  pick(tickets) {
    this.whole = true;
    this.kinds = new Map(tickets);
    for (const box of this.boxes()) box.checked = this.kinds.has(box.value);
    this.settled("");
  }

  show() {
    const easy = this.easy();
    const all = this.page.querySelector("[data-pick-all]");
    if (all) {
      all.disabled = !easy.length;
      all.checked = easy.length > 0 && easy.every((box) => box.checked);
      all.indeterminate = this.kinds.size > 0 && !all.checked;
    }
    for (const box of this.boxes()) box.closest(".queue-row").classList.toggle("picked", box.checked);
    this.form.hidden = !this.kinds.size || this.working;
    this.form.querySelector("[data-picked]").textContent = this.kinds.size;
    this.showAct();
    const found = Number(this.page.querySelector("[data-found]")?.dataset.found ?? 0);
    this.found.hidden = this.whole || found <= this.boxes().length;
    this.found.textContent = say("pick_found", { n: found });
  }

  showAct() {
    const act = this.act.value;
    for (const field of this.form.querySelectorAll("[data-with]")) field.hidden = field.dataset.with !== act;
    const wrong = act === "start" && this.mixed;
    const lacking = act === "start" ? this.boxes().filter((box) => box.checked && box.closest(".queue-row").querySelector(".q-lacks")).length : 0;
    const told = lacking ? say("picked_lacking", { n: lacking }) : "";
    this.form.querySelector("[data-note]").textContent = wrong ? say("mixed") : told;
    const value = this.form.querySelector(`[data-with="${act}"]:not([hidden]) select`);
    const paused = act === "start" && this.page.querySelector(".paused") !== null;
    this.button.disabled = wrong || paused || (value !== null && !value.value);
    this.button.dataset.sure = this.act.selectedOptions[0].dataset.sureWords.replace("{n}", this.kinds.size);
  }

  press() {
    if (!this.form.hidden) this.button.click();
  }

  async go() {
    const option = this.act.selectedOptions[0];
    const field = this.form.querySelector(`[data-with="${this.act.value}"] select`);
    this.work = new BulkWork(this.result, option, field, [...this.kinds.keys()], Number(this.form.dataset.chunk));
    this.clear();
    await this.work.run();
    document.dispatchEvent(new Event("bulk:done"));
  }
}
