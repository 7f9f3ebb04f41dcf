// The panel of citations: which turn's cards it shows, which card is open. On a phone it is a sheet that
// comes up over the conversation.
import { byId, show, words } from "./common.js";

let cameFrom = null; // the mark that was followed, where the eye goes back to

function earlier() {
  let place = byId("earlier");
  if (!place) {
    place = document.createElement("div");
    place.id = "earlier";
    place.className = "prose";
    byId("cards").before(place);
  }
  return place;
}

// The newest turn's cards are Gradio's; those of an earlier turn are fetched when one of its marks is followed.
export function newestEvidence() {
  if (!byId("cards")) return;
  earlier().replaceChildren();
  byId("evidence").classList.remove("looking-back");
  byId("evidence").scrollTop = 0;
}

async function fetchCards(turn) {
  const route = turn && turn.querySelector("button.sources");
  if (!route || !route.value) return false;
  const place = earlier();
  try {
    const answer = await fetch(route.value);
    if (!answer.ok) throw new Error(String(answer.status));
    // The server's own HTML, every word of it escaped.
    place.innerHTML = await answer.text();
  } catch {
    const line = document.createElement("p");
    line.className = "line";
    line.textContent = words.evidenceBroken;
    place.replaceChildren(line);
  }
  byId("evidence").classList.add("looking-back");
  return true;
}

async function openCard(id) {
  const number = id.split("-")[1];
  if (byId("cards").querySelector(`[id="${id}"]`)) newestEvidence();
  else if (!earlier().querySelector(`[id="${id}"]`)) await fetchCards(byId(`turn-${number}`));
  byId("evidence").classList.add("up");
  const card = byId(id);
  if (!card) return;
  for (const other of document.querySelectorAll("#evidence .card")) {
    other.classList.toggle("chosen", other === card);
    other.open = other === card;
  }
  requestAnimationFrame(() => {
    centreQuote(card);
    show(card, "nearest");
    card.querySelector("summary").focus({ preventScroll: true });
    show(card.querySelector("mark") || card, "center");
  });
}

export function closeEvidence() {
  const evidence = byId("evidence");
  if (!evidence || !evidence.classList.contains("up")) return;
  evidence.classList.remove("up");
  if (cameFrom && cameFrom.isConnected) cameFrom.focus({ preventScroll: true });
}

function centreQuote(card) {
  const section = card.querySelector(".section");
  const quote = card.querySelector("mark");
  if (section && quote) {
    section.scrollTop += quote.getBoundingClientRect().top - section.getBoundingClientRect().top - 60;
  }
}

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  const mark = target.closest("a.cite");
  const sources = target.closest("button.sources");
  const back = target.closest("#evidence a.back");
  if (mark) {
    event.preventDefault();
    cameFrom = mark;
    await openCard(mark.getAttribute("href").slice(1));
  } else if (sources) {
    cameFrom = sources;
    const first = sources.closest(".turn").querySelector("a.cite");
    if (first) await openCard(first.getAttribute("href").slice(1));
  } else if (back) {
    event.preventDefault();
    const turn = byId(back.getAttribute("href").slice(1));
    closeEvidence();
    if (turn) show(turn, "start");
  } else if (target.closest("button.close-evidence")) {
    closeEvidence();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) closeEvidence();
});

document.addEventListener("toggle", (event) => {
  if (event.target instanceof Element && event.target.matches("details.card[open]")) centreQuote(event.target);
}, true);
