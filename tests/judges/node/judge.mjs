// Judges pages of a running hub: `{"pages": [...], "headers": {...}, "lighthouse": [...]}` on standard input, findings as JSON on
// standard output. pa11y runs axe and HTMLCS; Lighthouse gives its four scores for the pages named.
import puppeteer from "puppeteer";
import pa11y from "pa11y";
import lighthouse from "lighthouse";

const asked = JSON.parse(await new Response(process.stdin).text());
const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const found = { pa11y: [], lighthouse: [] };
const logged = { debug() {}, error: console.error, info() {} };

for (const page of asked.pages) {
  const { issues } = await pa11y(page, {
    browser, headers: asked.headers, runners: ["axe", "htmlcs"], standard: "WCAG2AA",
    includeWarnings: false, timeout: 60000, log: logged,
  });
  for (const { runner, code, selector, message } of issues) found.pa11y.push({ page, runner, code, selector, message });
}
for (const page of asked.lighthouse) {
  const tab = await browser.newPage();
  await tab.setExtraHTTPHeaders(asked.headers);
  const { lhr } = await lighthouse(page, { logLevel: "error" }, { extends: "lighthouse:default", settings: {
    formFactor: "desktop", screenEmulation: { disabled: true }, throttlingMethod: "provided", extraHeaders: asked.headers,
  } }, tab);
  const failed = Object.values(lhr.audits).filter((each) => each.score !== null && each.score < 0.9).map((each) => each.id);
  for (const { id, score } of Object.values(lhr.categories)) found.lighthouse.push({ page, id, score, failed });
  await tab.close();
}
await browser.close();
console.log(JSON.stringify(found));
