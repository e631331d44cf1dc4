// Names the landmarks of the back office's pages for who listens: the page itself, its list of pages, its tables.
// A plain script shares its names with those of the page: nothing here is declared outside a function.
(() => {
  const theme = /(?:^|; )theme=(light|dark|auto)/.exec(document.cookie)?.[1];
  if (theme && localStorage.getItem("cs.theme") !== theme) {
    localStorage.setItem("cs.theme", theme);
    localStorage.setItem("adminTheme", JSON.stringify(theme)); // as in the console, until it is chosen anew here or there
  }
})();
document.addEventListener("DOMContentLoaded", () => {
  const enoughToSearch = 9;

  // Several boxes are one group with the field's name; among many of them one looks by a word.
  function nameGroup(group) {
    const label = group.closest(".field-line, .form-row, fieldset")?.querySelector("label, legend");
    group.setAttribute("role", "group");
    if (label && !group.contains(label)) group.setAttribute("aria-label", label.textContent.trim());
    const words = group.querySelector("[data-find]")?.dataset.find;
    const rows = [...group.children];
    if (!words || rows.length < enoughToSearch) return;
    group.classList.add("boxes");
    const search = document.createElement("input");
    Object.assign(search, { type: "search", className: "boxes-find", placeholder: words, autocomplete: "off" });
    search.setAttribute("aria-label", words);
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it looks, and saves nothing
    });
    group.before(search);
  }

  document.getElementById("main")?.setAttribute("role", "main");
  const [page, ...site] = document.title.split(" | ");
  document.querySelectorAll("[data-simplebar]").forEach((place, at) => {
    const name = place.id === "nav-sidebar-apps" ? site.at(-1) ?? page : page;
    place.dataset.simplebarAriaLabel = at > 1 ? `${name} ${at}` : name;
  });
  document.querySelectorAll("#content form div[id^=id_]:has(> div label > [type=checkbox])").forEach(nameGroup);
});
