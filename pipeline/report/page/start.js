// Controls, and what they do.
const table = document.getElementById("customers");
const pages = document.getElementById("pages");
const dialog = document.getElementById("customer");
const filters = document.getElementById("filters");
const searchBox = document.getElementById("search");
const clearButton = document.getElementById("clear");
const filterOf = (name) => document.getElementById(`filter-${name}`);

const option = (value, text) => make("option", { value }, text);

/** A control below its label. */
function labelled(text, control, kind = "") {
  return make("div", { class: `field ${kind}` }, make("label", { for: control.id }, text), control);
}

/** What can be chosen: codes in their own order, texts as the language orders them. */
function choices(name) {
  const { words, values } = known.columns[name];
  const used = [...new Set(values)].filter((value) => value !== null);
  if (words) return used.sort((one, other) => one - other).map((place) => [place, words[place]]);
  return used.map((place) => [place, known.strings[place]]).sort(([, one], [, other]) => collator.compare(one, other));
}

function filterChoice(name) {
  const found = choices(name);
  return labelled(heading(name), make("select", { id: `filter-${name}`, change: choose },
    option("", say("any")), ...found.map(([place, text]) => option(String(place), text))));
}

const sortChoice = make("select", { id: "sort", change: () => sortBy(sortChoice.value || null, view.descending) },
  option("", say("as_begun")), ...COLUMNS.map(({ name }) => option(name, heading(name))));
const downwards = make("input", {
  type: "checkbox", id: "downwards", checked: true, change: () => sortBy(view.sort, downwards.checked) });

/** From a number of the portfolio to the customers behind it. */
function pick(button) {
  const { filter, code: wanted } = button.dataset;
  for (const name of FILTERS) filterOf(name).value = "";
  searchBox.value = "";
  filterOf(filter).value = String(known.columns[filter].codes.indexOf(wanted));
  choose();
  document.getElementById("list").scrollIntoView();
  filterOf(filter).focus({ preventScroll: true });
}

function clear() {
  for (const name of FILTERS) filterOf(name).value = "";
  searchBox.value = "";
  choose();
  searchBox.focus();
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** Arrows move between the customers of the page; a slash goes to the search. */
function onKey(event) {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !dialog.open) {
    event.preventDefault();
    searchBox.focus();
  } else if (event.key in STEPS && !dialog.open && (event.target.closest(".open") || event.target === searchBox)) {
    const buttons = [...table.querySelectorAll(".open")];
    const next = buttons[buttons.indexOf(event.target) + STEPS[event.key]];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
}

function onClick(event) {
  const sort = event.target.closest("[data-sort]");
  const line = event.target.closest("tbody tr[data-row]");
  const picked = event.target.closest(".pick");
  if (sort) turn(sort.dataset.sort);
  else if (line && !getSelection().toString()) open(Number(line.dataset.row));
  else if (picked) pick(picked);
}

filters.append(
  ...FILTERS.map(filterChoice),
  labelled(say("sort_by"), sortChoice, "narrow"), labelled(say("descending"), downwards, "narrow tick"));
filters.addEventListener("submit", (event) => event.preventDefault());
searchBox.addEventListener("input", choose);
clearButton.addEventListener("click", clear);
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
dialog.addEventListener("close", closed);
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
sortBy(null, true);
