// What the page knows: customers by row, texts by number.
const known = JSON.parse(document.getElementById("data").textContent);

/** The value of a column for a row, in words where it has words; null where it is unknown. */
function cell(name, row) {
  const column = known.columns[name];
  const value = column ? column.values[row] : null;
  if (value === null) return null;
  if (column.kind === "code") return column.words[value];
  if (column.kind === "texts") return value.map((number) => known.strings[number]);
  return column.kind === "text" && typeof value === "number" ? known.strings[value] : value;
}

/** The code behind a word of ours, such as "drifting"; null where it is unknown. */
function code(name, row) {
  const column = known.columns[name];
  const value = column ? column.values[row] : null;
  return value === null ? null : column.codes[value];
}

/** The words of a key with values in its places. */
function say(key, values = {}) {
  return known.words[key].replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));
}

/** Days from a day to the date of the page. */
const daysBefore = (day) => Math.round((Date.parse(known.cutoff) - Date.parse(day)) / A_DAY);

const heading = (name) => known.columns[name].heading;
const number = (options) => new Intl.NumberFormat(known.language, options);
const isCurrency = /^[A-Z]{3}$/.test(known.currency);
const amounts = number({
  maximumFractionDigits: 0,
  ...(isCurrency && { style: "currency", currency: known.currency, minimumFractionDigits: 0 }),
});
const shares = number({ style: "percent", maximumFractionDigits: 0 });
const changes = number({ signDisplay: "exceptZero", maximumFractionDigits: 1 });
const sizes = number({ signDisplay: "exceptZero", minimumFractionDigits: 2, maximumFractionDigits: 2 });
const counts = number({ maximumFractionDigits: 0 });
const spans = number({ style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: 1 });
const A_DAY = 86_400_000;
const DASH = "–";

/** Numbers as people read them; a dash where they are unknown. */
const shown = {
  count: (value) => (value === null ? DASH : counts.format(value)),
  /** A share that is neither nothing nor all does not read as if it were. */
  share(value) {
    if (value === null) return DASH;
    if (value > 0 && value < 0.005) return `<${shares.format(0.01)}`;
    return value < 1 && value >= 0.995 ? `>${shares.format(0.99)}` : shares.format(value);
  },
  money(value) {
    if (value === null) return DASH;
    return isCurrency ? amounts.format(value) : `${amounts.format(value)} ${known.currency}`.trim();
  },
  points: (value) => (value === null ? DASH : say("points", { number: changes.format(100 * value) })),
  size: (value) => sizes.format(value),
  day: (value) => value ?? DASH,
  days: (value) => (value === null ? DASH : spans.format(value)),
};
