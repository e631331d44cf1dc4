// Light, dark or as the system: switched at once, remembered by the server in a cookie.
const NEXT = { auto: "light", light: "dark", dark: "auto" };

export function startTheme() {
  const form = document.querySelector("[data-theme-form]");
  if (!form) return;
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = button.value;
    const data = new FormData(form);
    data.set("theme", chosen);
    document.documentElement.dataset.theme = chosen;
    button.value = NEXT[chosen];
    await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
  });
}
