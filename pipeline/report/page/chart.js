// Two small pictures, with the numbers beside them in words.

/** Log-odds below this read as nothing, and say nothing. */
const NOTHING = 0.005;

/** What each family of features adds to the log-odds of leaving: bars to the right push away, to the left they hold. */
function pushes(row) {
  const found = known.families.map(([name, label]) => [label, cell(name, row)])
    .filter(([, size]) => Math.abs(size) >= NOTHING);
  found.sort(([, one], [, other]) => Math.abs(other) - Math.abs(one));
  const most = Math.max(0.5, ...found.map(([, size]) => Math.abs(size)));
  return make("table", { class: "bars" },
    make("thead", {}, make("tr", {},
      make("td"), make("td", { class: "sides" },
        make("span", {}, `← ${say("push_holds")}`), make("span", {}, `${say("push_away")} →`)), make("td"))),
    make("tbody", {}, ...found.map(([label, size]) => {
      const width = (50 * Math.abs(size)) / most;
      return make("tr", {},
        make("th", { scope: "row" }, label),
        make("td", {}, draw("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
          draw("rect", {
            class: size > 0 ? "pushing" : "holding", x: (size > 0 ? 50 : 50 - width).toFixed(2), y: 1,
            width: width.toFixed(2), height: 8 }),
          draw("line", { x1: 50, x2: 50, y1: 0, y2: 10, class: "zero" }))),
        make("td", { class: "number" }, shown.size(size)));
    })));
}

/** Where the customer stands among its peers, index by index, and how much of each index is known. */
function indices(row) {
  const found = known.indices.filter(([name]) => name in known.columns);
  return make("table", { class: "bars" }, make("tbody", {}, ...found.map(([name, meaning]) => {
    const value = cell(name, row);
    const coverage = cell(`${name}_coverage`, row);
    return make("tr", { class: value === null || coverage < 0.5 ? "thin" : null },
      make("th", { scope: "row" }, heading(name), make("small", {}, meaning)),
      make("td", {}, value === null ? null : draw(
        "svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        draw("rect", { class: "track", y: 3, width: 100, height: 4 }),
        draw("rect", { class: "fill", y: 3, width: value.toFixed(1), height: 4 }))),
      make("td", { class: "number" }, value === null ? say("unknown") : shown.count(value),
        make("small", {}, coverage === null ? null : say("coverage", { share: shown.share(coverage) }))));
  })));
}
