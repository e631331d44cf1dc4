// Back to the page before as it was left, with what was typed; without a script the link loads it anew.
export function startBack() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-back]") || history.length < 2) return;
    event.preventDefault();
    history.back();
  });
}
