// Looks at one page with a real browser, as people and assistive programs do.
// node page.mjs FACTS.json, with {page, fleet, network, trend, runs, browser, shots, least, hostile, search}; ends with 0 if all is well.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

const facts = JSON.parse(await readFile(process.argv[2], "utf8"));
const html = await readFile(facts.page);
const kinds = ["fleet", "network", "trend", "runs"];
const others = Object.fromEntries(await Promise.all(kinds.map(async (kind) => [`/${kind}`, await readFile(facts[kind])])));
const tests = html.toString().match(/^<li>(<b>[a-z ]+<\/b>)?\[sig-/gm).length;
assert.ok(tests >= facts.least);
const asked = [];
const server = createServer((request, response) => {
  asked.push(request.url);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(others[request.url] ?? html);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({ executablePath: facts.browser, args: ["--no-sandbox", "--disable-gpu"] });

/** Opens the page anew; whatever it asks for, says or throws besides is a fault. */
async function visit({ at = "", ...options }, look) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("request", (request) => {
    if (request.url() !== address + at && !request.url().startsWith("data:")) faults.push(`asks for ${request.url()}`);
  });
  page.on("console", (message) => faults.push(`says ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`throws ${error}`));
  page.on("dialog", (dialog) => { faults.push(`opens a dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(address + at);
  await look(page);
  assert.deepEqual(faults, []);
  await context.close();
}

async function step(name, options, look) {
  await visit(options, look);
  console.log(`ok: ${name}`);
}

async function accessible(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => window.axe.run());
  const told = found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`);
  assert.deepEqual(told, []);
  assert.ok(found.passes.length > 15, "axe looked at the page");
}

const shot = (page, name) => page.screenshot({ path: join(facts.shots, `${name}.png`) });
const shown = (page) => page.locator(".tests li:not([hidden])").count();

try {
  await step("the verdict, the releases and the failures are there", {}, async (page) => {
    assert.match(await page.title(), /^Kubernetes 1\.\d+: not conformant$/);
    assert.equal(await page.locator(".verdict strong").first().innerText(), "Not conformant");
    assert.ok((await page.locator("table.time tbody tr.present").count()) >= 1);
    assert.ok((await page.locator("article.failure").count()) >= 1);
    assert.equal(await page.locator(".tests li").count(), tests);
    const levels = await page.locator("h1,h2,h3,h4").evaluateAll((all) => all.map((one) => Number(one.tagName[1])));
    assert.ok(levels.every((level, at) => at === 0 ? level === 1 : level - levels[at - 1] <= 1), `headings ${levels}`);
    await shot(page, "light");
    const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
    console.log(`first contentful paint of ${html.length} bytes with ${tests} tests: ${Math.round(paint)} ms`);
  });

  await step("hostile names are text", {}, async (page) => {
    const names = await page.locator("article.failure h4").allInnerTexts();
    assert.ok(names.includes(facts.hostile), `${names}`);
    assert.equal(await page.locator("img, iframe, object, embed, form").count(), 0);
    assert.equal(await page.locator("script").count(), 1);
  });

  await step("the filter narrows, counts and gives up again", {}, async (page) => {
    await page.getByLabel("Find tests").fill(facts.search);
    const found = await shown(page);
    assert.ok(found > 0 && found < tests, `${found}`);
    assert.equal(await page.getByRole("status").innerText(), `${found} of ${tests} tests`);
    const texts = await page.locator(".tests li:not([hidden])").allTextContents();
    const words = facts.search.toLowerCase().split(" ");
    assert.ok(texts.every((text) => words.every((word) => text.toLowerCase().includes(word))));
    await shot(page, "filtered");
    await page.getByLabel("Find tests").fill("");
    await page.getByLabel("Outcome").selectOption("f");
    const missed = await shown(page);
    assert.ok(missed > 0 && missed < tests, `${missed}`);
    await page.getByLabel("Find tests").fill("no test is called like that");
    assert.equal(await shown(page), 0);
    await page.getByLabel("Outcome").selectOption("");
    await page.getByLabel("Find tests").fill("");
    assert.equal(await shown(page), tests);
  });

  await step("a keyboard is enough", {}, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "words");
    await page.keyboard.type("a/b");
    assert.equal(await page.getByLabel("Find tests").inputValue(), "a/b");
    await page.getByLabel("Find tests").fill("");
    const group = page.locator("details.group").first();
    await group.locator("summary").focus();
    await page.keyboard.press("Enter");
    assert.ok(await group.evaluate((part) => part.open));
    const ring = await group.locator("summary").evaluate((part) => getComputedStyle(part).outlineStyle);
    assert.equal(ring, "solid", "focus is seen");
  });

  await step("without script everything is there", { javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.locator(".verdict strong").first().innerText(), "Not conformant");
    assert.equal(await page.locator(".find").isVisible(), false);
    await page.locator("details.group summary").first().click();
    assert.ok(await page.locator(".tests li").first().isVisible());
  });

  await step("axe finds nothing, light", { colorScheme: "light" }, accessible);
  await step("axe finds nothing, dark", { colorScheme: "dark" }, async (page) => {
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.notEqual(back, "rgb(255, 255, 255)");
    await shot(page, "dark");
    await page.locator("details").evaluateAll((all) => all.slice(0, 4).forEach((part) => { part.open = true; }));
    await accessible(page);
  });
  await step("a telephone needs no scrolling sideways", { viewport: { width: 360, height: 740 } }, async (page) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
    await shot(page, "narrow");
    await accessible(page);
  });
  await step("on paper there is no search", {}, async (page) => {
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".find").isVisible(), false);
    assert.ok(await page.locator(".verdict").first().isVisible());
  });
  await step("a fleet is a table with a section for each cluster", { at: "fleet" }, async (page) => {
    const clusters = await page.locator("table.time").first().locator("tbody th").allInnerTexts();
    assert.deepEqual(clusters, ["bad", "unreadable", "good"], "the worst is first");
    for (const link of await page.locator("table.time").first().locator("a").all()) {
      assert.equal(await page.locator(await link.getAttribute("href")).count(), 1);
    }
    await shot(page, "fleet");
    await accessible(page);
  });
  await step("what the network does has its truth tables", { at: "network" }, async (page) => {
    const matrix = page.getByRole("region", { name: /^Network features of/ });
    const verdicts = await matrix.locator("tbody tr").evaluateAll((rows) =>
      rows.map((row) => [row.querySelector("th").innerText, row.querySelector(".means").innerText]));
    assert.deepEqual(verdicts, [
      ["internal-traffic-policy", "supported"], ["external-traffic-policy", "not supported"], ["topology-aware", "not applicable"],
    ]);
    assert.ok((await matrix.innerText()).includes("<script>alert(3)</script>"), "what a cluster says is text");
    assert.equal(await page.locator("details.truth").count(), 2, "a feature without a table has none");
    const table = page.locator("details.truth").nth(1);
    await table.locator("summary").click();
    const cells = await table.locator("tbody tr").first().locator("td").allInnerTexts();
    assert.deepEqual(cells.map((cell) => cell.slice(2)), ["as expected", "different", "could not measure"]);
    assert.equal(await table.locator("i").count(), 0);
    await shot(page, "network");
    await accessible(page);
  });
  for (const colorScheme of ["light", "dark"]) {
    await step(`runs over time are a picture and tables, ${colorScheme}`, { at: "trend", colorScheme }, async (page) => {
      assert.equal(await page.title(), "nightly: 3 runs");
      const picture = page.getByRole("img", { name: /^Failures of 3 runs/ });
      assert.equal(await picture.locator("g").count(), 3);
      const heads = await page.locator("table.marks thead th").allInnerTexts();
      assert.equal(new Set(heads).size, heads.length, `columns are told apart: ${heads}`);
      assert.ok(heads.length === 5 && heads.some((head) => head.includes("14:30")), `${heads}`);
      await shot(page, `trend-${colorScheme}`);
      await accessible(page);
    });
    await step(`the page of all runs leads to each, ${colorScheme}`, { at: "runs", colorScheme }, async (page) => {
      const links = await page.locator("tbody a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
      assert.deepEqual(links, ["nightly-3/", "nightly-2/", "nightly-1/"]);
      assert.ok((await page.locator("tbody").innerText()).includes("<script>alert(4)</script>"), "what a cluster says is text");
      await shot(page, `runs-${colorScheme}`);
      await accessible(page);
    });
  }
  await step("runs over time fit a telephone", { at: "trend", viewport: { width: 360, height: 740 } }, async (page) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
  });
  assert.deepEqual([...new Set(asked)], ["/", ...kinds.map((kind) => `/${kind}`)], "nothing else was asked of the server");
} finally {
  await browser.close();
  server.close();
}
