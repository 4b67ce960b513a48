// Search in an exported folder: ranks pages as reference/search.py does, with numbers from there.
"use strict";

const ENDINGS = [
  ["ification", "ify"], ["ifies", "ify"], ["ified", "ify"], ["ifying", "ify"], ["sses", "ss"],
  ["uses", "us"], ["ies", "y"], ["ied", "y"], ["ings", ""], ["ing", ""], ["ed", ""],
  ["ches", "ch"], ["shes", "sh"], ["xes", "x"], ["ion", ""], ["s", ""],
];
const CODE_BONUS = 1000;
const PERIOD_BONUS = 100;
const PART_MIN = 4;
const WORD_MAX = 40;
const TYPES = { index: 0.4, change: 0.6 };

// Returns the numbers of the pages that match, best first, and the terms that were looked for.
function rankPages(index, query, today = new Date()) {
  const asked = query.slice(0, 2000);
  const groups = groupsOf(index, asked);
  const scores = scoresOf(index, groups);
  const asksForChanges = wordsOf(asked).some((word) => index.aboutChanges.includes(word));
  for (const [page, score] of scores) {
    const kind = index.pages[page].type;
    scores.set(page, score * (asksForChanges && kind === "change" ? 1.5 : (TYPES[kind] ?? 1)));
  }
  for (const code of asked.match(/(?<!\d)\d{5}(?!\d)/g) ?? []) {
    const own = index.pages.findIndex((page) => page.path === `errors/${code}`);
    const page = own < 0 ? index.pages.findIndex((other) => other.path === "errors") : own;
    if (page >= 0) scores.set(page, (scores.get(page) ?? 0) + CODE_BONUS);
  }
  const least = 0.1 * (Math.max(0, ...scores.values()) % CODE_BONUS);
  const found = new Map([...scores].filter(([, score]) => score >= least));
  const period = periodOf(index, asked, today);
  if (period) for (const [page, score] of changesOf(index, asked, period)) found.set(page, score);
  const ranked = [...found].sort(([one, a], [other, b]) => b - a || newerFirst(index, one, other));
  return { pages: ranked.map(([page]) => page), terms: groups.flatMap((group) => [...group.keys()]) };
}

function newerFirst(index, one, other) {
  const [a, b] = [index.pages[one], index.pages[other]];
  const [day, otherDay] = [a.date ?? "", b.date ?? ""];
  return day === otherDay ? (a.path < b.path ? -1 : 1) : day < otherDay ? 1 : -1;
}

function scoresOf(index, groups) {
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
  for (const [page, score] of scores) {
    scores.set(page, score * (0.5 + (0.5 * matched.get(page)) / groups.length));
  }
  return scores;
}

// The changes of a period, above all other pages, if the query has few subjects of its own.
function changesOf(index, query, { since, until }) {
  const sets = [index.ignored, index.aboutChanges, index.novelty, index.recent, Object.keys(index.months)];
  const others = wordsOf(query).filter((word) => {
    return !/^\p{N}+$/u.test(word) && !sets.some((each) => each.includes(word));
  });
  const all = index.pages.length;
  const rarity = (found) => Math.log(1 + (all - found + 0.5) / (found + 0.5));
  const subjects = groupsOf(index, others.join(" ")).filter((group) => {
    return Math.max(...[...group.keys()].map((term) => rarity(index.weights[term].length))) >= 1.2;
  });
  const changes = new Map();
  if (subjects.length > 2) return changes;
  const scores = scoresOf(index, subjects);
  for (const [number, { date }] of index.pages.entries()) {
    if (!date || date < since || date > `${until}-99`) continue;
    changes.set(number, PERIOD_BONUS + (scores.get(number) ?? 0));
  }
  return changes;
}

// The time that a query for changes asks about, as reference/periods.py reads it.
function periodOf(index, query, today) {
  const words = wordsOf(query);
  const names = (set) => words.some((word) => set.includes(word));
  if (!names([...index.aboutChanges, ...index.novelty]) || words.includes("server")) return null;
  const spans = spansOf(index, query, words, today);
  if (spans.length) {
    const since = spans.map(([first]) => first).sort()[0];
    const until = spans.map(([, last]) => last).sort().at(-1);
    return { since, until: names(index.since) && spans.length === 1 ? "9999" : until };
  }
  return names(index.recent) ? { since: "0000", until: "9999" } : null;
}

