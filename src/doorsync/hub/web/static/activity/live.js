// Keeps the newest page of the access log up to date by server-sent events. Each event is the whole list, so none is missed.

const list = document.getElementById("events");
const state = document.getElementById("live-state");
const pause = document.getElementById("pause");
let seen = list.dataset.seen;
let source = null;

function say(name) {
  state.hidden = false;
  state.textContent = state.dataset[name];
}

function follow() {
  const address = new URL(list.dataset.live, location.href);
  address.searchParams.set("seen", seen);
  source = new EventSource(address);
  source.addEventListener("open", () => say("live"));
  source.addEventListener("rows", (event) => {
    seen = event.lastEventId;
    const focused = document.activeElement?.closest?.("#events a")?.getAttribute("href");
    list.innerHTML = event.data; // from our own server, which escapes every name in it
    if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  });
  source.addEventListener("gone", () => {
    source.close();
    pause.hidden = true;
    say("gone");
  });
  source.addEventListener("error", () => source.readyState !== EventSource.CLOSED && say("offline"));
}

function toggle() {
  const paused = pause.getAttribute("aria-pressed") !== "true";
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? pause.dataset.goOn : pause.dataset.pause;
  if (!paused) return follow();
  source.close();
  say("paused");
}

pause.hidden = false;
pause.addEventListener("click", toggle);
follow();
