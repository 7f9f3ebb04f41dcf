// The chat's own behaviour: asking by a click, asking anew, opening a conversation, keeping the newest turn
// in view. What is shown is drawn by the server; how it is set, by Gradio.
import { closeEvidence, newestEvidence } from "./evidence.js";
import { watchAnswers } from "./answers.js";
import { closeDrawer, markCurrent, refreshTalks } from "./talks.js";
import { byId, current, put, show, tell, words } from "./common.js";

const wide = () => window.matchMedia("(min-width: 901px)").matches;
const box = () => document.querySelector("#question textarea");
const answering = () => byId("desk") && byId("desk").classList.contains("answering");
const DRAFT = "youju-draft"; // what was typed and not sent when the page was left or had to be read anew
let typed = ""; // the question as it was typed, which the page may show shortened

function ask(text, replaces = "") {
  if (!box() || answering()) return;
  typed = text;
  put("replaces", replaces);
  put("question", text);
  // The component takes the text over on the next turn of the event loop.
  setTimeout(() => byId("send").click(), 50);
}

function questionOf(button) {
  const shown = button.closest(".turn").querySelector(".question span");
  const text = shown ? shown.textContent : "";
  return typed.replace(/\s+/g, " ").startsWith(text.slice(0, 500)) ? typed : text;
}

function editing(on) {
  let line = byId("editing");
  if (!line) {
    line = document.createElement("p");
    line.id = "editing";
    const leave = document.createElement("button");
    leave.type = "button";
    leave.textContent = words.leave;
    leave.addEventListener("click", () => {
      put("replaces", "");
      put("question", "");
      editing(false);
    });
    line.append(words.editing, leave);
    byId("box").before(line);
  }
  line.hidden = !on;
}

function open(identity, remember) {
  if (answering()) {
    // The answer goes on without this page; it is read anew, and nothing of it lands in the wrong place.
    location.href = identity ? `/?c=${encodeURIComponent(identity)}` : "/";
    return;
  }
  if (remember) history.pushState(null, "", identity ? `/?c=${encodeURIComponent(identity)}` : "/");
  put("conversation", identity);
  put("replaces", "");
  byId("desk").classList.add("opening");
  setTimeout(() => byId("open").click(), 50);
  closeDrawer();
  closeEvidence();
  markCurrent(identity);
  if (wide() && box()) box().focus();
}

const named = () => new URLSearchParams(location.search).get("c") || "";
window.addEventListener("popstate", () => open(named(), false));
document.addEventListener("youju-open", (event) => open(event.detail, true));

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  const question = target.closest("button.ask");
  const again = target.closest(".actions .retry, .actions .edit");
  const talk = target.closest("#talks a[href^='/?c='], #talks a.new, .bar a.brand, .bar nav a[href='/']");
  if (question) {
    ask(question.textContent);
  } else if (again && again.classList.contains("retry")) {
    ask(questionOf(again), again.value);
  } else if (again) {
    put("replaces", again.value);
    put("question", questionOf(again));
    editing(true);
    box().focus();
  } else if (talk && box() && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    open(new URL(talk.href).searchParams.get("c") || "", true);
  } else if (target.closest("#send")) {
    typed = box().value;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target === box()) typed = box().value;
}, true);

// Once the page stands: be ready to type where that opens no keyboard over the page, and let screen
// readers hear an answer when it is whole.
function prepare() {
  if (!box() || !byId("current") || !document.querySelector("#current :is(.turn, .welcome)")) return false;
  byId("opening").hidden = true;
  byId("current").setAttribute("aria-live", "polite");
  byId("turns").setAttribute("tabindex", "0");
  byId("turns").setAttribute("role", "region");
  byId("turns").setAttribute("aria-label", words.turns);
  if (wide()) box().focus();
  const draft = sessionStorage.getItem(DRAFT);
  if (draft && !box().value) put("question", draft);
  sessionStorage.removeItem(DRAFT);
  refreshTalks();
  return true;
}

