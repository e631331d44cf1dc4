// Reads a tap, a long press or a swipe from pointer events, mouse and finger alike. Places are fractions (0-1).
const TAP_PX = 12;
const LONG_MS = 550;

export class GestureReader {
  constructor(element, active, send) {
    Object.assign(this, { element, active, send });
    element.addEventListener("pointerdown", (event) => this.down(event));
    element.addEventListener("pointerup", (event) => this.up(event));
    element.addEventListener("pointercancel", () => (this.start = null));
    element.addEventListener("contextmenu", (event) => active() && event.preventDefault());
  }

  down(event) {
    if (!this.active() || this.start || event.button !== 0) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.start = { x: event.clientX, y: event.clientY, at: performance.now(), pointer: event.pointerId };
  }

  up(event) {
    const { start } = this;
    if (!start || event.pointerId !== start.pointer) return;
    this.start = null;
    const held = performance.now() - start.at;
    const moved = Math.hypot(event.clientX - start.x, event.clientY - start.y);
    const from = this.place(start.x, start.y);
    if (moved > TAP_PX) {
      this.send({ kind: "swipe", at: [...from, ...this.place(event.clientX, event.clientY)], seconds: held / 1000 });
    } else {
      this.send({ kind: held >= LONG_MS ? "long_press" : "tap", at: from, seconds: Math.max(held / 1000, 0.05) });
    }
  }

  place(x, y) {
    const box = this.element.getBoundingClientRect();
    const part = (value, from, size) => Math.min(Math.max((value - from) / size, 0), 1);
    return [part(x, box.left, box.width), part(y, box.top, box.height)];
  }
}
