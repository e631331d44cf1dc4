// Waits for the person's word, which is given in another window; looks at once when this page is looked at again.
import "./following.js";

const EVERY_MS = 1000;
const card = document.querySelector("[data-asked]");

async function look() {
  const answer = await fetch(card.dataset.asked, { headers: { Accept: "application/json" } }).catch(() => null);
  const standing = answer?.ok ? (await answer.json()).standing : "asked";
  if (standing !== "asked") location.reload();
}

if (card) {
  setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
}
