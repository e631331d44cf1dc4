// The live phone: draws the newest frame, says how old it is, and sends gestures while the reader holds the phone.
import { LiveSocket } from "../shared/socket.js";
import { GestureReader } from "./touch.js";
import { PhoneTyping } from "./typing.js";
import { notify } from "../shared/notices.js";
import { tellTimes } from "../shared/times.js";
import { say } from "../shared/words.js";

const HEADER_BYTES = 16;
const LATE_MS = 2000;
const STALE_MS = 6000;
const TELL_EVERY_MS = 400;
const MARK_MS = 900;
const AGAIN_MS = 2000; // a picture that was not there is asked for again
const MOST_TRIES = 15;
const LIVE = new Set(["queued", "live", "mine"]);

class PhoneStage extends HTMLElement {
  connectedCallback() {
    this.canvas = this.querySelector("[data-canvas]");
    this.glass = this.querySelector(".glass");
    this.message = this.querySelector("[data-message]");
    this.freshness = this.querySelector("[data-freshness]");
    this.latency = this.querySelector("[data-latency]");
    this.frames = 0;
    this.tries = MOST_TRIES;
    this.unanswered = new Map(); // gestures on their way, by number
    this.number = 0;
    this.gestures = new GestureReader(this.canvas, () => this.mode === "mine", (gesture) => this.send(gesture));
    this.typing = new PhoneTyping(this);
    this.telling = setInterval(() => this.tellAge(), TELL_EVERY_MS);
  }

  disconnectedCallback() {
    clearInterval(this.telling);
    this.socket?.close();
  }

  // `head` is the server's word on what is to be shown.
  show(head) {
    this.head = head;
    this.mode = this.dataset.mode = head.dataset.mode;
    if (this.mode !== "mine") this.forgetGesture();
    this.typing.show();
    if (head.dataset.width) this.shape(Number(head.dataset.width), Number(head.dataset.height));
    const address = LIVE.has(this.mode) ? head.dataset.phoneSocket : "";
    if (address !== this.address) this.connect(address);
    if (!address) this.still(head.dataset.still);
    else if (!this.frames) this.say(this.mode === "queued" ? "queued" : "waiting");
  }

  connect(address) {
    this.socket?.close();
    this.socket = null;
    this.address = address;
    if (!address) return; // the newest frame stays until the run's last picture is there
    this.frames = 0;
    this.seenAt = 0;
    this.painted = "";
    this.tries = MOST_TRIES;
    this.socket = new LiveSocket(address, {
      state: (state) => this.linked(state),
      message: (message) => this.hear(message),
      binary: (data) => this.draw(data),
    });
  }

  linked(state) {
    if (state === "lost") {
      this.say("lost");
      this.tellUndelivered();
    }
    if (state === "open" && this.frames) this.say("");
  }

  hear(message) {
    this.dispatchEvent(new CustomEvent("phone:message", { detail: message }));
    if (message.id) this.unanswered.delete(message.id);
    if (message.code === "late_gesture") this.socket.giveUp(); // a new connection counts anew
    if (message.type === "fresh") this.aged(message.age);
    if (message.type === "waiting" && !this.frames) this.say(this.mode === "queued" ? "queued" : "waiting");
    if (message.type === "error" && message.message) this.latency.textContent = message.message;
  }

  async draw(data) {
    const view = new DataView(data, 0, HEADER_BYTES);
    const [age, width, height, number] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
    const received = performance.now();
    try {
      const picture = await createImageBitmap(new Blob([new Uint8Array(data, HEADER_BYTES)], { type: "image/jpeg" }));
      this.paint(picture, width, height);
      picture.close();
      this.frames += 1;
      this.aged(age + performance.now() - received);
      this.say("");
      this.measure();
    } finally {
      this.socket?.send({ type: "ack", seq: number }); // also for a picture that could not be read: the next one may
    }
  }

