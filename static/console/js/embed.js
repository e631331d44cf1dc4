// The panel inside a helpdesk's page: the live ticket page without the house around it.
import { startNotices } from "./shared/notices.js";
import { startPresses } from "./presses.js";
import { startShortcuts } from "./shared/shortcuts.js";
import { startSure } from "./shared/sure.js";
import { startTimes } from "./shared/times.js";
import { startPictures } from "./embed/pictures.js";
import "./embed/following.js";
import "./ticket.js";

startTimes();
startNotices();
startPresses();
startShortcuts();
startSure();
startPictures();
