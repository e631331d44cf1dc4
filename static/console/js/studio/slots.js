// The rows of slots and fields: each gets an identifier of its own, and what a slot is called is offered everywhere.

// The identifier of a row that has none yet: of its English name, else of its kind.
export function identify(form, row) {
  const box = row.querySelector("[data-identifier]");
  if (!box || (box.value.trim() && !isOurs(form, box))) return;
  const named = [...row.querySelectorAll("[data-names]")].map((each) => each.value.trim()).filter(Boolean);
  if (!named.length) return;
  const others = [...form.querySelectorAll(`[name="${box.name}"]`)].filter((each) => each !== box);
  const taken = new Set(others.map((each) => each.value));
  const stem = named.map(slug).find(Boolean) || row.querySelector("[data-kind]")?.value || "field";
  let name = stem;
  for (let number = 2; taken.has(name); number += 1) name = `${stem}_${number}`;
  box.value = name;
  box.dataset.made = name;
}

// One that was made here and stands nowhere yet follows what is typed next, as the English name comes after the Chinese.
function isOurs(form, box) {
  const name = box.value.trim();
  const used = [...form.querySelectorAll("[data-takes-slots]")].some((each) => each.value.includes(`{${name}`));
  const compared = [...form.querySelectorAll("[name='field.slot']")].some((each) => each.value === name);
  return box.dataset.made === name && !used && !compared;
}

function slug(text) {
  const words = text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "");
  return /[^\x00-\x7f]/.test(text) ? "" : words;
}

// The slots as they stand now, for the instruction and for what a field is compared with.
export function offerSlots(form) {
  const english = document.documentElement.lang.startsWith("en");
  const slots = [...form.querySelectorAll("[data-slot-name]")]
    .map((box) => {
      const row = box.closest("[data-row]");
      const label = (lang) => row.querySelector(`[name="slot.label_${lang}"]`).value.trim();
      return { name: box.value.trim(), label: (english && label("en")) || label("zh") || box.value.trim() };
    })
    .filter((slot) => slot.name);
  const chips = form.querySelector("[data-chips]");
  chips?.replaceChildren(...slots.map(chip));
  const templates = [...form.querySelectorAll("template")].map((each) => each.content);
  for (const place of [form, ...templates]) {
    for (const select of place.querySelectorAll("[name='field.slot']")) refill(select, slots);
  }
}

function chip(slot) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "chip", textContent: `${slot.label} ` });
  button.append(Object.assign(document.createElement("code"), { textContent: `{${slot.name}}` }));
  button.dataset.insert = slot.name;
  return button;
}

function refill(select, slots) {
  const { value } = select;
  select.replaceChildren(select.options[0], ...slots.map((slot) => new Option(slot.label, slot.name)));
  select.value = value;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}
