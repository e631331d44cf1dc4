// Pages of Ant Design Mobile.
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";
import * as antd from "antd-mobile";
import "antd-mobile/bundle/style.css";
import { plain } from "./plain.js";
import { act, stage } from "./frame.js";

const words = (item) => (item.spans ? [...item.t].map((letter, place) => h("span", { key: place }, letter)) : item.t);
const on = (item) => ({ onClick: () => act(item.does), "aria-label": item.aria });
const parts = {
  head: (spec) => h(antd.NavBar, { back: spec.back ? spec.backWords || undefined : null, backIcon: spec.back, onBack: () => act("nav") }, spec.title),
  button: (item) => h("div", { style: { margin: "12px 16px" } }, h(antd.Button, { color: item.style === "plain" ? "default" : item.style === "warn" ? "danger" : "primary", fill: item.style === "plain" ? "outline" : "solid", block: !item.mini, size: item.mini ? "small" : "middle", ...on(item) }, words(item))),
  cell: (item) => h(antd.List, null, h(antd.List.Item, { description: item.note, extra: item.value, arrow: item.arrow, clickable: true, ...on(item) }, words(item))),
  field: (item) => h(antd.List, null, h(antd.List.Item, { prefix: item.t }, item.long ? h(antd.TextArea, { placeholder: item.hint, defaultValue: item.value }) : h(antd.Input, { placeholder: item.hint, defaultValue: item.value, type: item.type || "text", clearable: item.clear, onEnterPress: () => act(item.does), onBlur: () => item.leave && act(item.leave) }))),
  search: (item) => h("div", { style: { padding: "8px 12px", display: "flex", alignItems: "center" } }, h("div", { style: { flex: 1 } }, h(antd.SearchBar, { placeholder: item.hint, defaultValue: item.value, onSearch: () => act(item.does) })), item.t && h(antd.Button, { size: "small", fill: "none", onClick: () => act(item.does) }, item.t)),
  radios: (item) => h(antd.Radio.Group, { defaultValue: item.on }, item.options.map((one, place) => h("div", { key: place, style: { padding: "10px 16px", background: "#fff" } }, h(antd.Radio, { value: place, onChange: () => act(one.does) }, one.t)))),
  checks: (item) => h("div", null, item.options.map((one, place) => h("div", { key: place, style: { padding: "10px 16px", background: "#fff" } }, h(antd.Checkbox, { defaultChecked: place === item.on, onChange: () => act(one.does) }, one.t)))),
  switch: (item) => h(antd.List, null, h(antd.List.Item, { extra: h(antd.Switch, { defaultChecked: item.on, onChange: () => act(item.does) }) }, item.t)),
  tabs: (item) => h(antd.Tabs, { activeKey: String(item.on), onChange: (key) => act(item.items[Number(key)].does) }, item.items.map((one, place) => h(antd.Tabs.Tab, { title: one.t, key: String(place) }))),
  tabbar: (item) => h("div", { style: { position: "fixed", bottom: 0, left: 0, right: 0, background: "#fff" } }, h(antd.TabBar, { activeKey: String(item.on), onChange: (key) => act(item.items[Number(key)].does) }, item.items.map((one, place) => h(antd.TabBar.Item, { key: String(place), title: one.t, icon: h("b", null, "◻") })))),
  grid: (item) => h(antd.Grid, { columns: 4, gap: 8, style: { padding: 12 } }, item.items.map((one, place) => h(antd.Grid.Item, { key: place, ...on(one), style: { textAlign: "center", fontSize: 12, cursor: "pointer" } }, h("div", { style: { width: 36, height: 36, background: "#fa8", borderRadius: 18, margin: "auto" } }), one.t))),
  dialog: (item) => h(antd.Dialog, { visible: true, title: item.title, content: item.message, closeOnAction: false, actions: item.answers.length > 2 || !item.row ? item.answers.map((one, place) => ({ key: String(place), text: one.t, onClick: () => act(one.does) })) : [item.answers.map((one, place) => ({ key: String(place), text: one.t, onClick: () => act(one.does) }))] }),
  sheet: (item) => h(antd.ActionSheet, { visible: true, extra: item.title, cancelText: item.cancel, actions: item.items.map((one, place) => ({ key: String(place), text: one.t, onClick: () => act(one.does) })), onClose: () => act("open") }),
  picker: (item) => h(antd.Picker, { visible: true, title: item.title, columns: [item.items.map((text) => ({ label: text, value: text }))], confirmText: item.confirm, cancelText: item.cancel, onConfirm: () => act(item.does), onCancel: () => act("open"), onSelect: () => act(item.pick || "none") }),
  slider: (item) => h("div", { style: { padding: "26px 20px", background: "#fff" } }, item.t, h(antd.Slider, { defaultValue: 20, onAfterChange: () => act(item.does) })),
  swipe: (item) => h(antd.SwipeAction, { rightActions: [{ key: "one", text: item.action, color: "danger", onClick: () => act(item.does) }], onActionsReveal: () => act(item.does) }, h(antd.List.Item, { extra: item.value }, item.t)),
  stepper: (item) => h(antd.List, null, h(antd.List.Item, { extra: h(antd.Stepper, { defaultValue: 1, onChange: () => act(item.does) }) }, item.t)),
};
const put = (item, place) => h("div", { key: place, ref: (holder) => { if (holder && !holder.firstChild && plain[item.k]) holder.append(plain[item.k](item)); } });
stage((holder, spec) => {
  const root = createRoot(holder);
  root.render(h("div", null, spec.title ? parts.head(spec) : null, spec.body.map((item, place) => (parts[item.k] ? h("div", { key: place }, parts[item.k](item)) : put(item, place)))));
  return () => root.unmount();
}, () => new Promise((done) => setTimeout(done, 60)));