function spansOf(index, query, words, today) {
  const days = query.match(/\b20\d\d-\d\d(?:-\d\d)?\b/g);
  if (days) return days.map((day) => [day, day]);
  const years = words.filter((word) => /^20\d\d$/.test(word));
  const introduced = [...index.since, "in", "and", "until", "of"];
  const isMonth = (place) =>
    introduced.includes(words[place - 1]) || /^20\d\d$/.test(words[place + 1] ?? "");
  const months = words.filter((word, place) => has(index.months, word) && (word !== "may" || isMonth(place)));
  if (!months.length) return years.map((year) => [year, year]);
  return months.map((name) => {
    const [first, last] = index.months[name];
    const thisYear = today.getUTCFullYear() - (first > today.getUTCMonth() + 1 ? 1 : 0);
    const year = years.at(-1) ?? thisYear;
    return [first, last].map((month) => `${year}-${String(month).padStart(2, "0")}`);
  });
}

function wordsOf(text) {
  const found = [];
  for (const word of text.replace(/https?:\/\/\S+/g, " ").match(/[\p{L}\p{N}_]+(?:[.:][\p{L}\p{N}_]+)*/gu) ?? []) {
    const isName = /^\p{Ll}/u.test(word);
    const plain = folded(isName ? word.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_") : word);
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
    for (const group of groupsOfWord(index, word)) {
      const key = JSON.stringify([...group].sort());
      if (group.size && !seen.has(key)) groups.push(group);
      seen.add(key);
    }
  }
  return groups;
}

function groupsOfWord(index, word) {
  if (has(index.translated, word)) return translated(index, index.translated[word]);
  const isKnown = [index.weights, index.same].some((terms) => has(terms, stem(word)));
  if (isKnown || has(index.forms, word)) return [withOthers(index, word)];
  if ([...word].length > WORD_MAX) return [];
  const meant = translation(index, word);
  if (meant) return translated(index, meant);
  const forms = Object.entries(index.forms);
  const begun = [...word].length < 3 ? [] : forms.filter(([form]) => form.startsWith(word));
  if (begun.length) return [new Map(begun.map(([, term]) => [term, 0.7]))];
  const parts = partsOf(index, word);
  return parts ? parts.flatMap((part) => groupsOfWord(index, part)) : nearest(index, word);
}

function translated(index, words) {
  return words.map((word) => withOthers(index, word));
}

function translation(index, word) {
  if (has(index.translated, word)) return index.translated[word];
  const root = rootOf(index, word);
  return has(index.roots, root) ? index.roots[root] : null;
}

function rootOf(index, word) {
  const ending = index.endings.find((each) => word.endsWith(each) && [...word].length - each.length >= PART_MIN);
  return ending ? rootOf(index, word.slice(0, -ending.length)) : word;
}

function withOthers(index, word) {
  const group = new Map();
  const add = (each, factor) => {
    const term = has(index.forms, each) ? index.forms[each] : stem(each);
    if (has(index.weights, term) && !group.has(term)) group.set(term, factor);
  };
  add(word, 1);
  for (const other of has(index.same, stem(word)) ? index.same[stem(word)] : []) add(other, 0.7);
  return group;
}

function partsOf(index, word) {
  const isPart = (part) => [...part].length >= PART_MIN && (has(index.forms, part) || translation(index, part));
  for (let end = word.length - PART_MIN; end >= PART_MIN; end--) {
    const [head, tail] = [word.slice(0, end), word.slice(end)];
    for (const first of [head, head.replace(/s$/, "")]) if (isPart(first) && isPart(tail)) return [first, tail];
  }
  return null;
}

function nearest(index, word) {
  if (word.length < 4 || /\p{N}/u.test(word)) return [];
  let near = word.length >= 8 ? 2 : 1;
  let found = [];
  for (const known of [...Object.keys(index.forms), ...Object.keys(index.translated)]) {
    if (known[0] !== word[0] || Math.abs(known.length - word.length) > near) continue;
    const far = distance(known, word);
    if (far > near) continue;
    if (far < near) found = [];
    near = far;
    found.push(known);
  }
  const letters = (text) => [...text].sort().join("");
  const swapped = found.filter((known) => letters(known) === letters(word));
  if (swapped.length) found = swapped;
  const forms = found.filter((known) => has(index.forms, known));
  if (forms.length) return [new Map(forms.map((form) => [index.forms[form], 0.6]))];
  return found.length ? translated(index, index.translated[found[0]]) : [];
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
