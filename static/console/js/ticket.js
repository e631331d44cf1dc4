// The ticket page: hints come by websocket, the state by HTTP fragments. The server is always right.
import { forThisTab } from "./embed/keeping.js";
import "./ticket/confirm.js";
import "./ticket/drive.js";
import "./ticket/phone.js";
import { pressing, unlessPressing } from "./presses.js";
import { showLink } from "./shared/link_state.js";
import { plainKey, typing } from "./shared/shortcuts.js";
import { LiveSocket } from "./shared/socket.js";
import { say } from "./shared/words.js";
import { goToMissing } from "./ticket/asked.js";
import { Desk } from "./ticket/desk.js";
import { Focus } from "./ticket/focus.js";
import { StatusChoice } from "./ticket/status.js";
import { Timeline } from "./ticket/timeline.js";
import { ValueKeys } from "./ticket/values.js";

const ASKING = "confirm-card:not(:has([data-barred])), ask-card"; // what waits for the reader's own answer
const POLL_MS = 5000; // while the socket is away
const PRESENT_MS = 45000; // a colleague says so every 20 s; after more than two of them he has left unheard
const PRUNE_MS = 5000;
const POST_MS = 8000; // so long the page waits for the answer to a form before it looks again by itself
const STALLED_MS = 15000; // a form that is not answered by then may be sent anew: the server takes each act once

const WITH_DESK = ["part-desk", "part-side", "part-tabs"]; // each tells the desk's tab, or what is written on it

const cameFrom = () => forThisTab.getItem("cs.list") ?? "";

class LiveTicket extends HTMLElement {
  connectedCallback() {
    this.run = this.dataset.run;
    this.heard = this.seq = Number(this.dataset.seq);
    this.timeline = new Timeline(this);
    this.valueKeys = new ValueKeys(this);
    this.desk = new Desk(this);
    this.status = new StatusChoice(this);
    this.focused = new Focus(this);
    this.listen();
    this.setScreen();
    this.socket = new LiveSocket(this.dataset.socket, {
      state: (state) => this.linked(state),
      message: (message) => this.hint(message),
    });
    setInterval(() => this.others({}), PRUNE_MS);
  }

