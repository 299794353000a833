// The list: which customers, in which order, and fifty of them at a time.
const ON_A_PAGE = 50;
const FILTERS = ["account_manager", "state", "play", "play_status", "approach", "status"]
  .filter((name) => name in known.columns);
const COLUMNS = [
  { name: "customer_id", show: opener },
  { name: "churn_probability", show: chance, number: true },
  { name: "value_at_risk", look: "money" },
  { name: "last_order_on", look: "day" },
  { name: "account_manager", show: (row) => [cell("account_manager", row)], wide: true },
  { name: "expected_margin", look: "money", wide: true },
  { name: "state", show: (row) => standing(row) },
  { name: "play", show: playOf },
  { name: "play_status", show: (row) => [cell("play_status", row)], wide: true },
  { name: "play_profit", look: "money", wide: true },
  { name: "churn_change", look: "points", wide: true },
  { name: "partnership_propensity", look: "share", wide: true },
].filter(({ name }) => name in known.columns);

const collator = new Intl.Collator(known.language, { numeric: true });
const everyone = Array.from({ length: known.count }, (_, row) => row);
const sought = everyone.map((row) =>
  ["customer_id", "customer_name", "account_manager", "state", "play"].map((name) => cell(name, row) ?? "").join("\n").toLowerCase());
const ranks = {};
const view = { sort: null, descending: true, order: everyone, rows: everyone, page: 0 };

/** What a column sorts by, one number a row: texts are ranked once, as the language orders them; NaN is unknown. */
function rankOf(name) {
  if (name in ranks) return ranks[name];
  const values = everyone.map((row) => cell(name, row));
  if (!values.some((value) => typeof value === "string")) {
    ranks[name] = Float64Array.from(values, (value) => value ?? NaN);
  } else {
    const texts = [...new Set(values)].filter((value) => value !== null).sort(collator.compare);
    const place = new Map(texts.map((text, rank) => [text, rank]));
    ranks[name] = Float64Array.from(values, (value) => place.get(value) ?? NaN);
  }
  return ranks[name];
}

/** Rows by a column; unknown ones come last either way, and equal ones stay as urgent as they were. */
function sorted(name, descending) {
  const rank = rankOf(name);
  const sign = descending ? -1 : 1;
  const unknown = (row) => Number.isNaN(rank[row]);
  const rows = everyone.filter((row) => !unknown(row));
  rows.sort((one, other) => sign * (rank[one] - rank[other]) || one - other);
  return rows.concat(everyone.filter(unknown));
}

function sortBy(name, descending) {
  Object.assign(view, { sort: name, descending, order: name === null ? everyone : sorted(name, descending) });
  choose();
}

/** Numbers begin with the largest, texts with the first; the same column again turns round, then leads back. */
function turn(name) {
  const begins = !["text", "code"].includes(known.columns[name].kind);
  if (view.sort !== name) sortBy(name, begins);
  else if (view.descending === begins) sortBy(name, !begins);
  else sortBy(null, true);
}

/** The rows that fit search and filters. */
function choose() {
  const words = searchBox.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = FILTERS.map((name) => [known.columns[name].values, filterOf(name).value])
    .filter(([, value]) => value !== "");
  view.rows = view.order.filter((row) =>
    wanted.every(([values, value]) => String(values[row]) === value) &&
    words.every((word) => sought[row].includes(word)));
  view.page = 0;
  clearButton.hidden = !words.length && !wanted.length;
  render();
}

function chance(row) {
  const value = cell("churn_probability", row);
  if (value === null) return [DASH];
  return [make("span", {}, shown.share(value)), draw(
    "svg", { class: "chance", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { class: "track", width: 100, height: 4 }),
    draw("rect", { class: "fill", width: (100 * value).toFixed(1), height: 4 }))];
}

function opener(row) {
  return [make("button", { type: "button", class: "open", "data-row": row }, ...nameOf(row))];
}

const classOf = (name, right, wide) => [name, right ? "number" : "", wide ? "wide" : ""].filter(Boolean).join(" ");

/** A line of the list; roles are named because a narrow screen shows lines as cards. */
function line(row) {
  const cells = COLUMNS.map(({ name, show, look, number: right, wide }, place) => make(
    place ? "td" : "th",
    {
      class: classOf(name, right || look, wide), role: place ? "cell" : "rowheader", scope: place ? null : "row",
      "data-label": heading(name),
    },
    ...(show ? show(row) : [shown[look](cell(name, row))])));
  return make("tr", { "data-row": row, role: "row" }, ...cells);
}

function head() {
  const cells = COLUMNS.map(({ name, look, number: right, wide }) => {
    const way = view.sort === name ? (view.descending ? "descending" : "ascending") : "none";
    const arrow = { descending: "▼", ascending: "▲", none: "" }[way];
    return make(
      "th", { scope: "col", role: "columnheader", "aria-sort": way, class: classOf(name, right || look, wide) },
      make("button", { type: "button", "data-sort": name },
        heading(name), make("span", { class: "arrow", "aria-hidden": "true" }, arrow)));
  });
  return make("tr", { role: "row" }, ...cells);
}

/** Put the rows of the page into the table, and say how many there are. */
function render() {
  const first = view.page * ON_A_PAGE;
  const focused = document.activeElement?.dataset?.sort;
  const rows = view.rows.slice(first, first + ON_A_PAGE);
  table.tHead.replaceChildren(head());
  table.tBodies[0].replaceChildren(...rows.map(line));
  if (focused) table.tHead.querySelector(`[data-sort="${focused}"]`)?.focus();
  document.getElementById("nothing").hidden = rows.length > 0;
  table.hidden = rows.length === 0;
  sortChoice.value = view.sort ?? "";
  downwards.checked = view.descending;
  document.getElementById("found").textContent =
    say("found", { count: shown.count(view.rows.length), all: shown.count(known.count) });
  renderPages(first, rows.length);
}

function renderPages(first, count) {
  const last = Math.max(Math.ceil(view.rows.length / ON_A_PAGE) - 1, 0);
  const focused = document.activeElement?.dataset?.go;
  const button = (key, sign, page, possible) => make(
    "button", { type: "button", "data-go": key, "aria-label": say(key), disabled: !possible, click: () => go(page) }, sign);
  const back = view.page > 0;
  const on = view.page < last;
  pages.hidden = last === 0;
  pages.replaceChildren(
    button("first", "«", 0, back), button("previous", "‹", view.page - 1, back),
    make("span", {}, say("page_of", {
      first: shown.count(first + 1), last: shown.count(first + count), count: shown.count(view.rows.length) })),
    button("next", "›", view.page + 1, on), button("last", "»", last, on));
  if (!focused) return;
  const again = pages.querySelector(`[data-go="${focused}"]:enabled`) ?? pages.querySelector("button:enabled");
  again?.focus({ preventScroll: true });
}

function go(page) {
  view.page = page;
  render();
  table.scrollIntoView({ block: "start" });
}
