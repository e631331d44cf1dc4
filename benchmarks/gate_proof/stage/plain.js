// Controls that products write by hand, whatever library the rest of the page is from.
import { act, itself } from "./recorder.js";

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") made.style.cssText = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const words = (item) => (item.spans ? [...item.t].map((letter) => el("span", {}, letter)) : [item.t]);
const press = (item) => (item.does ? { onclick: (event) => { event.stopPropagation(); act(item.does); }, style: "cursor:pointer" } : {});
const dressed = (item, style, more = {}) => ({ ...press(item), style: style + (item.does ? ";cursor:pointer" : ""), "aria-label": item.aria, ...more });

const ICONS = {
  arrow: "M3 12l18-9-6 18-4-7z", bin: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13", tick: "M5 12l5 5 9-10", plus: "M12 5v14M5 12h14",
  star: "M12 3l3 6 6 1-4 4 1 6-6-3-6 3 1-6-4-4 6-1z", left: "M15 5l-7 7 7 7", dots: "M5 12h.1M12 12h.1M19 12h.1", lens: "M10 4a6 6 0 100 12 6 6 0 000-12zM15 15l5 5",
};
export function icon(name, size = 22) {
  const holder = el("span", { style: `display:inline-block;width:${size}px;height:${size}px;vertical-align:middle` });
  holder.innerHTML = `<svg aria-hidden="true" viewBox="0 0 24 24" width="${size}" height="${size}" fill="none" stroke="currentColor" stroke-width="2"><path d="${ICONS[name] || ICONS.star}"/></svg>`;
  return holder;
}

