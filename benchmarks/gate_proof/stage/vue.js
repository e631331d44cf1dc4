// Draws a page of a Vue library: `parts` make its own components, the plain controls are put in as they are.
import { createApp, h, reactive } from "vue";
import { plain } from "./plain.js";

export { h };
export const words = (item) => (item.spans ? [...item.t].map((letter) => h("span", letter)) : item.t);

export function vue(parts, use) {
  return (root, spec) => {
    const kept = reactive({});
    const own = (item, value) => { if (!(item.id in kept)) kept[item.id] = value; return { modelValue: kept[item.id], "onUpdate:modelValue": (now) => { kept[item.id] = now; } }; };
    const put = (item) => h("div", { ref: (holder) => { if (holder && !holder.firstChild && plain[item.k]) holder.append(plain[item.k](item)); } });
    const app = createApp({ render: () => h("div", [spec.title ? parts.head(spec, own) : null, ...spec.body.map((item) => (parts[item.k] ? parts[item.k](item, own) : put(item)))]) });
    use(app);
    app.mount(root);
    return () => app.unmount();
  };
}
