// What can be done with an answer: copy it, copy its table or a citation, say whether it helped.
import { byId, change, fill, tell, words } from "./common.js";

// Works without a secure connection, too, where the clipboard's newer interface is closed.
function copy(plain, html) {
  const holder = document.createElement("textarea");
  holder.value = plain;
  holder.className = "unseen";
  const focused = document.activeElement;
  document.body.append(holder);
  holder.select();
  let done = false;
  const take = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData.setData("text/plain", plain);
    if (html) event.clipboardData.setData("text/html", html);
    done = true;
  };
  document.addEventListener("copy", take, true);
  document.execCommand("copy");
  document.removeEventListener("copy", take, true);
  holder.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  tell(done ? words.copied : words.copyFailed);
}

function words_of(cell) {
  const bare = cell.cloneNode(true);
  for (const column of bare.querySelectorAll(".column")) column.remove();
  const text = bare.textContent.replace(/\s+/g, " ").trim();
  return /^[=+@-]/.test(text) ? ` ${text}` : text; // a spreadsheet would reckon it
}

function copyTable(table) {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => [cell.tagName, words_of(cell)]));
  const made = document.createElement("table");
  made.border = "1";
  made.style.borderCollapse = "collapse";
  for (const row of rows) {
    const line = made.insertRow();
    for (const [tag, text] of row) {
      const cell = document.createElement(tag);
      cell.textContent = text;
      line.append(cell);
    }
  }
  copy(rows.map((row) => row.map(([, text]) => text).join("\t")).join("\r\n"), made.outerHTML);
}

async function copyAnswer(button) {
  const shown = button.closest(".turn").querySelector(".answer").innerText;
  if (!button.value) return copy(shown);
  try {
    const answer = await fetch(button.value);
    copy(answer.ok ? await answer.text() : shown);
  } catch {
    copy(shown);
  }
}

async function vote(button) {
  const good = button.classList.contains("up");
  let said = { good };
  if (!good) {
    const dialog = byId("why");
    dialog.querySelector("form").reset();
    const filled = await fill(dialog);
    if (!filled) return;
    said = { good, reason: filled.reason || null, words: filled.words || "" };
  }
  if (!(await change("POST", button.value, said))) return;
  for (const thumb of button.parentElement.querySelectorAll(".thumb")) {
    thumb.classList.toggle("given", thumb === button);
  }
  watchAnswers();
  tell(words.thanks);
}

// The page's component keeps no aria attributes: they are set here.
export function watchAnswers() {
  for (const thumb of document.querySelectorAll("#turns .thumb")) {
    const pressed = String(thumb.classList.contains("given"));
    if (thumb.getAttribute("aria-pressed") !== pressed) thumb.setAttribute("aria-pressed", pressed);
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = target && target.closest("button");
  if (!button) return;
  if (button.matches(".actions .copy")) copyAnswer(button);
  else if (button.matches(".actions .thumb")) vote(button);
  else if (button.matches(".copy-citation")) copy(button.value);
  else if (button.matches(".copy-table")) copyTable(button.closest(".comparison").querySelector("table"));
});
