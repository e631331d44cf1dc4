// What a helpdesk says to a frame in its page: which ticket it shows. Only the page around us is heard, and only when
// it is of an origin that may frame us; what it says is a hint and opens nothing.
const ASK_MS = 1000;
const TIMES = 5; // some helpdesks lose the first question
const NUMBER = /^\d{1,18}$/;

export function hear(how, heard) {
  SPEAKS[how.speaks]?.(how, heard);
}

export function isOf(origins, origin) {
  return origins.some((each) => {
    if (each === "self") return origin === location.origin;
    const [scheme, host] = each.split("://*");
    return host ? origin.startsWith(`${scheme}://`) && origin.endsWith(host) : origin === each;
  });
}

function said(event) {
  if (typeof event.data !== "string") return event.data;
  try {
    return JSON.parse(event.data);
  } catch {
    return null; // not for us
  }
}

function number(value) {
  const text = String(value ?? "");
  return NUMBER.test(text) ? text : "";
}

// The question holds nothing of ours, so that it may go to whoever frames us: the browser lets no one else.
function chatwoot({ origins }, heard) {
  const ask = () => window.parent.postMessage("chatwoot-dashboard-app:fetch-info", "*");
  let left = TIMES;
  const asking = setInterval(() => (left-- > 0 ? ask() : clearInterval(asking)), ASK_MS);
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || !isOf(origins, event.origin)) return;
    const told = said(event);
    const ticket = told?.event === "appContext" && number(told.data?.conversation?.id);
    if (!ticket) return;
    clearInterval(asking);
    heard({ ticket, account: number(told.data.conversation.account_id) });
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  window.addEventListener("focus", ask);
  ask();
}

function zendesk({ origins }, heard) {
  const given = new URLSearchParams(location.search);
  const origin = given.get("origin") ?? "";
  const guid = given.get("app_guid") ?? "";
  if (!guid || !isOf(origins, origin)) return;
  const send = (message) =>
    window.parent.postMessage(JSON.stringify({ ...message, appGuid: guid, instanceGuid: guid }), origin);
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== origin) return;
    const told = said(event);
    if (told?.key === "zaf.app.registered") send({ id: 1, request: "get", params: ["ticket.id"] });
    const ticket = told?.id === 1 && number(told.result?.["ticket.id"]);
    if (ticket) heard({ ticket, account: "" });
  });
  send({ key: "iframe.handshake", message: { version: "2.0.9" } });
}

const SPEAKS = { chatwoot, zendesk };
