// Elements are built, never parsed: whatever a text holds, it stays a text.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** An HTML element; functions among the attributes listen to the event of their name, null children are left out. */
const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** The same for a drawing. */
const draw = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** What a customer is called: its name where one is known, and its number where that does not say the same. Letters may
 * run either way without turning the line around them. */
function nameOf(row) {
  const [id, name] = [cell("customer_id", row), cell("customer_name", row)];
  return name === null || id.includes(name) ? [make("bdi", {}, id)]
    : [make("bdi", {}, name), " ", make("bdi", { class: "account" }, id)];
}

/** A small label with the colour of a state, a flag or a status; null where there is nothing to say. */
function chip(text, kind) {
  return text === null ? null : make("span", { class: `chip ${kind}` }, make("span", { class: `dot ${kind}` }), text);
}

/** The play of a customer; where there is no room for its status, with a note that it is withheld. */
function playOf(row) {
  const held = code("play_status", row) === "holdout" ? chip(cell("play_status", row), "muted") : null;
  return held === null ? [cell("play", row)] : [cell("play", row), make("span", { class: "withheld" }, held)];
}

const FLAGS = ["key_account", "prospective_partner", "captive_possible", "captive_drifting"];

/** What a customer is: its state and flags, or why it is not scored. */
function standing(row) {
  const state = cell("state", row);
  if (state === null && code("status", row) !== "eligible") return [chip(cell("status", row), "muted")];
  const flags = FLAGS.filter((flag) => cell(flag, row)).map((flag) => chip(heading(flag), "flag"));
  return [chip(state, code("state", row)), ...flags];
}
