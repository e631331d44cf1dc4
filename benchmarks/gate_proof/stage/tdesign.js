// Pages of TDesign for mobile Vue.
import TDesign from "tdesign-mobile-vue";
import "tdesign-mobile-vue/es/style/index.css";
import { act, stage } from "./frame.js";
import { h, vue, words } from "./vue.js";

const T = TDesign.default || TDesign;
import * as all from "tdesign-mobile-vue";
const on = (item) => ({ onClick: () => act(item.does), "aria-label": item.aria });
const parts = {
  head: (spec) => h(all.Navbar, { title: spec.title, leftArrow: spec.back, fixed: false, onLeftClick: () => act("nav") }),
  button: (item) => h("div", { style: "margin:12px 16px" }, h(all.Button, { theme: item.style === "plain" ? "default" : item.style === "warn" ? "danger" : "primary", block: !item.mini, size: item.mini ? "small" : "large", variant: item.style === "plain" ? "outline" : "base", ...on(item) }, () => words(item))),
  cell: (item) => h(all.Cell, { title: item.t, note: item.value, description: item.note, arrow: item.arrow, hover: true, ...on(item) }),
  field: (item, own) => (item.long ? h(all.Textarea, { ...own(item, item.value || ""), label: item.t, placeholder: item.hint }) : h(all.Input, { ...own(item, item.value || ""), label: item.t, placeholder: item.hint, type: item.type || "text", onEnter: () => act(item.does), onBlur: () => item.leave && act(item.leave) })),
  search: (item, own) => h("div", { style: "padding:8px 12px" }, h(all.Search, { ...own(item, item.value || ""), placeholder: item.hint, action: item.t || "", onSubmit: () => act(item.does), onActionClick: () => act(item.does) })),
  radios: (item, own) => h(all.RadioGroup, own(item, item.on), () => item.options.map((one, place) => h(all.Radio, { value: place, label: one.t, onChange: () => act(one.does), onClick: () => act(one.does) }))),
  checks: (item) => item.options.map((one, place) => h(all.Checkbox, { checked: place === item.on, label: one.t, onChange: () => act(one.does) })),
  switch: (item) => h(all.Cell, { title: item.t }, { note: () => h(all.Switch, { value: !!item.on, onChange: () => act(item.does) }) }),
  tabs: (item) => h(all.Tabs, { value: String(item.on), onChange: (value) => act(item.items[Number(value)].does), onClick: () => {} }, () => item.items.map((one, place) => h(all.TabPanel, { value: String(place), label: one.t }))),
  tabbar: (item) => h(all.TabBar, { value: String(item.on), split: false, onChange: (value) => act(item.items[Number(value)].does) }, () => item.items.map((one, place) => h(all.TabBarItem, { value: String(place) }, () => one.t))),
  grid: (item) => h(all.Grid, { column: 4 }, () => item.items.map((one) => h(all.GridItem, { text: one.t, image: "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==", ...on(one) }))),
  dialog: (item) => h(all.Dialog, { visible: true, title: item.title, content: item.message, cancelBtn: item.answers.length > 1 ? item.answers[0].t : null, confirmBtn: item.answers.at(-1).t, onCancel: () => act(item.answers[0].does), onConfirm: () => act(item.answers.at(-1).does) }),
  sheet: (item) => h(all.ActionSheet, { visible: true, description: item.title, items: item.items.map((one) => one.t), cancelText: item.cancel, onSelected: (_, place) => act(item.items[place].does), onCancel: () => act("open") }),
  picker: (item) => h(all.Popup, { visible: true, placement: "bottom" }, () => h(all.Picker, { title: item.title, columns: [item.items.map((text) => ({ label: text, value: text }))], confirmBtn: item.confirm, cancelBtn: item.cancel, onConfirm: () => act(item.does), onCancel: () => act("open"), onPick: () => act(item.pick || "none") })),
  calendar: (item) => h(all.Calendar, { visible: true, title: item.title, confirmBtn: item.confirm, onConfirm: () => act(item.does) }),
  slider: (item) => h("div", { style: "padding:26px 20px;background:#fff" }, [h("div", {}, item.t), h(all.Slider, { modelValue: 20, onChange: () => act(item.does) })]),
  swipe: (item) => h(all.SwipeCell, { onChange: () => act(item.does), right: [{ text: item.action }] }, () => h(all.Cell, { title: item.t, note: item.value })),
  stepper: (item) => h(all.Cell, { title: item.t }, { note: () => h(all.Stepper, { value: 1, onChange: () => act(item.does) }) }),
};
stage(vue(parts, (app) => app.use(T)));
