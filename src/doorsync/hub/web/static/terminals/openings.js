// Looks again each second what became of a door that was asked to open, for as long as that is awaited.

const EVERY = 1000;
let shown = "";
const part = document.getElementById("openings-part");

async function look() {
  let answer;
  try {
    answer = await fetch(part.dataset.address, { headers: { "X-Requested-With": "fetch" } });
  } catch {
    return later(); // the hub may only be restarting
  }
  if (!answer.ok || answer.redirected) return;
  const text = await answer.text();
  if (answer.headers.get("X-Waiting") === "1") later();
  if (text === shown) return; // what did not change is not read out again
  shown = text;
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.innerHTML = text; // from our own server, which escapes every name in it
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

function later() {
  setTimeout(look, EVERY);
}

if (part?.dataset.waiting === "1") later();