  paint(picture, width, height) {
    if (this.canvas.width !== picture.width || this.canvas.height !== picture.height) {
      this.canvas.width = picture.width;
      this.canvas.height = picture.height;
    }
    this.shape(width, height);
    this.canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0);
  }

  shape(width, height) {
    if (!width || !height) return;
    this.glass.style.setProperty("--w", width);
    this.glass.style.setProperty("--h", height);
  }

  // After the run: its last picture. Until it is there (it may not be stored yet) the newest frame stays, and where there
  // was none the glass says that the run is over.
  async still(address) {
    this.freshness.textContent = "";
    this.say((this.painted === address && address) || this.frames ? "" : this.mode);
    if (!address || [this.painted, this.asked].includes(address)) return;
    this.asked = address;
    const bitmap = await fetch(address)
      .then((answer) => (answer.ok ? answer.blob() : null))
      .then((picture) => picture && createImageBitmap(picture))
      .catch(() => null); // not read: the page says what the run came to, without it
    if (this.asked !== address) return;
    this.asked = "";
    if (this.address) return; // another run has begun
    if (!bitmap) return this.later();
    this.paint(bitmap, bitmap.width, bitmap.height);
    this.painted = address;
    this.say("");
  }

  later() {
    if (this.tries-- > 0) setTimeout(() => this.mode === "ended" && this.still(this.head.dataset.still), AGAIN_MS);
  }

  say(name) {
    const template = name ? this.head?.querySelector(`[data-message-for="${name}"]`) : null;
    this.message.hidden = !template;
    this.message.toggleAttribute("data-over", this.frames > 0);
    this.message.dataset.name = name;
    this.message.replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
    tellTimes(this.message);
  }

  aged(age) {
    this.age = age;
    this.seenAt = performance.now();
    this.tellAge();
  }

  tellAge() {
    if (!this.frames || !this.address) return;
    const age = this.age + performance.now() - this.seenAt;
    const words = age < LATE_MS ? say("live") : say("behind", { n: Math.round(age / 1000) });
    if (this.freshness.textContent !== words) this.freshness.textContent = words;
    this.freshness.toggleAttribute("data-late", age >= LATE_MS);
    this.toggleAttribute("data-stale", age >= STALE_MS);
  }

  // A page may keep a gesture for itself (`intercept`).
  send(gesture) {
    if (this.mode === "mine" && this.intercept?.(gesture)) return true;
    if (this.mode !== "mine" || !this.socket) return false;
    this.sentAt = performance.now();
    const id = (this.number += 1);
    if (!this.socket.send({ type: "gesture", id, after: this.sentAt - this.socket.openedAt, ...gesture })) return false;
    this.unanswered.set(id, gesture);
    if (gesture.at) this.mark(gesture.at.map((part) => part * 100), true);
    return true;
  }

  // Whether they reached the phone is not known, so none is repeated: the reader looks first. Text that was typed is
  // given back.
  tellUndelivered() {
    if (!this.unanswered.size) return;
    const text = [...this.unanswered.values()].map((gesture) => gesture.text ?? "").join("");
    this.unanswered.clear();
    this.sentAt = 0;
    const field = document.getElementById("phone-text");
    if (field && text && !field.value) field.value = text;
    notify(say("undelivered"), "warn");
  }

  // From the gesture to the first picture after it.
  measure() {
    if (!this.sentAt) return;
    this.latency.textContent = say("latency", { n: Math.round(performance.now() - this.sentAt) });
    this.sentAt = 0;
  }

  // A picture that comes after the hand-back says nothing about a gesture of before.
  forgetGesture() {
    this.sentAt = 0;
    this.latency.textContent = "";
  }

  mark(points, human) {
    for (let i = 0; i + 1 < points.length; i += 2) {
      const dot = document.createElement("span");
      dot.className = human ? "touch touch-human" : "touch";
      dot.style.left = `${points[i]}%`;
      dot.style.top = `${points[i + 1]}%`;
      this.querySelector("[data-touches]").append(dot);
      setTimeout(() => dot.remove(), MARK_MS);
    }
  }
}

customElements.define("phone-stage", PhoneStage);
