"use strict";
// What every page does: dark or light as chosen, and back to where one was after choosing a language.
const THEME = "youju-theme";
const wanted = () => localStorage.getItem(THEME) ||
  (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
const paint = () => document.documentElement.classList.toggle("dark", wanted() === "dark");
paint();
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target && target.closest("button.theme")) {
    localStorage.setItem(THEME, wanted() === "dark" ? "light" : "dark");
    paint();
  }
  const link = target && target.closest("a[data-back]");
  if (link) link.href += `&back=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
});
