// One act on many tickets, some at a time: how far it is, what became of each, and what is left when it was stopped.
import { forThisTab } from "../embed/keeping.js";
import { say } from "../shared/words.js";

const KEPT = "cs.bulk"; // the report of this tab: a reload must not lose what was refused and why

const cookie = (name) => document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.split("=")[1] ?? "";

// The last report as it was; numbers and reasons only, no words of a customer.
export function keptReport(place) {
  const kept = JSON.parse(forThisTab.getItem(KEPT) ?? "null");
  if (!kept || kept.who !== document.querySelector(".who")?.title) return null;
  place.replaceChildren(document.getElementById("bulk-report").content.cloneNode(true));
  const report = place.firstElementChild;
  const link = (number) => Object.assign(document.createElement("a"), { className: "mono nowrap", href: kept.tickets + number + "/", textContent: number });
  const row = (number, why = "") => {
    const line = document.createElement("li");
    line.dataset.number = number;
    line.append(link(number), document.createElement("span"), Object.assign(document.createElement("span"), { className: "started-why", textContent: why }));
    return line;
  };
  report.querySelector("[data-refused]").append(...kept.refused.map(([number, why]) => row(number, why)));
  report.querySelector("[data-done]").append(...kept.done.map((number) => row(number)));
  report.querySelector("h2").textContent = kept.words;
  report.querySelector("progress").hidden = report.querySelector("[data-stop]").hidden = true;
  report.querySelector("[data-clear]").hidden = false;
  report.querySelector("[data-again]").hidden = !kept.left.length;
  report.querySelector(".started-yes").hidden = !kept.done.length;
  return { running: false, left: kept.left };
}

export const forgetReport = () => forThisTab.removeItem(KEPT);

export class BulkWork {
  // `option`: the act, with its address; `field`: what it is done with, or null.
  constructor(place, option, field, numbers, chunk) {
    this.address = option.dataset.to;
    this.name = option.textContent.trim();
    this.field = field && { name: field.name, value: field.value };
    this.numbers = numbers;
    this.left = [...numbers];
    this.chunk = chunk;
    place.replaceChildren(document.getElementById("bulk-report").content.cloneNode(true));
    this.report = place.firstElementChild;
    this.report.querySelector("[data-stop]").addEventListener("click", () => (this.stopped = true));
  }

  count(list) {
    return this.report.querySelector(`[data-${list}]`).children.length;
  }

  async run() {
    this.running = true;
    const stay = (event) => event.preventDefault();
    window.addEventListener("beforeunload", stay);
    this.tell();
    this.report.scrollIntoView({ block: "nearest" });
    while (this.left.length && !this.stopped) {
      const part = this.left.slice(0, this.chunk);
      const why = await this.send(part);
      if (why) {
        this.stopped = why;
        break;
      }
      this.left = this.left.slice(this.chunk);
      this.tell();
    }
    this.running = false;
    window.removeEventListener("beforeunload", stay);
    this.ended();
    this.keep();
  }

  // "" when the answer came, else why not: nothing is known of these tickets then.
  async send(numbers) {
    const body = new URLSearchParams(numbers.map((number) => ["number", number]));
    if (this.field) body.set(this.field.name, this.field.value);
    const headers = { "HX-Request": "true", "X-CSRFToken": cookie("csrftoken") };
    const answer = await fetch(this.address, { method: "POST", body, headers }).catch(() => null);
    if (!answer) return say("network");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.status === 401) return say("session_over");
    if (!answer.ok) return page.body.textContent.trim().slice(0, 200) || say("server");
    for (const list of ["refused", "done"]) {
      this.report.querySelector(`[data-${list}]`).append(...(page.querySelector(`[data-${list}]`)?.children ?? []));
    }
    return "";
  }

  tell() {
    const progress = this.report.querySelector("progress");
    progress.max = this.numbers.length;
    progress.value = this.numbers.length - this.left.length;
    const words = say("bulk_done", { act: this.name, n: this.count("done"), of: this.numbers.length });
    const no = this.count("refused");
    this.report.querySelector("h2").textContent = no ? `${words} · ${say("bulk_refused", { n: no })}` : words;
    this.report.querySelector(".started-yes").hidden = !this.count("done");
  }

  keep() {
    const rows = (list) => [...this.report.querySelectorAll(`[data-${list}] > li`)];
    const kept = {
      who: document.querySelector(".who")?.title,
      tickets: document.getElementById("queue").dataset.ticket,
      words: this.report.querySelector("h2").textContent,
      refused: rows("refused").map((row) => [row.dataset.number, row.querySelector(".started-why")?.firstChild?.textContent.trim() ?? ""]),
      done: rows("done").map((row) => row.dataset.number),
      left: this.left,
    };
    forThisTab.setItem(KEPT, JSON.stringify(kept));
  }

  ended() {
    const find = (name) => this.report.querySelector(`[data-${name}]`);
    this.report.querySelector("progress").hidden = true;
    find("stop").hidden = true;
    find("clear").hidden = false;
    find("again").hidden = !this.left.length;
    if (this.left.length) {
      const words = say("bulk_left", { n: this.left.length });
      const why = typeof this.stopped === "string" ? ` ${this.stopped}` : "";
      this.report.querySelector("h2").textContent += ` · ${words}${why}`;
    }
    this.report.focus({ preventScroll: true });
    this.report.scrollIntoView({ block: "nearest" });
  }
}
