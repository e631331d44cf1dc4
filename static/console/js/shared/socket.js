// A websocket that comes back: growing waits with some chance in them, at once when the network returns.
import { askLogin } from "./session.js";

const FIRST_MS = 500;
const LONGEST_MS = 15000;
const PING_MS = 20000;
const GONE = new Set([4401, 4403, 4404]); // not logged in, not permitted, not there: trying again is useless

export class LiveSocket {
  constructor(path, { message, state, binary = null }) {
    this.url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.handlers = { message, state, binary };
    this.failures = 0;
    this.closed = false;
    this.online = () => this.hurry();
    window.addEventListener("online", this.online);
    this.renewed = () => this.comeBack();
    window.addEventListener("session:renewed", this.renewed);
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.handlers.state("connecting");
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.failures = 0;
      this.handlers.state("open");
      this.pinging = setInterval(() => this.send({ type: "ping" }), PING_MS);
    };
    socket.onmessage = (event) => {
      if (typeof event.data === "string") this.handlers.message(JSON.parse(event.data));
      else this.handlers.binary?.(event.data);
    };
    socket.onclose = (event) => this.lost(event.code);
    this.socket = socket;
  }

  lost(code) {
    clearInterval(this.pinging);
    if (this.closed) return;
    if (GONE.has(code)) {
      this.closed = true;
      this.loggedOut = code === 4401;
      this.handlers.state(this.loggedOut ? "refused" : "gone");
      if (this.loggedOut) askLogin();
      return;
    }
    this.handlers.state("lost");
    const wait = Math.min(FIRST_MS * 2 ** this.failures, LONGEST_MS);
    this.failures += 1;
    this.timer = setTimeout(() => this.open(), wait * (0.7 + 0.6 * Math.random()));
  }

  hurry() {
    if (!this.closed && this.socket.readyState === WebSocket.CLOSED) {
      this.failures = 0;
      this.open();
    }
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
    window.removeEventListener("online", this.online);
    window.removeEventListener("session:renewed", this.renewed);
    this.socket.close();
  }
}
