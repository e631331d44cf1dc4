// The frame that every stage shares: build(spec) draws one page anew, from the library's own parts and the plain ones.
import { act } from "./recorder.js";
import { el, plain } from "./plain.js";

const lay = document.createElement("style");
lay.textContent = "html,body{margin:0;background:#f4f5f7;min-height:100%}#stage{min-height:100vh;padding-bottom:70px;box-sizing:border-box}";

export function stage(draw, after = () => {}) {
  document.head.append(lay);
  window.build = async (spec) => {
    (window.__undo || (() => {}))();
    document.querySelectorAll("body > *").forEach((one) => one.tagName !== "SCRIPT" && one.remove());
    window.scrollTo(0, 0);
    document.activeElement && document.activeElement.blur && document.activeElement.blur();
    const root = el("div", { id: "stage" });
    document.body.append(root);
    if (spec.native) root.dataset.form = "1";
    window.__undo = await draw(root, spec);
    await after(spec);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    window.__clear();
  };
}

// A DOM renderer for libraries that are markup and classes: `parts` first, then the plain controls.
export function dom(parts) {
  return (root, spec) => {
    const make = (item) => (parts[item.k] || plain[item.k] || (() => el("div")))(item);
    if (spec.title) root.append(parts.head(spec));
    spec.body.forEach((item) => root.append(make(item)));
    return () => {};
  };
}
export { act, el, plain };
