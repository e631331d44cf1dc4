// A press before the page's scripts run is held and repeated once they do: a form that they send would else be sent by
// the browser itself, with all that was typed in the address, and a button would do nothing. So are the keys that only
// go or open something, with the text that follows; one that acts is not, for it may have been meant for the page before.
// Loaded before the body.
(() => {
  const SENT_BY_SCRIPTS = "[hx-post], [hx-get]";
  const OPENING = /^([jkgueovhczpm/?1-9]|Enter|Escape)$/i;
  const WRITING = "pm/"; // what follows is text
  const FIELDS = "input, textarea, select, [contenteditable]";
  const searching = location.hash === "#find"; // from another page, where what followed may have been typed already
  const keys = searching ? [{ key: "/", bubbles: true, cancelable: true }] : [];
  let kept = null; // a frame of another site may keep nothing
  try {
    kept = sessionStorage;
  } catch {}
  let text = (searching && kept?.getItem("cs.typed")) || "";
  let repeat = null;

  if (searching) history.replaceState(null, "", location.pathname + location.search);
  kept?.removeItem("cs.typed");

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
  const pressed = (event) => {
    const { key, shiftKey, target } = event;
    const unusual = event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey;
    const control = target.closest?.(key === "Enter" ? `a, button, summary, ${FIELDS}` : FIELDS);
    const last = keys.at(-1)?.key.toLowerCase();
    const writing = last && WRITING.includes(last);
    if (unusual || control) return;
    if (writing ? key.length > 1 && key !== "Enter" : !OPENING.test(key) && !(last === "g" && /^[a-z]$/.test(key))) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the scripts may listen already: a key that is repeated acts once
    if (writing) text += key === "Enter" ? "\n" : key;
    else keys.push({ key, shiftKey, bubbles: true, cancelable: true });
  };
  const write = (field) => {
    const words = field.matches("textarea") ? text : text.replace(/\n.*/s, "");
    field.setRangeText?.(words, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (words !== text) field.form?.requestSubmit();
  };
  const held = { click: clicked, submit: submitted, keydown: pressed };
  const ready = () => {
    for (const [name, call] of Object.entries(held)) document.removeEventListener(name, call, { capture: true });
    repeat?.();
    for (const key of keys) (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", key));
    if (text && document.activeElement?.matches("input, textarea")) write(document.activeElement);
  };

  for (const [name, call] of Object.entries(held)) document.addEventListener(name, call, { capture: true });
  document.addEventListener("DOMContentLoaded", () => setTimeout(ready)); // after everybody who waits for the same
})();
