// What the parts of the chat's script share.
export const byId = (id) => document.getElementById(id);
export const words = byId("words").dataset;

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
export const show = (element, block) =>
  element.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block, inline: "nearest" });

const field = (id) => document.querySelector(`#${id} :is(textarea, input)`);

// Gives a value to one of Gradio's text fields, as if it had been typed.
export function put(id, value) {
  const input = field(id);
  if (!input) return;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// The name of the conversation on the page, empty while it has none.
export function current() {
  const input = field("conversation");
  return input ? input.value : "";
}

let hiding = 0;
export function tell(text) {
  const line = byId("said");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { line.hidden = true; }, 3500);
}

// Sends a request that changes something; tells what went wrong and returns whether it went well.
export async function change(method, address, body) {
  try {
    const answer = await fetch(address, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body || {}),
    });
    if (answer.ok) return true;
    const said = await answer.json().catch(() => ({}));
    tell(typeof said.error === "string" ? said.error : words.failed);
  } catch {
    tell(words.failed);
  }
  return false;
}

// Shows a dialog and returns what was filled in, null where it was left.
export function fill(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "ok" ? Object.fromEntries(new FormData(dialog.querySelector("form"))) : null);
    }, { once: true });
    dialog.showModal();
  });
}
