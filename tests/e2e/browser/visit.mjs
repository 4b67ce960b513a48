// Visits the documentation site in a headless Chromium and prints what it saw, as JSON.
// Usage, from the top of the repository: node visit.mjs '{"root": URL, "page": URL, "search": URL,
// "query": words, "screenshots": folder or null}'. playwright-core and axe-core are in .ci/node.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const require = createRequire(resolve(".ci/node/package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

const task = JSON.parse(process.argv[2]);
const seen = { complaints: [], requests: [], violations: [], wide: [], cut: [] };
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: QUIET });
try {
  seen.keyboard = await visit({}, useKeyboard);
  seen.copied = await visit({}, copyCode);
  seen.markdown = await visit({}, copyMarkdown);
  seen.tried = await visit({}, tryIt);
  seen.printed = await visit({}, printInLandscape);
  seen.menu = await visit({ viewport: SIZES.phone }, openMenu);
  seen.scriptless = await visit({ javaScriptEnabled: false }, readWithoutScript);
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      await visit({ viewport, colorScheme }, (page) => inspect(page, `${size}-${colorScheme}`));
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));

async function visit(options, act) {
  const context = await browser.newContext({ viewport: SIZES.desktop, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  page.on("request", (request) => seen.requests.push(request.url()));
  await page.goto(task.root);
  const result = await act(page);
  await context.close();
  return result;
}

async function useKeyboard(page) {
  const suggested = page.locator(`.found[data-query="${task.query}"] a`);
  const title = await page.title();
  await page.keyboard.press("Tab");
  const firstStop = await page.locator(":focus").textContent();
  await page.keyboard.press("/");
  await page.keyboard.type(task.query);
  await suggested.first().waitFor();
  await screenshot(page, "suggestions");
  await page.keyboard.press("Escape");
  const cleared = await page.locator("[name=q]").inputValue();
  const closed = await page.locator(".found").isHidden();
  await page.keyboard.type(task.query);
  await suggested.first().waitFor();
  const first = await suggested.first().evaluate((link) => link.href);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  const focused = await page.locator(":focus").evaluate((link) => link.href);
  await page.keyboard.press("Enter");
  await page.waitForURL(first);
  const heading = await page.locator("h1").textContent();
  await page.keyboard.press("/");
  await page.keyboard.type(task.query);
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?]q=/);
  await page.locator(".results a").first().waitFor();
  const results = await page.locator(".results a").evaluateAll((all) => all.map((a) => a.href));
  return { title, firstStop, cleared, closed, first, focused, heading, results };
}

async function copyCode(page) {
  await page.locator(".add .copy").first().click();
  await page.getByText("Copied", { exact: true }).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

async function copyMarkdown(page) {
  await page.goto(task.page);
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  await page.getByText("Copied", { exact: true }).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

async function tryIt(page) {
  await page.goto(task.page);
  const form = page.locator("form.try");
  if (!(await form.count())) return null;
  await form.getByRole("button").click();
  await form.locator(".answer").waitFor();
  return form.locator(".answer").textContent();
}

async function printInLandscape(page) {
  await page.goto(task.page);
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 1060, height: 730 });
  const box = await page.locator("main").boundingBox();
  return box.width;
}

async function openMenu(page) {
  await page.getByRole("button", { name: "Menu" }).click();
  const link = page.locator(".pages a").first();
  await link.waitFor();
  await screenshot(page, "phone-menu");
  const target = await link.evaluate((a) => a.href);
  await link.click();
  await page.waitForURL(target);
  return page.locator("h1").textContent();
}

async function readWithoutScript(page) {
  await page.goto(task.page);
  const text = await page.locator("main").textContent();
  await page.goto(task.search);
  return { text, results: await page.locator(".results a").count() };
}

async function inspect(page, look) {
  for (const name of ["root", "page", "search"]) {
    await page.goto(task[name]);
    if (name === "search") await page.locator(".results a").first().waitFor();
    const where = `${name}-${look}`;
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
      seen.wide.push(where);
    }
    const cells = await page.locator(".text td:last-child").evaluateAll((all) =>
      all.filter((cell) => cell.getBoundingClientRect().right > innerWidth).length);
    if (cells) seen.cut.push(where);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, nodes } of violations) {
      seen.violations.push({ where, id, nodes: nodes.map((node) => node.html) });
    }
    await screenshot(page, where);
  }
}

async function screenshot(page, name) {
  if (task.screenshots) await page.screenshot({ path: join(task.screenshots, `${name}.png`) });
}
