// All screens, in the order of the navigation.

import { showChannels } from "./channels.js";
import { showInbox } from "./inbox.js";
import { showIntegrations } from "./integrations.js";
import { showKeys } from "./keys.js";
import { showKnowledge } from "./knowledge.js";
import { showLeads } from "./leads.js";
import { showLoops } from "./loops.js";
import { showMembers } from "./members.js";
import { showOverview } from "./overview.js";
import { showSettings } from "./settings.js";
import { may } from "./state.js";
import { showTry } from "./try.js";
import { showUnanswered } from "./unanswered.js";
import { showUsage } from "./usage.js";
import { showWebhooks } from "./webhooks.js";

/**
 * @typedef {{
 *   name: string, title: string, icon: string, group: string, needsChatbot: boolean,
 *   needs?: import("./state.js").Access,
 *   show: (page: HTMLElement, rest: string[]) => unknown,
 * }} Screen
 */

/** @type {Screen[]} */
const ALL = [
  { name: "overview", title: "Overview", icon: "overview", group: "", needsChatbot: true, show: showOverview },
  { name: "inbox", title: "Inbox", icon: "inbox", group: "", needsChatbot: false, show: showInbox },
  { name: "leads", title: "Leads", icon: "leads", group: "", needsChatbot: true, show: showLeads },
  {
    name: "knowledge",
    title: "Knowledge",
    icon: "knowledge",
    group: "Answers",
    needsChatbot: true,
    show: showKnowledge,
  },
  {
    name: "try",
    title: "Ask and see",
    icon: "try",
    group: "Answers",
    needsChatbot: true,
    needs: "edit",
    show: showTry,
  },
  {
    name: "unanswered",
    title: "Unanswered",
    icon: "question",
    group: "Answers",
    needsChatbot: true,
    show: showUnanswered,
  },
  { name: "settings", title: "Chatbot", icon: "settings", group: "Setup", needsChatbot: true, show: showSettings },
  {
    name: "integrations",
    title: "Integrations",
    icon: "integrations",
    group: "Setup",
    needsChatbot: true,
    show: showIntegrations,
  },
  { name: "channels", title: "Channels", icon: "channels", group: "Setup", needsChatbot: true, show: showChannels },
  { name: "loops", title: "Agent loops", icon: "loops", group: "Setup", needsChatbot: true, show: showLoops },
  { name: "webhooks", title: "Webhooks", icon: "webhooks", group: "Setup", needsChatbot: true, show: showWebhooks },
  { name: "keys", title: "API keys", icon: "keys", group: "Workspace", needsChatbot: false, show: showKeys },
  { name: "members", title: "Members", icon: "members", group: "Workspace", needsChatbot: false, show: showMembers },
  { name: "usage", title: "Usage and plan", icon: "usage", group: "Workspace", needsChatbot: true, show: showUsage },
];

/** Those that whoever is signed in has a use for. */
export const screens = () => ALL.filter((screen) => !screen.needs || may(screen.needs));
