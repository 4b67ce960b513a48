// Search while typing, copy buttons, and keys. Every page can be read without it.
"use strict";

const SUGGESTIONS = 8;
const said = document.getElementById("site.said");

for (const block of document.querySelectorAll(".code")) addCopyButton(block);
letKeyboardScroll();
addEventListener("resize", letKeyboardScroll);
showCurrentPage(document.getElementById("site.pages"));
searchWhileTyping(document.querySelector("form.search"));

function addCopyButton(block) {
  const code = block.querySelector("pre");
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const copied = await copy(code);
    button.textContent = copied ? "Copied" : "Select and copy";
    said.textContent = copied ? "Copied to the clipboard" : "Copying failed; it is selected";
    setTimeout(() => {
      button.textContent = "Copy";
      said.textContent = "";
    }, 2000);
  });
  block.append(button);
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent.trimEnd());
    return true;
  } catch {
    // Browsers keep the clipboard to https and to this machine; what is selected can be copied.
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}

function letKeyboardScroll() {
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
    const answer = await find(query);
    // An answer that comes late must not take the list away under a moving finger.
    const isWanted = query === input.value.trim() && document.activeElement === input;
    if (answer && isWanted) show(list, query, answer);
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
    said.textContent = "";
  }
}

function show(list, query, answer) {
  const items = answer.results.slice(0, SUGGESTIONS).map(suggestion);
  if (!items.length) {
    items.push(document.createElement("li"));
    items[0].className = "none";
    items[0].textContent = "Nothing found";
  }
  list.replaceChildren(...items);
  list.dataset.query = query;
  list.hidden = false;
  said.textContent = count(answer.total);
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

function finderOnServer({ answers }) {
  let earlier = new AbortController();
  return async (query) => {
    earlier.abort();
    earlier = new AbortController();
    try {
      const found = await fetch(`${answers}?q=${encodeURIComponent(query)}`, earlier);
      return found.ok ? await found.json() : null;
    } catch {
      return null; // overtaken by a newer query, or the server is gone
    }
  };
}

// Without a server: the same search, plainer, over a file with the text of every page.
function finderInIndex({ index, top }) {
  let pages;
  return async (query) => {
    try {
      pages ??= fetch(index).then((answer) => answer.json());
      const words = query.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
      const ranked = (await pages)
        .map((page) => ({ page, rank: rank(page, words) }))
        .filter((entry) => entry.rank > 0)
        .sort((one, other) => other.rank - one.rank);
      return {
        total: ranked.length,
        results: ranked.slice(0, 20).map(({ page }) => ({
          title: page.title,
          type: page.type,
          summary: page.summary,
          excerpt: excerpt(page, words),
          url: `${top}${page.path ? `${page.path}/` : ""}index.html`,
        })),
      };
    } catch {
      pages = undefined;
      return null;
    }
  };
}

function rank(page, words) {
  const weights = { title: 12, keywords: 8, summary: 5, text: 1 };
  let sum = 0;
  for (const word of words) {
    const start = new RegExp(`(?<![\\p{L}\\p{N}])${word}`, "iu");
    for (const [part, weight] of Object.entries(weights)) {
      if (start.test(page[part])) sum += weight;
    }
  }
  return sum;
}

function excerpt(page, words) {
  const text = page.text.toLowerCase();
  const places = words.map((word) => text.indexOf(word)).filter((place) => place >= 0);
  if (!places.length) return "";
  const from = Math.max(0, page.text.lastIndexOf(" ", Math.min(...places) - 40));
  return `${from ? "…" : ""}${page.text.slice(from, from + 140).trim()}…`;
}

async function fillResults(input, find) {
  const results = document.getElementById("site.results");
  const query = new URLSearchParams(location.search).get("q")?.trim().slice(0, 200);
  if (!results || !query) return;
  input.value = query;
  const answer = await find(query);
  if (!answer) return;
  document.getElementById("site.count").textContent = `${count(answer.total)} for “${query}”`;
  for (const result of answer.results) {
    const item = suggestion(result);
    // All but the title stands behind the link here, not in it.
    item.append(...item.firstChild.children, element("p", result.excerpt, "excerpt"));
    results.append(item);
  }
}
