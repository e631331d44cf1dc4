// The confirmation. Y and N act only while the card has the focus, never within the first moments after it
// appeared, never while a key is held down, never while something is typed. A differing field needs a reason.
import { announce, notify } from "../shared/notices.js";
import { watchSeen } from "../shared/seen.js";
import { composing, typing } from "../shared/shortcuts.js";
import { say } from "../shared/words.js";
import { setTitle } from "../shared/title.js";

// In another page's frame the card must have been truly in sight for longer: what is answered and how.
const FRAMED = "embed" in document.body.dataset;
const GUARD_MS = FRAMED ? 1000 : 400;

class ConfirmCard extends HTMLElement {
  connectedCallback() {
    this.yes = this.querySelector("[data-yes]");
    this.no = this.querySelector("[data-no]");
    setTitle({ mark: `● ${say("confirm_title")}` });
    this.seen = () => this.arm();
    document.addEventListener("visibilitychange", this.seen);
    if (FRAMED) this.watch();
    this.picture = this.querySelector(".confirm-shot img");
    for (const end of ["load", "error"]) this.picture?.addEventListener(end, this.seen, { once: true });
    this.arm();
    if (!typing(document.activeElement)) {
      this.focus({ preventScroll: false });
      if (!FRAMED) this.showDiffering();
    } else announce(this.querySelector("#confirm-title").textContent, this.querySelector(".confirm-summary").textContent);
    if (this.yes) this.listen();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.seen);
    setTitle({ mark: "" });
    clearTimeout(this.arming);
    this.watching?.forEach((observer) => observer.disconnect());
    if (FRAMED) this.tellCovered(false);
  }

  // On a low screen the answers, which stay in sight, may cover what differs.
  showDiffering() {
    const row = this.querySelector(".differs");
    if (!row) return;
    const { left, top, width, height } = row.getBoundingClientRect();
    const shown = document.elementFromPoint(left + width / 2, top + height / 2);
    if (!shown || !row.contains(shown)) row.scrollIntoView({ block: "start" });
  }

  // The line that says what is done, and the answers: both, and for as long as it takes to read them.
  watch() {
    const places = [this.querySelector(".confirm-summary"), this.querySelector(".confirm-answers")].filter(Boolean);
    this.inSight = new Map(places.map((place) => [place, false]));
    this.watching = places.map((place) =>
      watchSeen(place, (seen) => {
        if (this.inSight.get(place) === seen) return;
        this.inSight.set(place, seen);
        this.arm();
      }),
    );
  }

  get covered() {
    return FRAMED && [...this.inSight.values()].includes(false);
  }

  tellCovered(covered) {
    document.querySelector("[data-covered]").hidden = !covered;
  }

  // Counted from when the card can be seen with its picture: a tab in the background does not count.
  arm() {
    clearTimeout(this.arming);
    this.toggleAttribute("data-armed", false);
    if (FRAMED) this.tellCovered(this.covered);
    if (document.visibilityState !== "visible" || this.covered) return;
    if (this.picture && !this.picture.complete) return;
    this.arming = setTimeout(() => this.toggleAttribute("data-armed", true), GUARD_MS);
  }

  get ready() {
    return this.hasAttribute("data-armed") && !this.hasAttribute("data-sent");
  }

  listen() {
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.click(event));
    for (const form of [this.yes, this.no]) form.addEventListener("submit", (event) => event.preventDefault());
  }

  key(event) {
    if (composing(event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return this.withControl(event);
    if (this.hasAttribute("data-sent") && event.key === "Enter") return this.goOnLater(event);
    if (event.target.closest("input, textarea")) return this.typingKey(event);
    const key = event.key.toLowerCase();
    if (key === "z") return void this.toggleAttribute("data-zoom");
    if (key === "escape") return this.hasAttribute("data-zoom") ? this.removeAttribute("data-zoom") : this.cancel();
    if (key !== "y" && key !== "n") return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) this.answer(key === "y" ? "yes" : "no");
  }

  // In the note of a no: the agent goes on with it.
  withControl(event) {
    if (event.key !== "Enter" || event.altKey || event.repeat || !event.target.closest("[data-no] textarea")) return;
    event.preventDefault();
    event.stopPropagation();
    this.finish("go_on");
  }

  typingKey(event) {
    event.stopPropagation();
    if (event.key === "Escape") return this.cancel();
    if (event.key !== "Enter" || event.shiftKey || event.repeat) return;
    if (event.target.matches("[data-reason]")) {
      event.preventDefault(); // Enter ends the reason; the yes itself is a Y or a press of the button
      this.focus();
    } else if (event.target.closest("[data-no]")) {
      event.preventDefault();
      this.finish("end");
    }
  }

  click(event) {
    const answer = event.target.closest("[data-answer]")?.dataset.answer;
    if (answer) this.answer(answer);
    const end = event.target.closest("[data-finish]")?.dataset.finish;
    if (end) this.finish(end);
    if (event.target.closest("[data-cancel]")) this.cancel();
  }

  answer(what) {
    if (!this.ready) return;
    if (what === "no") return this.ask();
    if (this.yes.querySelector("[data-barred]") || !this.no.hidden) return;
    const reason = this.yes.querySelector("[data-reason]");
    if (reason && !reason.value.trim()) {
      reason.setAttribute("aria-invalid", "true");
      reason.focus();
      notify(say("needs_reason"), "warn");
      return;
    }
    this.send(this.yes);
  }

  ask() {
    this.no.hidden = false;
    this.yes.hidden = true;
    this.no.querySelector("textarea").focus();
  }

  cancel() {
    this.no.hidden = true;
    this.yes.hidden = false;
    this.focus();
  }

  finish(then) {
    if (!this.ready) return;
    const note = this.no.querySelector("textarea");
    if (then === "go_on" && !note.value.trim()) {
      note.focus();
      notify(say("needs_note"), "warn");
      return;
    }
    this.no.querySelector("[data-then]").value = then;
    this.send(this.no);
  }

  // An Enter while the answer is on its way goes on to the next ticket once it has arrived.
  goOnLater(event) {
    event.preventDefault();
    this.goesOn ||= !event.repeat;
  }

  // Sent by an element that stays: this card may be replaced before its answer is back.
  send(form) {
    this.toggleAttribute("data-sent", true);
    const source = document.querySelector("[data-poster]");
    source.addEventListener("htmx:afterRequest", (event) => (event.detail.successful ? this.arrived() : this.failed()), { once: true });
    const values = Object.fromEntries(new FormData(form));
    htmx.ajax("POST", form.getAttribute("action"), { source, values, swap: "none" });
  }

  arrived() {
    if (this.goesOn) document.dispatchEvent(new CustomEvent("confirm:next"));
  }

  failed() {
    this.goesOn = false;
    this.toggleAttribute("data-sent", false);
    this.arm();
  }
}

// A question or a request to take over: it takes the focus unless somebody types.
class AskCard extends HTMLElement {
  connectedCallback() {
    if (typing(document.activeElement)) return announce(this.querySelector("h2").textContent, this.querySelector(".ask-text").textContent);
    (this.querySelector("input[name=text]") ?? this).focus();
  }
}

customElements.define("confirm-card", ConfirmCard);
customElements.define("ask-card", AskCard);
