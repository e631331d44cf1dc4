// Loaded by every page.
import { startNotices } from "./notices.js";
import { startShortcuts } from "./shortcuts.js";
import { startSure } from "./sure.js";
import { startTheme } from "./theme.js";
import { startTimes } from "./times.js";

startTheme();
startTimes();
startNotices();
startShortcuts();
startSure();
