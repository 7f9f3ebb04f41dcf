"use strict";
// The operators' pages: several files sent one by one with their progress, and the index watched while it is
// updated. Everything works without this script too. What comes back is set as text, never as markup.
const POLL = 1000; // milliseconds

async function refresh(...ids) {
  const answer = await fetch(location.pathname + location.search);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
}

// --- the index being updated
async function watch() {
  const work = document.getElementById("work");
  if (!work) return;
  const [words, line] = work.querySelectorAll("p");
  const [bar, count] = line.children;
  try {
    const answer = await fetch("/operator/progress", { headers: { accept: "application/json" } });
    const told = await answer.json();
    if (!told.running) {
      words.textContent = work.dataset.finished;
      await refresh("index", "files");
      for (const said of document.querySelectorAll(".done")) said.remove(); // that it is being updated
      document.querySelector("#index h2").focus();
      return;
    }
    // Said aloud only when it changes.
    const stage = told.stage && work.dataset.running.replace("{stage}", told.stage);
    if (stage && words.textContent !== stage) words.textContent = stage;
    if (told.total) {
      bar.max = told.total;
      bar.value = told.done;
      count.textContent = `${told.done} / ${told.total}`;
    }
  } catch {
    // The server is busy or starts anew: asked again.
  }
  setTimeout(watch, POLL);
}
watch();

// --- files sent
function send(form, file, item) {
  return new Promise((resolve) => {
    const words = item.querySelector("span");
    const bar = item.querySelector("progress");
    const end = (text, bad) => {
      words.textContent = text;
      words.className = bad ? "bad" : "";
      bar.remove();
      resolve(!bad);
    };
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) [bar.max, bar.value] = [event.total, event.loaded];
    };
    request.upload.onload = () => {
      words.textContent = form.dataset.reading;
      bar.removeAttribute("value");
    };
    request.onerror = request.onabort = () => end(form.dataset.broken, true);
    request.onload = () => {
      let told = {};
      try {
        told = JSON.parse(request.responseText);
      } catch {
        told = { error: request.responseText.length < 300 ? request.responseText : form.dataset.refused };
      }
      const problems = told.problems || (told.error ? [told.error] : []);
      if (problems.length) end(problems.join(" "), true);
      else end(form.dataset.taken, false);
    };
    const data = new FormData();
    data.append("files", file);
    request.send(data);
  });
}

async function sendAll(form, files) {
  const list = form.querySelector(".sending");
  const most = Number(form.dataset.most);
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("button");
  if (button.disabled) return; // the files before these are still on their way
  button.disabled = true;
  list.replaceChildren();
  let taken = 0;
  for (const file of files.slice(0, most)) {
    const item = document.createElement("li");
    const name = document.createElement("b");
    const words = document.createElement("span");
    name.textContent = file.name;
    words.textContent = form.dataset.sending;
    item.append(name, " ", words);
    list.append(item);
    if (file.size > Number(form.dataset.largest)) {
      words.textContent = form.dataset.tooLarge;
      words.className = "bad";
      continue;
    }
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", file.name);
    item.append(bar);
    if (await send(form, file, item)) taken += 1;
  }
  if (files.length > most) {
    const item = document.createElement("li");
    item.className = "bad";
    item.textContent = form.dataset.tooMany;
    list.append(item);
  }
  input.value = "";
  button.disabled = false;
  if (taken && !document.getElementById("waiting")) location.assign("/operator#waiting");
  else if (taken) await refresh("waiting");
}

for (const form of document.querySelectorAll("form.upload")) {
  const drop = form.querySelector(".drop");
  const input = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(form, [...input.files]);
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    sendAll(form, [...event.dataTransfer.files]);
  });
}
