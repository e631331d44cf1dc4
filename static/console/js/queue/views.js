// Saved views: what is shown is what is saved, and one is found among hundreds by typing.
export function startViews(page) {
  const list = document.getElementById("views");
  const now = () => page.querySelector("[data-here]")?.dataset.here ?? "";
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-open]")) return;
    document.querySelectorAll("[data-query]").forEach((field) => (field.value = now()));
  });
  const find = list.querySelector("#find-view");
  const items = () => [...list.querySelectorAll("li")];
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    for (const item of items()) item.hidden = !item.dataset.name.includes(wanted);
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") items().find((item) => !item.hidden)?.querySelector("a").click();
  });
}
