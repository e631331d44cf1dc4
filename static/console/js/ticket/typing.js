// Typing and scrolling on the phone itself while the reader drives it: whole words from any input method, the wheel as
// a swipe, Esc and Home as the phone's keys. The size of the phone is dragged or switched, and remembered.
import { forThisBrowser } from "../embed/keeping.js";
const WHEEL_MS = 260;
const WIDTH = "cs.phone.width";
const WHOLE = "cs.phone.whole";
const EDGE_PX = 60; // of its place, where the phone's end is in sight
const KEYS = { Escape: "back", Home: "home", Enter: "enter" };

export class PhoneTyping {
  constructor(stage) {
    this.stage = stage;
    this.glass = stage.querySelector(".glass");
    this.field = stage.querySelector("[data-typing]");
    stage.canvas.addEventListener("pointerup", () => this.active && this.field.focus({ preventScroll: true }));
    stage.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.canvas.addEventListener("pointermove", (event) => this.follow(event));
    stage.canvas.addEventListener("pointerleave", () => (this.last = undefined));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", (event) => event.isComposing || this.flush());
    this.field.addEventListener("compositionend", () => this.flush());
    this.remember();
  }

  get active() {
    return this.stage.mode === "mine";
  }

  show() {
    this.field.hidden = !this.active;
    for (const each of [this.field, this.stage.canvas]) {
      if (this.active) each.setAttribute("aria-describedby", "phone-help");
      else each.removeAttribute("aria-describedby");
    }
  }

  flush() {
    const text = this.field.value;
    if (text && this.stage.send({ kind: "type", text })) this.field.value = "";
  }

  key(event) {
    event.stopPropagation();
    if (event.isComposing || event.keyCode === 229) return;
    const key = KEYS[event.key];
    if (!key || event.repeat) return;
    event.preventDefault();
    this.stage.send({ kind: "key", key });
  }

  wheel(event) {
    if (!this.active) return;
    event.preventDefault();
    this.turned = (this.turned ?? 0) + event.deltaY;
    this.at = this.stage.gestures.place(event.clientX, event.clientY);
    this.rolling ??= setTimeout(() => this.roll(), WHEEL_MS);
  }

  roll() {
    this.rolling = null;
    const far = Math.min(Math.max(this.turned / 900, -0.5), 0.5);
    this.turned = 0;
    const clamp = (value) => Math.min(Math.max(value, 0.1), 0.9);
    const [x, y] = this.at;
    const from = clamp(Math.min(Math.max(y, 0.3), 0.7));
    if (Math.abs(far) > 0.02) this.stage.send({ kind: "swipe", at: [x, from, x, clamp(from - far)], seconds: 0.25 });
  }

  // A phone taller than its place moves with the pointer, so that either end is in sight when the pointer is there.
  // Never while a finger or a button is down: what is under it stays.
  follow({ buttons, clientY, pointerType }) {
    const moved = clientY - (this.last ?? clientY);
    this.last = clientY;
    const { scrollTop, scrollHeight, clientHeight } = this.stage;
    if (!this.active || !moved || buttons || pointerType !== "mouse" || scrollHeight <= clientHeight) return;
    const place = this.stage.getBoundingClientRect();
    const way = moved > 0 ? place.bottom - EDGE_PX - clientY : clientY - place.top - EDGE_PX;
    const hidden = moved > 0 ? scrollHeight - clientHeight - scrollTop : scrollTop;
    this.stage.scrollTop = scrollTop + (hidden * moved) / (Math.max(way, 0) + Math.abs(moved));
  }

  // Between the working size, which may scroll, and the whole phone; true for the whole.
  showWhole() {
    const whole = this.stage.toggleAttribute("data-whole");
    forThisBrowser.setItem(WHOLE, whole ? "1" : "");
    this.glass.style.removeProperty("width");
    return whole;
  }

  remember() {
    this.stage.toggleAttribute("data-whole", forThisBrowser.getItem(WHOLE) === "1");
    const width = Number(forThisBrowser.getItem(WIDTH));
    if (width >= 240) this.stage.style.setProperty("--dragged", `${width}px`);
    this.glass.addEventListener("pointerup", () => {
      const dragged = Math.round(parseFloat(this.glass.style.width));
      if (dragged >= 240) forThisBrowser.setItem(WIDTH, dragged);
    });
  }
}
