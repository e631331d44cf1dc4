// One phone's picture on the wall: the newest one about once a second, with personal data covered.
import { LiveSocket } from "../shared/socket.js";

const HEADER_BYTES = 16;
const EVERY_MS = 1000; // the next picture is asked for no sooner

class WallPicture extends HTMLElement {
  connectedCallback() {
    this.canvas = this.querySelector("canvas");
    this.watch(this.closest("[data-tile]").dataset.socket);
  }

  disconnectedCallback() {
    this.stop();
  }

  watch(address) {
    if (address === this.address) return;
    this.stop();
    this.address = address;
    if (!address) return;
    this.socket = new LiveSocket(address, {
      state: () => {},
      message: ({ type }) => type === "ended" && this.blank(),
      binary: (data) => this.draw(data),
    });
  }

  stop() {
    this.socket?.close();
    this.socket = null;
    this.address = "";
    if (this.canvas) this.blank();
  }

  blank() {
    this.canvas.hidden = true;
    this.querySelector(".tile-none").hidden = false;
  }

  async draw(data) {
    const number = new DataView(data, 0, HEADER_BYTES).getUint32(12, true);
    const socket = this.socket;
    try {
      const picture = await createImageBitmap(new Blob([new Uint8Array(data, HEADER_BYTES)], { type: "image/jpeg" }));
      this.canvas.width = picture.width;
      this.canvas.height = picture.height;
      this.canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0);
      this.canvas.hidden = false;
      this.querySelector(".tile-none").hidden = true;
      picture.close();
    } finally {
      setTimeout(() => socket?.send({ type: "ack", seq: number }), EVERY_MS);
    }
  }
}

customElements.define("wall-picture", WallPicture);
