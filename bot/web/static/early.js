"use strict";
// Before anything else runs: Gradio picks the language of its notices from the browser; here the page decides.
for (const [name, value] of [["language", document.documentElement.lang], ["languages", [document.documentElement.lang]]]) {
  Object.defineProperty(navigator, name, { get: () => value });
}

// Gradio paints its page by the system's wish; here the person's choice holds (site.js puts it on the root).
const root = document.documentElement;
const agree = () => {
  if (document.body) document.body.classList.toggle("dark", root.classList.contains("dark"));
};
new MutationObserver(agree).observe(root, { attributes: true, attributeFilter: ["class"] });
document.addEventListener("DOMContentLoaded", () => {
  agree();
  new MutationObserver(() => {
    if (document.body.classList.contains("dark") !== root.classList.contains("dark")) agree();
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
});
