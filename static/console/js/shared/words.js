// Sentences in the reader's language, handed over by the page.
const element = document.getElementById("words");
const all = element ? JSON.parse(element.textContent) : {};

export function say(name, values = {}) {
  const text = all[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}
