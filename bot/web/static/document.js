"use strict";
// A document's page: to the quote, along the outline, links copied. Without this file the page still
// opens at the section its address names.
const sections = [...document.querySelectorAll(".section")];
const outline = document.querySelector(".outline details");
const toast = document.querySelector(".toast");
const wide = window.matchMedia("(min-width: 901px)");
const hashOf = () => {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return location.hash.slice(1); }
};

let hiding = 0;
function say(words) {
  if (!toast) return;
  toast.textContent = words;
  toast.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => toast.classList.remove("shown"), 4000);
}

// The last section that begins above a line a little below the top. Sections stand in order.
function current() {
  const line = 100;
  let low = 0, high = sections.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sections[middle].getBoundingClientRect().top <= line) low = middle; else high = middle - 1;
  }
  return low;
}

// The outline may leave out what is deep inside: the entry before a section stands for it.
const entries = new Map();
for (const entry of document.querySelectorAll(".outline li a")) {
  entries.set(decodeURIComponent(entry.getAttribute("href").slice(1)), entry);
}
let marked = null;
function follow() {
  const id = place();
  let at = sections.findIndex((section) => section.id === id);
  while (at >= 0 && !entries.has(sections[at].id)) at -= 1;
  const entry = at < 0 ? null : entries.get(sections[at].id);
  if (entry === marked) return;
  if (marked) marked.removeAttribute("aria-current");
  marked = entry;
  if (!entry) return;
  entry.setAttribute("aria-current", "location");
  const box = wide.matches ? outline.parentElement : entry.closest("details > ol");
  const above = entry.offsetTop - box.scrollTop, below = above + entry.offsetHeight - box.clientHeight;
  if (outline.open && !outline.matches(":focus-within, :hover") && (above < 0 || below > 0)) {
    box.scrollTop += above < 0 ? above - box.clientHeight / 3 : below + box.clientHeight / 3;
  }
}

// What the reader looks at: the section the address names while it is in sight, else the one at the top.
function place() {
  const named = document.getElementById(hashOf());
  const box = named && named.getBoundingClientRect();
  if (!sections.length || (box && box.bottom > 0 && box.top < innerHeight)) return hashOf();
  return sections[current()].id;
}

let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; follow(); });
}, { passive: true });

// Unless the address names another section. Twice: sections drawn only now may push the quote away.
function toQuote() {
  const quote = document.getElementById("~quote");
  if (!quote || !["", quote.id, quote.closest(".section").id].includes(hashOf())) return;
  quote.scrollIntoView({ block: "center" });
  requestAnimationFrame(() => quote.scrollIntoView({ block: "center" }));
}

function arrive() {
  const named = hashOf();
  if (named && sections.length && !document.getElementById(named)) say(toast.dataset.missing);
}

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const link = target && target.closest("a.link");
  const kept = target && target.closest("a.keep-place");
  const changed = target && target.closest("mark[title]");
  if (link) {
    // Without the quote, which is another's; the address goes to the section as the link says.
    const address = `${location.origin}${location.pathname}${link.getAttribute("href")}`;
    try {
      await navigator.clipboard.writeText(address);
      say(toast.dataset.copied);
    } catch { say(address); }  // only a page of a secure origin may write there
  } else if (kept) {
    kept.hash = encodeURIComponent(place());
  } else if (changed) {
    say(changed.title);
  } else if (target && target.closest(".outline li a") && !wide.matches) {
    outline.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && outline && outline.open && !wide.matches) {
    outline.open = false;
    outline.querySelector("summary").focus();
  }
});
addEventListener("hashchange", arrive);
if (outline) {
  outline.open = wide.matches;
  wide.addEventListener("change", () => { outline.open = wide.matches; });
  toQuote();
  follow();
}
arrive();
