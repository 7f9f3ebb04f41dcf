// The list of conversations at the side: search, rename, delete; on narrow screens a drawer.
import { byId, change, current, fill, words } from "./common.js";

const talks = byId("talks");
const drawer = document.querySelector(".bar .drawer");
let asked = 0; // only the answer to the newest request is shown

export async function refreshTalks() {
  const mine = ++asked;
  try {
    const answer = await fetch(`/conversations?search=${encodeURIComponent(byId("search").value)}`);
    if (answer.status === 401) location.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (mine !== asked || document.querySelector("#list details[open]")) return;
    byId("list").innerHTML = html; // the server's own, every word of it escaped
    markCurrent(current());
  } catch {
    if (mine === asked && !byId("list").querySelector("ul")) byId("list").textContent = words.failed;
  }
}

export function markCurrent(identity) {
  for (const entry of document.querySelectorAll("#list li")) {
    const link = entry.querySelector("a");
    if (entry.dataset.id === identity) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

export function closeDrawer() {
  if (!talks.classList.contains("out")) return;
  talks.classList.remove("out");
  drawer.setAttribute("aria-expanded", "false");
  drawer.focus();
}

function openDrawer() {
  talks.classList.add("out");
  drawer.setAttribute("aria-expanded", "true");
  talks.querySelector(".close").focus();
}

function closeMenus(but) {
  for (const menu of document.querySelectorAll("#list details[open]")) if (menu !== but) menu.open = false;
}

async function rename({ id, title }) {
  const dialog = byId("rename");
  const input = dialog.querySelector("input");
  input.value = title;
  const filled = await fill(dialog);
  if (filled && filled.title.trim() && await change("POST", `/conversations/${id}/title`, { title: filled.title })) {
    refreshTalks();
  }
}

async function remove({ id, title }) {
  const dialog = byId("delete");
  const text = dialog.querySelector(".text");
  text.textContent = text.dataset.text.replace("{title}", title);
  if (!(await fill(dialog)) || !(await change("DELETE", `/conversations/${id}`))) return;
  if (current() === id) document.dispatchEvent(new CustomEvent("youju-open", { detail: "" }));
  refreshTalks();
}

let waiting = 0;
byId("search").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refreshTalks, 250);
});
drawer.addEventListener("click", () => (talks.classList.contains("out") ? closeDrawer() : openDrawer()));
byId("veil").addEventListener("click", closeDrawer);
talks.querySelector(".close").addEventListener("click", closeDrawer);

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  closeMenus(target.closest("#list details"));
  const button = target.closest("#list button[data-do]");
  if (!button) {
    if (target.closest("#list .more a")) closeMenus(null);
    return;
  }
  closeMenus(null);
  if (button.dataset.do === "rename") rename(button.dataset);
  else remove(button.dataset);
});

// A menu at the lower end of the list is brought into sight.
document.addEventListener("toggle", (event) => {
  if (event.target instanceof Element && event.target.matches("#list details[open]")) {
    event.target.lastElementChild.scrollIntoView({ block: "nearest" });
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("#list details[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else {
    closeDrawer();
  }
});
