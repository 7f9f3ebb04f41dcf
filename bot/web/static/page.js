"use strict";
// The page's own behaviour: asking by a click, following a mark to its citation, keeping the newest
// turn in view. Everything else is drawn by the server.

// Gradio picks the language of its notices from the browser; this page is Chinese for everybody.
for (const [name, value] of [["language", "zh-CN"], ["languages", ["zh-CN", "zh"]]]) {
  Object.defineProperty(navigator, name, { get: () => value });
}

const byId = (id) => document.getElementById(id);
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const show = (element, block) =>
  element.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block, inline: "nearest" });

function ask(text) {
  const box = document.querySelector("#question textarea");
  const send = byId("send");
  if (!box || !send) return;
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  // The component takes the text over on the next turn of the event loop.
  setTimeout(() => send.click(), 50);
}

function turnOf(card) {
  return [...card.classList].find((name) => name.startsWith("turn-"));
}

// Cards of earlier turns stay hidden until one of their marks is followed.
function showTurn(turn) {
  const evidence = byId("evidence");
  const earlier = [...evidence.querySelectorAll("#past-cards .card, #past-cards .evidence-of")];
  let found = false;
  for (const part of earlier) {
    const wanted = turnOf(part) === turn;
    part.classList.toggle("shown", wanted);
    found = found || wanted;
  }
  evidence.classList.toggle("looking-back", found);
}

function openCard(id) {
  const card = byId(id);
  if (!card) return;
  showTurn(turnOf(card));
  for (const other of document.querySelectorAll("#evidence .card")) {
    other.classList.remove("chosen");
    other.open = other === card;
  }
  card.classList.add("chosen");
  requestAnimationFrame(() => {
    centreQuote(card);
    show(card, "nearest");
    card.querySelector("summary").focus({ preventScroll: true });
    show(card.querySelector("mark") || card, "center");
  });
}

function centreQuote(card) {
  const section = card.querySelector(".section");
  const quote = card.querySelector("mark");
  if (section && quote) section.scrollTop = quote.offsetTop - section.offsetTop - 40;
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const link = target && target.closest("a.cite, a.back");
  const question = target && target.closest("button.ask");
  if (question) {
    ask(question.textContent);
  } else if (link) {
    event.preventDefault();
    const id = link.getAttribute("href").slice(1);
    if (link.classList.contains("cite")) openCard(id);
    else if (byId(id)) show(byId(id), "start");
  }
});

document.addEventListener("toggle", (event) => {
  if (event.target instanceof Element && event.target.matches("details.card[open]")) centreQuote(event.target);
}, true);

// Once the page stands: be ready to type where that opens no keyboard over the page, and let screen
// readers hear answers as they come.
function prepare() {
  const box = document.querySelector("#question textarea");
  if (!box || !byId("current")) return false;
  byId("current").setAttribute("aria-live", "polite");
  if (window.matchMedia("(min-width: 901px)").matches) box.focus();
  return true;
}

// A new turn: bring its question to the top, put earlier citations away, scroll the evidence back.
let newest = null;
let prepared = false;
new MutationObserver(() => {
  prepared = prepared || prepare();
  const turn = document.querySelector("#current .turn");
  const id = turn ? turn.id : null;
  if (id === newest) return;
  newest = id;
  const evidence = byId("evidence");
  if (!evidence) return;
  showTurn(null);
  evidence.scrollTop = 0;
  if (turn) show(turn, "start");
}).observe(document, { childList: true, subtree: true });
