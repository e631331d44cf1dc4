// A websocket that comes back: growing waits with some chance in them, at once when the network returns. A connection
// that died without a word is noticed by a beat that nobody answers.
import { askLogin } from "./session.js";

const FIRST_MS = 500;
const LONGEST_MS = 3000;
const PING_MS = 20000;
const BEAT_MS = 2200; // two of them are less than the 5 s within which a loss is said
// A stalled opening holds up every other of this host, and is stalled still when the line is back: it is given up soon.
// Every third may take long, for a server that is slow.
const OPENING_MS = [4000, 4000, 12000];
const GONE = new Set([4401, 4403, 4404]); // not logged in, not permitted, not there: trying again is useless

export class LiveSocket {
  constructor(path, { message, state, binary = null }) {
    this.url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.handlers = { message, state, binary };
    this.failures = 0;
    this.closed = false;
    this.online = () => this.hurry();
    window.addEventListener("online", this.online);
    document.addEventListener("visibilitychange", this.online);
    this.renewed = () => this.comeBack();
    window.addEventListener("session:renewed", this.renewed);
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.down = false;
    this.handlers.state("connecting");
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.failures = 0;
      this.heard = this.openedAt = performance.now();
      this.handlers.state("open");
      this.pinging = setInterval(() => this.send({ type: "ping" }), PING_MS);
    };
    this.asked = this.ticked = performance.now();
    this.heard = 0; // opening counts as asking
    this.missed = false;
    clearInterval(this.beating);
    this.beating = setInterval(() => this.beat(), BEAT_MS);
    socket.onmessage = (event) => {
      this.heard = performance.now();
      if (typeof event.data === "string") this.handlers.message(JSON.parse(event.data));
      else this.handlers.binary?.(event.data);
    };
    socket.onclose = (event) => this.lost(event.code);
    this.socket = socket;
  }

  // What was asked at the last beat has been answered, else the connection is dead. A page whose timers slept or that was
  // busy waits for one more beat: the answer may lie behind this call.
  beat() {
    const now = performance.now();
    const late = now - this.ticked > 2 * BEAT_MS;
    this.ticked = now;
    if (this.socket.readyState === WebSocket.CONNECTING && now - this.asked < OPENING_MS[this.failures % 3]) return;
    if (this.heard < this.asked) {
      if (!late || this.missed) return this.giveUp();
      this.missed = true;
      return;
    }
    this.missed = false;
    if (this.send({ type: "beat" })) this.asked = now;
  }

  // A dead connection does not end by itself for minutes: its end is not waited for.
  giveUp() {
    const { socket } = this;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.lost(0);
  }

  lost(code) {
    clearInterval(this.pinging);
    clearInterval(this.beating);
    if (this.closed) return;
    if (GONE.has(code)) {
      this.closed = true;
      this.loggedOut = code === 4401;
      this.handlers.state(this.loggedOut ? "refused" : "gone");
      if (this.loggedOut) askLogin();
      return;
    }
    this.handlers.state("lost");
    this.down = true;
    const wait = Math.min(FIRST_MS * 2 ** this.failures, LONGEST_MS);
    this.failures += 1;
    this.timer = setTimeout(() => this.open(), wait * (0.7 + 0.6 * Math.random()));
  }

  hurry() {
    if (!this.closed && this.down && !document.hidden) {
      this.failures = 0;
      this.open();
    }
  }

  // The server answered something else just now: what is still waiting to be opened is not waited for.
  reached() {
    if (this.closed || this.socket.readyState === WebSocket.OPEN) return;
    if (!this.down) this.giveUp();
    this.hurry();
  }

  comeBack() {
    if (!this.loggedOut) return;
    this.closed = this.loggedOut = false;
    this.failures = 0;
    this.open();
  }

  send(message) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.pinging);
    clearInterval(this.beating);
    window.removeEventListener("online", this.online);
    document.removeEventListener("visibilitychange", this.online);
    window.removeEventListener("session:renewed", this.renewed);
    this.socket.close();
  }
}
