// Pages of Vant.
import * as vant from "vant";
import "vant/lib/index.css";
import "@vant/touch-emulator";
import { act, stage } from "./frame.js";
import { h, vue, words } from "./vue.js";

const on = (item) => ({ onClick: () => act(item.does), "aria-label": item.aria });
const parts = {
  head: (spec) => h(vant.NavBar, { title: spec.title, leftArrow: spec.back && !spec.backWords, leftText: spec.backWords || "", onClickLeft: () => act("nav") }),
  button: (item) => h("div", { style: "margin:12px 16px" }, h(vant.Button, { type: item.style === "plain" ? "default" : item.style === "warn" ? "danger" : "primary", block: !item.mini, size: item.mini ? "small" : "normal", round: item.round, ...on(item) }, () => words(item))),
  cell: (item) => h(vant.Cell, { title: item.t, value: item.value, label: item.note, isLink: item.arrow, clickable: true, ...on(item) }),
  field: (item, own) => h(vant.Field, { ...own(item, item.value || ""), label: item.t, placeholder: item.hint, type: item.long ? "textarea" : item.type || "text", clearable: item.clear, onKeydown: (event) => event.key === "Enter" && act(item.does), onBlur: () => item.leave && act(item.leave) }),
  search: (item, own) => h(vant.Search, { ...own(item, item.value || ""), placeholder: item.hint, showAction: !!item.t, onSearch: () => act(item.does) }, { action: () => h("div", { onClick: () => act(item.does) }, item.t) }),
  radios: (item, own) => h(vant.RadioGroup, own(item, item.on), () => item.options.map((one, place) => h(vant.Radio, { name: place, style: "padding:10px 16px;background:#fff", ...on(one) }, () => one.t))),
  checks: (item) => item.options.map((one, place) => h(vant.Checkbox, { modelValue: place === item.on, shape: "square", style: "padding:10px 16px;background:#fff", ...on(one) }, () => one.t)),
  switch: (item) => h(vant.Cell, { title: item.t, center: true }, { "right-icon": () => h(vant.Switch, { modelValue: !!item.on, "aria-label": item.aria, onChange: () => act(item.does), onClick: () => act(item.does) }) }),
  tabs: (item) => h(vant.Tabs, { active: item.on, onClickTab: (tab) => act(item.items[tab.name].does) }, () => item.items.map((one) => h(vant.Tab, { title: one.t }))),
  tabbar: (item) => h(vant.Tabbar, { modelValue: item.on }, () => item.items.map((one) => h(vant.TabbarItem, { icon: "home-o", ...on(one) }, () => one.t))),
  grid: (item) => h(vant.Grid, { columnNum: 4, clickable: true }, () => item.items.map((one) => h(vant.GridItem, { icon: "photo-o", text: one.t, ...on(one) }))),
  submit: (item) => h(vant.SubmitBar, { price: item.cents, buttonText: item.t, label: item.left, onSubmit: () => act(item.does) }),
  actionbar: (item) => h(vant.ActionBar, () => [...item.icons.map((one) => h(vant.ActionBarIcon, { icon: "chat-o", text: one.t, ...on(one) })), ...item.buttons.map((one, place) => h(vant.ActionBarButton, { type: place ? "danger" : "warning", text: one.t, ...on(one) }))]),
  dialog: (item) => h(vant.Dialog, { show: true, title: item.title, message: item.message, showCancelButton: item.answers.length > 1, cancelButtonText: item.answers.length > 1 ? item.answers[0].t : "", confirmButtonText: item.answers.at(-1).t, transition: "", onCancel: () => act(item.answers[0].does), onConfirm: () => act(item.answers.at(-1).does), beforeClose: () => false, ref: (one) => one, teleport: "body", theme: item.round ? "round-button" : "default" }),
  sheet: (item) => h(vant.ActionSheet, { show: true, description: item.title, cancelText: item.cancel, duration: 0, actions: item.items.map((one) => ({ name: one.t, callback: () => act(one.does) })), onCancel: () => act("open") }),
  picker: (item) => h(vant.Popup, { show: true, position: "bottom", duration: 0 }, () => h(vant.Picker, { title: item.title, columns: item.items.map((text) => ({ text, value: text })), confirmButtonText: item.confirm, cancelButtonText: item.cancel, onConfirm: () => act(item.does), onCancel: () => act("open"), onChange: () => act(item.pick || "none") })),
  calendar: (item) => h(vant.Calendar, { show: true, title: item.title, confirmText: item.confirm, poppable: true, onConfirm: () => act(item.does) }),
  slider: (item) => h("div", { style: "padding:26px 20px;background:#fff" }, [h("div", { style: "margin-bottom:14px" }, item.t), h(vant.Slider, { modelValue: 20, onChange: () => act(item.does), "onUpdate:modelValue": () => act(item.does) })]),
  swipe: (item) => h(vant.SwipeCell, { onOpen: () => act(item.does) }, { default: () => h(vant.Cell, { title: item.t, value: item.value }), right: () => h(vant.Button, { square: true, type: "danger", text: item.action, ...on(item) }) }),
  stepper: (item) => h(vant.Cell, { title: item.t }, { value: () => h(vant.Stepper, { modelValue: 1, onPlus: () => act(item.does), onMinus: () => act(item.does) }) }),
  price: (item) => h(vant.Card, { title: item.t, desc: item.note, price: item.price, num: item.num, ...on(item) }),
};
stage(vue(parts, (app) => app.use(vant.default)));