export const plain = {
  text: (item) => el("p", { style: `margin:8px 16px;font-size:${item.size || 14}px;line-height:1.5;color:${item.colour || "#333"}` }, item.t),
  amount: (item) => el("div", { style: "text-align:center;padding:18px" }, el("div", { style: "font-size:13px;color:#777" }, item.caption), el("div", { style: "font-size:34px;font-weight:600" }, item.t)),
  facts: (item) => el("dl", { style: "margin:10px 12px;padding:12px;background:#fff;border-radius:8px;display:grid;grid-template-columns:96px 1fr;row-gap:8px;font-size:14px" },
    item.rows.flatMap(([name, value]) => [el("dt", { style: "color:#888" }, name), el("dd", { style: "margin:0" }, value)])),
  record: (item) => el("div", dressed(item, "margin:8px 12px;padding:12px 14px;background:#fff;border-radius:8px;font-size:14px;line-height:1.6"),
    item.lines.map((row) => el("div", { style: "display:flex;justify-content:space-between" }, row.map((text, place) => el("span", { style: place ? "color:#888" : "font-weight:500" }, text)))),
    item.buttons ? el("div", { style: "display:flex;justify-content:flex-end;gap:8px;margin-top:8px" }, item.buttons.map((one) => el("button", dressed(one, "padding:4px 12px;border:1px solid #ccc;border-radius:14px;background:#fff;font-size:13px"), words(one)))) : null),
  bar: (item) => el("div", dressed(item, `position:fixed;left:0;right:0;bottom:0;height:56px;display:flex;align-items:center;justify-content:space-between;background:${item.dark ? "#1f2d3d;color:#fff" : "#fff"};padding:0 16px;border-top:1px solid #ddd;z-index:5`),
    el("span", {}, item.left), el("span", { style: "background:#e4393c;color:#fff;padding:10px 22px;border-radius:20px" }, words(item))),
  actions: (item) => el("div", { style: "position:fixed;left:0;right:0;bottom:0;height:56px;display:flex;align-items:center;background:#fff;border-top:1px solid #ddd;z-index:5" },
    item.icons.map((one) => el("div", dressed(one, "flex:1;text-align:center;font-size:11px"), icon(one.icon, 20), el("div", {}, one.t))),
    item.buttons.map((one, place) => el("div", dressed(one, `flex:2;height:40px;line-height:40px;margin:0 4px;border-radius:20px;text-align:center;color:#fff;background:${place ? "#ee0a24" : "#ff976a"}`), words(one)))),
  mark: (item) => el("div", dressed(item, `display:inline-flex;align-items:center;justify-content:center;width:44px;height:44px;margin:${item.corner ? "0" : "6px 16px"};border-radius:22px;${item.filled ? "background:#1677ff;color:#fff" : "color:#444"}${item.corner ? ";position:absolute;right:8px;top:2px;z-index:9" : ""}${item.float ? ";position:fixed;right:18px;bottom:90px;z-index:9;box-shadow:0 2px 8px #0004" : ""}`, { role: item.role }), icon(item.icon)),
  compose: (item) => el("div", { style: "position:fixed;left:0;right:0;bottom:0;display:flex;gap:8px;align-items:center;padding:8px 12px;background:#f5f5f5;z-index:5" },
    el("input", { style: "flex:1;height:36px;border:1px solid #ddd;border-radius:18px;padding:0 12px", placeholder: item.hint, value: item.value, enterkeyhint: "send", onkeydown: (event) => event.key === "Enter" && act(item.does) }),
    el("div", dressed(item, "width:40px;height:36px;display:flex;align-items:center;justify-content:center;color:#1677ff"), item.t ? words(item) : icon("arrow"))),
  codes: (item) => {
    const boxes = [...Array(item.count)].map((_, place) => el("input", {
      maxlength: 1, inputmode: "numeric", style: "width:40px;height:46px;text-align:center;font-size:20px;border:1px solid #bbb;border-radius:6px",
      oninput: () => { if (boxes.every((one) => one.value)) act(item.does); else boxes[place + 1] && boxes[place + 1].focus(); },
    }));
    return el("div", { style: "display:flex;gap:8px;justify-content:center;padding:20px" }, boxes);
  },
  single: (item) => el("div", { style: "padding:16px" }, el("input", { maxlength: item.count, inputmode: "numeric", placeholder: item.hint, style: "width:100%;height:44px;border:0;border-bottom:2px solid #1677ff;font-size:20px;letter-spacing:6px;background:none",
    oninput: (event) => { if (event.target.value.length === item.count) act(item.does); } })),
  pad: (item) => el("div", { style: "position:fixed;left:0;right:0;bottom:0;display:grid;grid-template-columns:repeat(3,1fr);gap:1px;background:#ddd;z-index:9" },
    [..."123456789", "", "0", "⌫"].map((key) => el("div", { style: "height:52px;line-height:52px;text-align:center;background:#fff;font-size:22px;cursor:pointer", onclick: () => key && act(item.does) }, key))),
  countdown: (item) => {
    const shown = el("p", { style: "margin:14px 16px;font-size:16px;text-align:center" }, item.t.replace("#", item.seconds));
    setTimeout(() => { itself(); act(item.does); }, item.after);
    return shown;
  },
  track: (item) => {
    const knob = el("div", { style: "position:absolute;left:2px;top:2px;width:46px;height:46px;border-radius:23px;background:#1677ff;color:#fff;display:flex;align-items:center;justify-content:center" }, "»");
    const rail = el("div", { style: "position:relative;height:50px;margin:18px 16px;border-radius:25px;background:#e8e8e8;text-align:center;line-height:50px;color:#777;touch-action:none" }, item.t, knob);
    let from = null;
    knob.addEventListener("pointerdown", (event) => { from = event.clientX; knob.setPointerCapture(event.pointerId); });
    knob.addEventListener("pointermove", (event) => { if (from !== null && event.clientX - from > rail.clientWidth * 0.5) { from = null; act(item.does); } });
    return rail;
  },
  hold: (item) => {
    let timer = 0;
    return el("div", { role: item.role, style: "margin:18px 16px;height:46px;line-height:46px;border-radius:23px;background:#07c160;color:#fff;text-align:center;cursor:pointer", onpointerdown: () => { timer = setTimeout(() => act(item.does), 400); }, onpointerup: () => clearTimeout(timer) }, words(item));
  },
  links: (item) => el("p", { style: "margin:10px 16px;font-size:14px" }, item.items.flatMap((one) => [el("a", dressed(one, "color:#1677ff;margin-right:18px"), words(one))])),
  cover: (item) => el("div", { style: "position:fixed;inset:0;background:#0009;z-index:90;display:flex;align-items:center;justify-content:center" },
    el("div", { style: "width:290px;background:#fff;border-radius:12px;overflow:hidden;text-align:center" }, el("div", dressed(item, "padding:34px 20px;font-size:18px"), el("div", {}, item.t), item.note ? el("div", { style: "margin-top:12px;color:#888;font-size:13px" }, item.note) : null)),
    el("div", { style: "position:absolute;bottom:120px;color:#fff;border:1px solid #fff;border-radius:16px;width:32px;height:32px;line-height:30px;text-align:center;cursor:pointer", onclick: () => act("open") }, "×")),
};
