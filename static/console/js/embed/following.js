// A helpdesk may show another ticket and leave our frame as it is: a panel beside a stranger's words must not stay.
import { hear } from "./hearing.js";

const kept = document.getElementById("follows");

if (kept?.textContent) {
  const how = JSON.parse(kept.textContent);
  hear(how, ({ ticket, account }) => {
    if (account !== how.account || !how.tickets.includes(ticket)) location.replace(how.enter);
  });
}