// Room below the newest turn, so that its question can be scrolled to the top.
function makeRoom(turn) {
  const turns = byId("turns");
  const end = Math.max(turn.getBoundingClientRect().bottom, byId("more").getBoundingClientRect().bottom);
  const missing = turns.clientHeight - (end - turn.getBoundingClientRect().top) - 40;
  const wanted = turn.classList.contains("turn") && byId("past").textContent ? Math.max(0, Math.round(missing)) : 0;
  turns.style.setProperty("--missing", `${wanted}px`);
}

// What the accordion of the scope does not say by itself.
function watchScope() {
  const button = document.querySelector("#scope > button");
  const opened = String(button.classList.contains("open"));
  if (button.getAttribute("aria-expanded") !== opened) button.setAttribute("aria-expanded", opened);
  const line = document.querySelector("#scope-line p");
  if (line && line.title !== line.textContent) line.title = line.textContent;
}

let prepared = false;
let before = { id: null, open: false };
const nearEnd = () => {
  const turns = byId("turns");
  return turns.scrollHeight - turns.scrollTop - turns.clientHeight < 120;
};

function look() {
  watchFailures();
  prepared = prepared || prepare();
  const place = byId("current");
  const first = place && place.querySelector(".turn, .welcome");
  if (!first) return;
  const now = { id: first.id, open: first.classList.contains("open") };
  watchAnswers();
  watchScope();
  makeRoom(first);
  if (first === before.first && now.open === before.open) return;
  const turned = first.classList.contains("turn") && now.id !== before.id;
  const started = turned || (now.open && !before.open);
  const ended = !now.open && (turned || before.open); // a quick answer comes whole
  const opened = byId("desk").classList.contains("opening");
  byId("desk").classList.toggle("answering", now.open);
  byId("desk").classList.toggle("asked", first.classList.contains("turn"));
  place.setAttribute("aria-busy", String(now.open));
  before = { ...now, first };
  if (started) {
    editing(false);
    newestEvidence();
    show(first, "start");
  }
  if (opened) {
    byId("desk").classList.remove("opening");
    editing(false);
    newestEvidence();
    show(first, "start");
  }
  if (started || ended) {
    const identity = current();
    if (identity && named() !== identity) {
      history.replaceState(null, "", `/?c=${encodeURIComponent(identity)}`);
    }
  }
  if (ended) {
    refreshTalks();
    if (nearEnd()) show(first, "nearest");
  }
}
new MutationObserver(look).observe(document.documentElement, {
  childList: true, subtree: true, attributes: true, attributeFilter: ["class"],
});

window.addEventListener("pagehide", () => {
  if (box() && box().value) sessionStorage.setItem(DRAFT, box().value);
});

// Gradio tells in a notice of its own, which is hidden, that something failed; afterwards it reads the page
// anew by itself where the connection was lost.
let failures = 0;
function watchFailures() {
  const count = document.querySelectorAll(".toast-body.error").length;
  if (count > failures) {
    byId("desk").classList.remove("opening");
    reach().then((reached) => { if (reached) tell(words.failed); });
  }
  failures = count;
}

// Whether the server can be reached is asked only while somebody looks.
let lost = false;
async function reach() {
  try {
    await fetch("/healthz", { cache: "no-store" });
  } catch {
    tellLost(true);
    return false;
  }
  if (lost) tellLost(false);
  return true;
}
function tellLost(now) {
  const line = byId("offline");
  line.hidden = false;
  line.textContent = now ? words.offline : words.online;
  line.classList.toggle("back", !now);
  if (!now) setTimeout(() => { line.hidden = true; }, 4000);
  lost = now;
}
window.addEventListener("offline", () => tellLost(true));
window.addEventListener("online", reach);
setInterval(() => { if (!document.hidden) reach(); }, 15000);
setInterval(() => { if (lost) reach(); }, 3000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { reach(); refreshTalks(); } });
