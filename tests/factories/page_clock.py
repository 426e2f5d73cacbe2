"""The page's own clock: it counts only what a page itself waits for, so a busy machine does not make it run faster.

A timer of the page starts at the clock's time and sets it forward when it runs out; so does the time limit of a request. A
notice shown after a limit of 4 s and another of 0.7 s was shown at 4.7 s, however long the machine took for the rest.
"""

from __future__ import annotations

from playwright.sync_api import Locator, expect

SCRIPT = """(() => {
  let now = 0;
  const due = new WeakMap(), shown = new WeakMap();
  const { setTimeout, fetch } = window;
  const limit = AbortSignal.timeout.bind(AbortSignal);
  const forward = (time) => { now = Math.max(now, time); };
  window.setTimeout = (work, delay = 0, ...rest) => {
    const time = now + Number(delay);
    return setTimeout((...values) => { forward(time); work(...values); }, delay, ...rest);
  };
  AbortSignal.timeout = (delay) => {
    const signal = limit(delay);
    due.set(signal, now + delay);
    return signal;
  };
  window.fetch = (what, options = {}) => fetch(what, options).catch((error) => {
    if (error.name === "TimeoutError" && due.has(options.signal)) forward(due.get(options.signal));
    throw error;
  });
  const look = (changes) => {
    for (const { target } of changes) if (!target.hidden && !shown.has(target)) shown.set(target, now);
  };
  new MutationObserver(look).observe(document, { subtree: true, attributeFilter: ["hidden"] });
  window.shownAt = (element) => shown.get(element.closest("[data-trouble]"));
})()"""  # runs in every page that a test opens, frames included


def expect_said_within(seconds: float, notice: Locator) -> None:
    """The notice comes, and by the page's clock it was there within these seconds from the beginning of the page."""
    expect(notice).to_be_visible()
    shown = notice.evaluate("(element) => window.shownAt(element)")
    assert shown is not None, "the page's clock did not see this notice come: is it one of [data-trouble]?"
    assert shown <= seconds * 1000, f"said after {shown / 1000} s"
