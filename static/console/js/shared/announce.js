// Says something to who listens to the page, once, without taking the focus.
export function announce(...texts) {
  const place = document.getElementById("said");
  if (place) place.textContent = texts.map((text) => text?.trim().replace(/\s+/g, " ")).filter(Boolean).join(" ");
}
