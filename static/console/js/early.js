// A press before the page's scripts run is held and repeated once they do: a form that they send would else be sent by
// the browser itself, with all that was typed in the address, and a button would do nothing. Loaded before the body.
(() => {
  const SENT_BY_SCRIPTS = "[hx-post], [hx-get]";
  let repeat = null;

  const hold = (event, again) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    repeat = again;
  };
  const clicked = (event) => {
    const control = event.target.closest(`button, ${SENT_BY_SCRIPTS}`);
    const plain = control?.form && !control.form.matches(SENT_BY_SCRIPTS) && !control.matches("[data-sure]");
    if (!control || control.matches("form, select, input") || (plain && control.type !== "button")) return;
    hold(event, () => control.click());
  };
  const submitted = (event) => {
    const { target: form, submitter } = event;
    if (form.matches(SENT_BY_SCRIPTS)) hold(event, () => form.requestSubmit(submitter));
  };
  const ready = () => {
    document.removeEventListener("click", clicked, { capture: true });
    document.removeEventListener("submit", submitted, { capture: true });
    repeat?.();
  };

  document.addEventListener("click", clicked, { capture: true });
  document.addEventListener("submit", submitted, { capture: true });
  document.addEventListener("DOMContentLoaded", () => setTimeout(ready)); // after everybody who waits for the same
})();
