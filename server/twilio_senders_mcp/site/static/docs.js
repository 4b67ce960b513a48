// Search while typing, copy buttons and keyboard shortcuts. Pages are readable without this script.
"use strict";

const SUGGESTIONS = 8;
const announcement = document.getElementById("site.announcement");

for (const block of document.querySelectorAll(".code")) addCopyButton(block);
const tryForm = document.querySelector("form.try");
if (tryForm) showForm(tryForm);
const markdownLink = document.getElementById("site.markdown");
if (markdownLink) addMarkdownButton(markdownLink);
makeOverflowFocusable();
addEventListener("resize", makeOverflowFocusable);
showCurrentPage(document.getElementById("site.pages"));
searchWhileTyping(document.querySelector("form.search"));

// The form that sends an operation's request to the embedded sandbox.
function showForm(form) {
  const answer = form.querySelector(".answer");
  const value = (name) => form.elements.namedItem(name)?.value;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const query = value("channel") ? `?Channel=${value("channel")}` : "";
    const target = form.dataset.target.replace("{Sid}", encodeURIComponent(value("sid") ?? ""));
    const body = value("body");
    const headers = body === undefined ? {} : { "Content-Type": "application/json" };
    try {
      const response = await fetch(target + query, { method: form.dataset.method, headers, body });
      const shown = [...response.headers].map(([name, each]) => `${name}: ${each}`).join("\n");
      answer.textContent = `HTTP ${response.status}\n${shown}\n\n${indented(await response.text())}`;
    } catch (error) {
      answer.textContent = `No response: ${error.message}`;
    }
    answer.hidden = false;
  });
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function addCopyButton(block) {
  const code = block.querySelector("pre");
  block.append(copyButton("Copy", "copy", () => copy(code), "Select and copy"));
}

// Beside the link to the page's Markdown, a button that copies it.
function addMarkdownButton(link) {
  const copyMarkdown = async () => {
    try {
      const response = await fetch(link.href);
      await navigator.clipboard.writeText(await response.text());
      return response.ok;
    } catch {
      return false;
    }
  };
  link.after(" ", copyButton("Copy as Markdown", "markdown", copyMarkdown, "Open it to copy"));
}

function copyButton(label, style, act, failed) {
  const button = element("button", label, style);
  button.addEventListener("click", async () => {
    const copied = await act();
    button.textContent = copied ? "Copied" : failed;
    announcement.textContent = copied ? "Copied to the clipboard" : "Copying failed";
    setTimeout(() => {
      button.textContent = label;
      announcement.textContent = "";
    }, 2000);
  });
  return button;
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent.trimEnd());
    return true;
  } catch {
    // Browsers allow clipboard access only over https and on this machine; copy the selection.
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}

function makeOverflowFocusable() {
  for (const box of document.querySelectorAll(".scrolls, .code pre")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

function showCurrentPage(pages) {
  const current = pages.querySelector("[aria-current]");
  if (current) pages.scrollTop = current.offsetTop - pages.clientHeight / 2;
}

function searchWhileTyping(form) {
  const input = form.elements.q;
  const list = form.querySelector(".found");
  const find = form.dataset.index ? finderInIndex(form.dataset) : finderOnServer(form.dataset);

  input.addEventListener("input", async () => {
    const query = input.value.trim();
    if (!query) return close();
    const found = await find(query);
    // A late result must not replace the list while a person is choosing from it.
    const isWanted = query === input.value.trim() && document.activeElement === input;
    if (found && isWanted) show(list, query, found);
  });
  form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      event.preventDefault();
      input.value = "";
      input.focus();
      close();
    } else if (event.key === "ArrowDown" && links.length && !list.hidden) {
      event.preventDefault();
      links[Math.min(here + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && here >= 0) {
      event.preventDefault();
      (links[here - 1] ?? input).focus();
    }
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) list.hidden = true;
  });
  addEventListener("pointerdown", (event) => {
    if (!form.contains(event.target)) list.hidden = true;
  });
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  if (form.dataset.index) fillResults(input, find);

  function close() {
    list.hidden = true;
    list.replaceChildren();
    announcement.textContent = "";
  }
}

function show(list, query, found) {
  const items = found.results.slice(0, SUGGESTIONS).map(suggestion);
  if (!items.length) {
    items.push(document.createElement("li"));
    items[0].className = "none";
    items[0].textContent = "Nothing found";
  }
  list.replaceChildren(...items);
  list.dataset.query = query;
  list.hidden = false;
  announcement.textContent = count(found.total);
}

function suggestion(result) {
  const link = element("a", result.title);
  link.href = result.url;
  link.append(element("span", kind(result), "kind"), element("p", result.summary));
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function kind(result) {
  return result.type === "index" ? "" : ` ${result.type}`;
}

function element(name, text, style) {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = style ?? "";
  return made;
}

function count(total) {
  return total === 0 ? "Nothing found" : total === 1 ? "1 page" : `${total} pages`;
}

function finderOnServer({ endpoint }) {
  let earlier = new AbortController();
  return async (query) => {
    earlier.abort();
    earlier = new AbortController();
    try {
      const response = await fetch(`${endpoint}?q=${encodeURIComponent(query)}`, earlier);
      return response.ok ? await response.json() : null;
    } catch {
      return null; // aborted by a newer query, or the server is unavailable
    }
  };
}

// Without a server: `search.js` ranks the pages with the numbers in the exported index.
function finderInIndex({ index, top }) {
  let loaded;
  return async (query) => {
    try {
      loaded ??= fetch(index).then((response) => response.json());
      const numbers = await loaded;
      const ranked = rankPages(numbers, query);
      return {
        total: ranked.pages.length,
        results: ranked.pages.slice(0, 20).map((number) => {
          const page = numbers.pages[number];
          return {
            title: page.title,
            type: page.type,
            summary: page.summary,
            excerpt: bestPassage(numbers, number, ranked.terms),
            url: `${top}${page.path ? `${page.path}/` : ""}index.html`,
          };
        }),
      };
    } catch {
      loaded = undefined;
      return null;
    }
  };
}

async function fillResults(input, find) {
  const results = document.getElementById("site.results");
  const query = new URLSearchParams(location.search).get("q")?.trim().slice(0, 200);
  if (!results || !query) return;
  input.value = query;
  const found = await find(query);
  if (!found) return;
  document.getElementById("site.count").textContent = `${count(found.total)} for “${query}”`;
  for (const result of found.results) {
    const item = suggestion(result);
    // On this page, only the title is part of the link.
    item.append(...item.firstChild.children, element("p", result.excerpt, "excerpt"));
    results.append(item);
  }
}
