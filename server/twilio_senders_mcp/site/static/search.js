// Search in an exported folder: ranks pages as reference/search.py does, with numbers from there.
"use strict";

const ENDINGS = [
  ["ification", "ify"], ["ifies", "ify"], ["ified", "ify"], ["ifying", "ify"], ["sses", "ss"],
  ["uses", "us"], ["ies", "y"], ["ied", "y"], ["ings", ""], ["ing", ""], ["ed", ""],
  ["ches", "ch"], ["shes", "sh"], ["xes", "x"], ["ion", ""], ["s", ""],
];
const CODE_BONUS = 1000;
const TYPES = { index: 0.4, change: 0.6 };

// Returns the numbers of the pages that match, best first, and the terms that were looked for.
function rankPages(index, query) {
  const groups = groupsOf(index, query.slice(0, 2000));
  const scores = new Map();
  const matched = new Map();
  for (const group of groups) {
    const best = new Map();
    for (const [term, factor] of group) {
      for (const [page, weight] of index.weights[term]) {
        best.set(page, Math.max(best.get(page) ?? 0, weight * factor));
      }
    }
    for (const [page, weight] of best) {
      scores.set(page, (scores.get(page) ?? 0) + weight);
      matched.set(page, (matched.get(page) ?? 0) + 1);
    }
  }
  const asksForChanges = wordsOf(query).some((word) => index.aboutChanges.includes(word));
  for (const [page, score] of scores) {
    const kind = index.pages[page].type;
    const factor = asksForChanges && kind === "change" ? 1.5 : (TYPES[kind] ?? 1);
    scores.set(page, score * factor * (0.5 + (0.5 * matched.get(page)) / groups.length));
  }
  for (const code of query.match(/(?<!\d)\d{5}(?!\d)/g) ?? []) {
    const own = index.pages.findIndex((page) => page.path === `errors/${code}`);
    const page = own < 0 ? index.pages.findIndex((other) => other.path === "errors") : own;
    if (page >= 0) scores.set(page, (scores.get(page) ?? 0) + CODE_BONUS);
  }
  const least = 0.1 * (Math.max(0, ...scores.values()) % CODE_BONUS);
  const ranked = [...scores].filter(([, score]) => score >= least);
  const path = (page) => index.pages[page].path;
  ranked.sort(([one, a], [other, b]) => b - a || (path(one) < path(other) ? -1 : 1));
  return { pages: ranked.map(([page]) => page), terms: groups.flatMap((group) => [...group.keys()]) };
}

function wordsOf(text) {
  const found = [];
  for (const word of text.replace(/https?:\/\/\S+/g, " ").match(/[\p{L}\p{N}_]+(?:[.:][\p{L}\p{N}_]+)*/gu) ?? []) {
    const plain = folded(word.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_"));
    const parts = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
    found.push(...(parts.length > 1 ? [plain] : []), ...parts);
  }
  return found;
}

function folded(word) {
  return word.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{M}/gu, "");
}

function stem(word) {
  if (!/^[a-z]+$/.test(word)) return word;
  for (const [ending, replacement] of ENDINGS) {
    if (!word.endsWith(ending) || (ending === "s" && /(ss|us|is)$/.test(word))) continue;
    const root = word.slice(0, word.length - ending.length) + replacement;
    if (root.length >= 3) return shortest(root);
  }
  return shortest(word);
}

function shortest(root) {
  if (root.length > 3 && root.at(-1) === root.at(-2) && !"aeiouls".includes(root.at(-1))) {
    return root.slice(0, -1);
  }
  return root.length > 4 ? root.replace(/e$/, "") : root;
}

function groupsOf(index, query) {
  const found = [...new Set(wordsOf(query))].slice(0, 60);
  const wanted = found.filter((word) => !index.ignored.includes(word));
  const groups = [];
  const seen = new Set();
  for (const word of wanted.length ? wanted : found) {
    const isKnown = has(index.forms, word) && !has(index.translated, word);
    const meant = has(index.translated, word) ? index.translated[word] : word;
    for (const part of isKnown ? [word] : meant.split(" ")) {
      const group = termsOf(index, part);
      if (has(index.same, part)) {
        for (const [term, factor] of termsOf(index, index.same[part])) {
          if (!group.has(term)) group.set(term, factor * 0.7);
        }
      }
      const key = JSON.stringify([...group].sort());
      if (group.size && !seen.has(key)) groups.push(group);
      seen.add(key);
    }
  }
  return groups;
}

function termsOf(index, word) {
  if (has(index.forms, word)) return new Map([[index.forms[word], 1]]);
  if (has(index.weights, stem(word))) return new Map([[stem(word), 1]]);
  const forms = Object.entries(index.forms);
  const begun = [...word].length < 3 ? [] : forms.filter(([form]) => form.startsWith(word));
  if (begun.length) return new Map(begun.map(([, term]) => [term, 0.7]));
  return new Map(nearest(forms, word).map((term) => [term, 0.6]));
}

function nearest(forms, word) {
  if (word.length < 4 || /\p{N}/u.test(word)) return [];
  let near = word.length >= 8 ? 2 : 1;
  let found = [];
  for (const [form, term] of forms) {
    if (form[0] !== word[0] || Math.abs(form.length - word.length) > near) continue;
    const far = distance(form, word);
    if (far > near) continue;
    if (far < near) found = [];
    near = far;
    found.push(term);
  }
  return found;
}

function distance(one, other) {
  const rows = [[...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j++) {
      let cost = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1);
      cost = Math.min(cost, rows[i - 1][j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        cost = Math.min(cost, rows[i - 2][j - 2] + 1);
      }
      rows[i][j] = cost;
    }
  }
  return rows[one.length][other.length];
}

function bestPassage(index, page, terms) {
  let best = index.pages[page].passages[0] ?? "";
  let most = 0;
  for (const passage of index.pages[page].passages) {
    const found = new Set(wordsOf(passage).map(stem));
    const weight = (term) => Math.max(...index.weights[term].map(([, each]) => each));
    const score = terms.filter((term) => found.has(term)).reduce((sum, term) => sum + weight(term), 0);
    if (score > most) [best, most] = [passage, score];
  }
  return best;
}

function has(object, key) {
  return Object.hasOwn(object, key);
}
