// Keys and text for the phone while the reader holds it. Text goes as a whole, so that any input method works.
class PhoneKeys extends HTMLElement {
  connectedCallback() {
    if (document.activeElement === document.body) this.focus({ preventScroll: true }); // the button that began it is gone
    this.addEventListener("click", (event) => {
      const key = event.target.closest("[data-phone-key]")?.dataset.phoneKey;
      if (key) this.send({ kind: "key", key });
      const size = event.target.closest("[data-phone-size]");
      if (size) size.ariaPressed = this.stage.typing.showWhole();
    });
    const size = this.querySelector("[data-phone-size]"); // lessons have none
    if (size) size.ariaPressed = this.stage.hasAttribute("data-whole");
    const form = this.querySelector("[data-type]");
    const input = form.querySelector("input");
    input.addEventListener("keydown", (event) => event.stopPropagation());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value && this.send({ kind: "type", text: input.value })) input.value = "";
    });
  }

  get stage() {
    return document.querySelector("phone-stage");
  }

  send(gesture) {
    return this.stage.send(gesture);
  }
}

customElements.define("phone-keys", PhoneKeys);
