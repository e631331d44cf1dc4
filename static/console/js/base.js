// Loaded by every page.
import { startAlerts } from "./alerts/calls.js";
import { startBack } from "./back.js";
import { startCopying } from "./copying.js";
import { startMenu } from "./menu.js";
import { startNotices } from "./shared/notices.js";
import { startPolls } from "./live/polls.js";
import { startPresses } from "./presses.js";
import { startSession } from "./shared/session.js";
import { startShortcuts } from "./shared/shortcuts.js";
import { startSure } from "./shared/sure.js";
import { startTheme } from "./shared/theme.js";
import { startUndo } from "./shared/undo.js";
import { startTimes } from "./shared/times.js";

startTheme();
startTimes();
startUndo();
startMenu();
startNotices();
startCopying();
startShortcuts();
startSure();
startPolls();
startPresses();
startSession();
startAlerts();
startBack();