  listen() {
    this.addEventListener("htmx:configRequest", (event) => this.tellKnown(event.detail));
    this.addEventListener("click", (event) => {
      if (!event.target.closest("a[data-next]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      location.assign(this.next);
    });
    this.addEventListener("htmx:beforeRequest", (event) => this.posting(event));
    this.addEventListener("htmx:beforeSwap", (event) => this.received(event));
    this.addEventListener("htmx:afterRequest", (event) => this.answered(event.detail));
    document.body.addEventListener("htmx:oobBeforeSwap", (event) => this.beforeSwap(event));
    document.body.addEventListener("htmx:oobAfterSwap", (event) => this.afterSwap(event));
    document.body.addEventListener("live:refresh", () => this.refresh());
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("confirm:next", () => this.dataset.list && location.assign(this.next));
    this.addEventListener("pointerover", (event) => this.light(event));
  }

  // What the page has, so that the server sends only what changed.
  tellKnown(detail) {
    if (detail.elt.matches("[data-resolve]")) detail.parameters.list = cameFrom();
    const parts = [...this.querySelectorAll("[data-part]")].map((part) => `${part.dataset.part}:${part.dataset.hash}`);
    detail.headers["X-Parts"] = parts.join(",");
    detail.headers["X-Run"] = this.timeline.run;
    detail.headers["X-Last-Step"] = String(this.asking === "whole" ? 0 : this.timeline.last);
    if (detail.verb !== "get") detail.timeout = STALLED_MS;
  }

  // While a form waits for its answer nothing is swapped: the form would be gone when the answer comes.
  posting(event) {
    if (event.target.id === "start-form" && goToMissing(event.target)) return event.preventDefault();
    if (event.detail.requestConfig.verb !== "get") this.postedAt = performance.now();
  }

  get waits() {
    return performance.now() - (this.postedAt ?? -Infinity) < POST_MS;
  }

  // A form that was replaced while the server thought has no place for its answer any more: all is asked for anew.
  received(event) {
    const { requestConfig, xhr } = event.detail; // its own elt is the one swapped into, never the form
    const whole = this.asking === "whole";
    if (requestConfig.headers["X-Quiet"]) unlessPressing(event, () => this.refresh(whole));
    if (requestConfig.verb === "get" || xhr.status >= 400) return;
    const form = requestConfig.elt;
    this.desk.taken(form, requestConfig.parameters);
    if (form.isConnected) return;
    event.detail.shouldSwap = false;
    this.postedAt = undefined;
    this.refresh(true);
  }

  answered(detail) {
    this.readSeq(detail.xhr);
    if (detail.requestConfig.verb === "get") return;
    this.postedAt = undefined;
    if (this.again) this.refresh();
  }

  readSeq(xhr) {
    const seq = xhr?.getResponseHeader("X-Seq");
    if (seq === null || seq === undefined) return;
    this.run = this.timeline.run;
    this.seq = Number(seq);
    this.heard = Math.max(this.heard, this.seq);
  }

  hint(message) {
    if (message.type === "presence") return this.others(message);
    if (message.type !== "event" && message.type !== "hello") return;
    if (message.run && message.run !== this.run) this.heard = 0;
    const missed = message.type === "event" && message.seq > this.heard + 1;
    this.heard = Math.max(this.heard, message.seq);
    const behind = message.run !== this.run ? Boolean(message.run) : message.seq > this.seq;
    const unnumbered = ["ticket.changed", "automation.changed"].includes(message.kind);
    if (behind || unnumbered) this.refresh(missed || message.type === "hello");
  }

  // Who else looks at this ticket: each of them says so now and then, and when leaving, if that is heard.
  others({ name, gone }) {
    this.people ??= new Map();
    if (gone) this.people.delete(name);
    else if (name) this.people.set(name, Date.now());
    for (const [who, at] of this.people) if (Date.now() - at > PRESENT_MS) this.people.delete(who);
    const place = this.querySelector("[data-also-here]");
    if (place) place.textContent = this.people.size ? say("also_here", { who: [...this.people.keys()].join("、") }) : "";
  }

  // One request at a time; what comes meanwhile is answered by one more.
  async refresh(whole = false) {
    this.whole ||= whole;
    if (pressing((this.pressedLater ??= () => this.refresh()))) return;
    if (this.asking || this.waits) {
      this.again = true;
      if (this.waits) setTimeout(() => this.again && this.refresh(), POST_MS);
      return;
    }
    this.again = false;
    this.asking = this.whole ? "whole" : "changed";
    this.whole = false;
    try {
      await htmx.ajax("GET", this.address(), { source: this, swap: "none", headers: { "X-Quiet": "1" } });
      if (this.cut) this.socket.reached();
      this.cut = false;
    } catch {
      this.cut = true; // the page says that the link is lost, and asks again
      this.whole ||= this.asking === "whole";
    } finally {
      this.asking = "";
    }
    if (this.again) this.refresh();
  }

  address() {
    const query = new URLSearchParams(location.search);
    const flow = this.querySelector("#start-form [name=flow]")?.value;
    if (flow) query.set("flow", flow);
    return `${this.dataset.state}?${query}`;
  }

  linked(state) {
    showLink(state);
    this.querySelector("[data-lost]").hidden = !["lost", "connecting"].includes(state) || !this.wasOpen;
    if (state === "lost") this.polling ??= setInterval(() => this.refresh(), POLL_MS); // also while it is opened anew
    if (["lost", "connecting"].includes(state)) return;
    clearInterval(this.polling);
    this.polling = null;
    if (state === "open" && this.wasOpen) this.catchUp();
    if (state === "open") this.wasOpen = true;
    if (state === "gone") location.reload();
  }

  // A question that was asked before the line was cut may hang for minutes.
  catchUp() {
    if (this.asking) htmx.trigger(this, "htmx:abort");
    this.refresh(true);
  }

  // A step that did not change is left alone; what was typed into the start form is kept.
  beforeSwap(event) {
    const { target, fragment } = event.detail;
    const fresh = fragment?.querySelector?.(`#${CSS.escape(target.id)}`) ?? fragment?.firstElementChild;
    if (target.dataset?.mark && fresh?.dataset?.mark === target.dataset.mark) event.detail.shouldSwap = false;
    if (target.id === "part-side") this.typed = new FormData(this.querySelector("#start-form") ?? undefined);
    if (target.id === "part-steps") this.timeline.remember();
    if (WITH_DESK.includes(target.id)) this.desk.remember();
    if (target.dataset?.part) this.valueKeys.remember(target);
    if (target.dataset?.part) this.focused.remember(target);
  }

  afterSwap(event) {
    const { target } = event.detail;
    if (target.id === "part-side") this.retype();
    if (WITH_DESK.includes(target.id)) this.desk.restore();
    if (target.id) this.valueKeys.restore(target);
    if (target.id) this.focused.restore(target);
    if (target.id === "part-screen") this.setScreen();
    if (target.id === "part-steps" || target.id === "steps") this.timeline.changed();
  }

  retype() {
    for (const [name, value] of this.typed ?? []) {
      if (!name.startsWith("slot.") || !value) continue;
      for (const field of this.querySelectorAll(`#start-form [name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio") field.checked = field.value === value;
        else if (!field.value) field.value = value;
      }
    }
  }

  setScreen() {
    const head = this.querySelector(".screen-head");
    this.toggleAttribute("data-driving", head.dataset.mode === "mine");
    this.toggleAttribute("data-unstarted", head.dataset.mode === "none");
    if (this.mode === "none" && head.dataset.mode !== "none") this.desk.show("steps");
    this.mode = head.dataset.mode;
    this.toggleAttribute("data-idle", ["none", "ended"].includes(head.dataset.mode));
    customElements.whenDefined("phone-stage").then(() => this.querySelector("phone-stage").show(head));
  }

  key(event) {
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = plainKey(event);
    if (key === "c") this.querySelector("confirm-card, ask-card")?.focus();
    if (!this.dataset.list) return; // inside a helpdesk's page there is no other ticket to go to
    if (key === "u") location.assign(`${this.dataset.list}?${cameFrom()}`);
    if (event.shiftKey && (key === "j" || key === "k")) return location.assign(`${this.next}&way=${key === "j" ? "on" : "back"}`);
    if (key !== "Enter") return;
    const choice = event.target.closest("#start-form input[type=radio]");
    if (choice) choice.click(); // then the form is sent with it, as from a field
    else if (!event.target.closest(`a, button, summary, input, select, ${ASKING}`)) location.assign(this.next);
  }

  // The list one came from goes on from ticket to ticket.
  get next() {
    return `${this.dataset.next}&list=${encodeURIComponent(cameFrom())}`;
  }

  // The place in the text and its slot light up together.
  light(event) {
    const name = event.target.closest?.("[data-slot]")?.dataset.slot;
    this.querySelectorAll("[data-slot]").forEach((each) => each.classList.toggle("lit", each.dataset.slot === name));
  }
}

customElements.define("live-ticket", LiveTicket);
