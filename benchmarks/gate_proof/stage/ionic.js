// Pages of Ionic's web components, with their shadow trees.
import "@ionic/core/css/ionic.bundle.css";
import { initialize } from "@ionic/core/components";
import * as parts_ from "@ionic/core/components";
import { words } from "./plain.js";
import { act, dom, el, stage } from "./frame.js";

import { defineCustomElement as app } from "@ionic/core/components/ion-app.js";
import { defineCustomElement as alertBox } from "@ionic/core/components/ion-alert.js";
import { defineCustomElement as button } from "@ionic/core/components/ion-button.js";
import { defineCustomElement as checkbox } from "@ionic/core/components/ion-checkbox.js";
import { defineCustomElement as header } from "@ionic/core/components/ion-header.js";
import { defineCustomElement as input } from "@ionic/core/components/ion-input.js";
import { defineCustomElement as item_ } from "@ionic/core/components/ion-item.js";
import { defineCustomElement as label } from "@ionic/core/components/ion-label.js";
import { defineCustomElement as list } from "@ionic/core/components/ion-list.js";
import { defineCustomElement as note } from "@ionic/core/components/ion-note.js";
import { defineCustomElement as radio } from "@ionic/core/components/ion-radio.js";
import { defineCustomElement as radioGroup } from "@ionic/core/components/ion-radio-group.js";
import { defineCustomElement as range } from "@ionic/core/components/ion-range.js";
import { defineCustomElement as searchbar } from "@ionic/core/components/ion-searchbar.js";
import { defineCustomElement as segment } from "@ionic/core/components/ion-segment.js";
import { defineCustomElement as segmentButton } from "@ionic/core/components/ion-segment-button.js";
import { defineCustomElement as sheet } from "@ionic/core/components/ion-action-sheet.js";
import { defineCustomElement as tabBar } from "@ionic/core/components/ion-tab-bar.js";
import { defineCustomElement as tabButton } from "@ionic/core/components/ion-tab-button.js";
import { defineCustomElement as textarea } from "@ionic/core/components/ion-textarea.js";
import { defineCustomElement as title } from "@ionic/core/components/ion-title.js";
import { defineCustomElement as toggle } from "@ionic/core/components/ion-toggle.js";
import { defineCustomElement as toolbar } from "@ionic/core/components/ion-toolbar.js";
import { defineCustomElement as buttons } from "@ionic/core/components/ion-buttons.js";

void parts_;
initialize({ animated: false, mode: "ios" });
[app, alertBox, button, buttons, checkbox, header, input, item_, label, list, note, radio, radioGroup, range, searchbar, segment, segmentButton, sheet, tabBar, tabButton, textarea, title, toggle, toolbar].forEach((define) => define());

const on = (item) => ({ onclick: () => act(item.does), "aria-label": item.aria });
const parts = {
  head: (spec) => el("ion-header", {}, el("ion-toolbar", {}, spec.back && el("ion-buttons", { slot: "start" }, el("ion-button", { onclick: () => act("nav") }, spec.backWords || "‹")), el("ion-title", {}, spec.title))),
  button: (item) => el("ion-button", { expand: item.mini ? undefined : "block", size: item.mini ? "small" : undefined, fill: item.style === "plain" ? "outline" : "solid", color: item.style === "warn" ? "danger" : "primary", style: "margin:12px 16px", ...on(item) }, words(item)),
  cell: (item) => el("ion-item", { button: true, detail: item.arrow ? "true" : "false", ...on(item) }, el("ion-label", {}, el("div", {}, words(item)), item.note && el("p", {}, item.note)), item.value && el("ion-note", { slot: "end" }, item.value)),
  field: (item) => el("ion-item", {}, el(item.long ? "ion-textarea" : "ion-input", { label: item.t, placeholder: item.hint, value: item.value, type: item.type || "text", onkeydown: (event) => event.key === "Enter" && act(item.does), "onionBlur": () => item.leave && act(item.leave) })),
  search: (item) => el("div", { style: "display:flex;align-items:center" }, el("ion-searchbar", { style: "flex:1", placeholder: item.hint, value: item.value, onkeydown: (event) => event.key === "Enter" && act(item.does) }), item.t && el("ion-button", { fill: "clear", onclick: () => act(item.does) }, item.t)),
  radios: (item) => el("ion-list", {}, el("ion-radio-group", { value: String(item.on) }, item.options.map((one, place) => el("ion-item", {}, el("ion-radio", { value: String(place), justify: "space-between", onclick: () => act(one.does) }, one.t))))),
  checks: (item) => el("ion-list", {}, item.options.map((one, place) => el("ion-item", {}, el("ion-checkbox", { checked: place === item.on, justify: "space-between", onionChange: () => act(one.does) }, one.t)))),
  switch: (item) => el("ion-item", {}, el("ion-toggle", { checked: item.on, onionChange: () => act(item.does) }, item.t)),
  tabs: (item) => el("ion-segment", { value: String(item.on) }, item.items.map((one, place) => el("ion-segment-button", { value: String(place), ...on(one) }, el("ion-label", {}, one.t)))),
  tabbar: (item) => el("ion-tab-bar", { "selected-tab": String(item.on), style: "position:fixed;bottom:0;left:0;right:0" }, item.items.map((one, place) => el("ion-tab-button", { tab: String(place), ...on(one) }, el("ion-label", {}, one.t)))),
  dialog: (item) => el("ion-alert", { is: "open" }),
  slider: (item) => el("div", { style: "padding:20px" }, el("div", {}, item.t), el("ion-range", { onionChange: () => act(item.does) })),
};
const overlays = { dialog: "ion-alert", sheet: "ion-action-sheet" };
stage((root, spec) => {
  const shown = spec.body.filter((item) => overlays[item.k]);
  const rest = { ...spec, body: spec.body.filter((item) => !overlays[item.k]) };
  dom(parts)(root, rest);
  return Promise.all(shown.map(async (item) => {
    const over = Object.assign(document.createElement(overlays[item.k]), {
      header: item.title, message: item.message, animated: false, backdropDismiss: false,
      buttons: (item.answers || [...item.items, { t: item.cancel, does: "open" }]).map((one) => ({ text: one.t, handler: () => { act(one.does); return false; } })),
    });
    document.body.append(over);
    await over.present();
  })).then(() => () => {});
}, () => new Promise((done) => setTimeout(done, 50)));
