// A text for customers: its places are put in by pressing them, and only those that its flow can fill are offered.
const form = document.querySelector(".reply-form");
const flow = form.querySelector("[data-flow]");
const field = form.querySelector("#reply-text");

flow.addEventListener("change", () => {
  for (const place of form.querySelectorAll("[data-of]")) place.hidden = place.dataset.of !== flow.value;
});
form.addEventListener("click", (event) => {
  const place = event.target.closest("[data-place]");
  if (!place) return;
  field.setRangeText(`{${place.dataset.place}}`, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});
