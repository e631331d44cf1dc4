// A button that must be pressed twice: the first press asks, the second within a few seconds means it.
const WITHIN_MS = 3500;

export function startSure() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sure]");
    if (!button || button.disabled) return;
    if (button.dataset.armed) {
      disarm(button);
      if (!submits(button)) htmx.trigger(button, "sure");
      return;
    }
    if (submits(button)) event.preventDefault();
    const label = button.querySelector("[data-label]") ?? button;
    button.dataset.armed = label.textContent;
    label.textContent = button.dataset.sure;
    setTimeout(() => disarm(button), WITHIN_MS);
  });
}

function disarm(button) {
  if (!button.dataset.armed) return;
  const label = button.querySelector("[data-label]") ?? button;
  label.textContent = button.dataset.armed;
  delete button.dataset.armed;
}

// A button of a plain form submits it by itself at the second press.
function submits(button) {
  return button.type === "submit" && !button.matches("[hx-post]") && Boolean(button.form);
}
