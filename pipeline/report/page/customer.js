// One customer: how likely it is to leave, why, and what to do.

function section(key, ...children) {
  return children.flat().some((child) => child !== null)
    ? make("section", {}, make("h3", {}, say(key)), ...children) : null;
}

function sentences(name, row) {
  const texts = cell(name, row) ?? [];
  return texts.length ? make("ul", { class: "sentences" }, ...texts.map((text) => make("li", {}, text))) : null;
}

function figure(name, value, note) {
  if (!(name in known.columns)) return null;
  return make("li", {}, make("span", { class: "label" }, heading(name)), make("strong", {}, value),
    note ? make("small", {}, note) : null);
}

/** The numbers on top. */
function figures(row) {
  const tenth = (name) => (cell(name, row) === null ? null : say("tenth", { decile: cell(name, row) }));
  return make("ul", { class: "tiles small" },
    figure("churn_probability", shown.share(cell("churn_probability", row)), tenth("churn_decile")),
    figure("value_at_risk", shown.money(cell("value_at_risk", row))),
    figure("expected_margin", shown.money(cell("expected_margin", row))),
    figure("partnership_propensity", shown.share(cell("partnership_propensity", row)), tenth("partnership_decile")));
}

/** How it orders: what somebody wants to know before the phone is picked up, of every status. */
function ordering(row) {
  const [last, gap] = [cell("last_order_on", row), cell("usual_gap_days", row)];
  if (last === null) return null;
  return make("ul", { class: "tiles small" },
    figure("last_order_on", last, say("ago", { days: shown.days(daysBefore(last)) })),
    figure("usual_gap_days", shown.days(gap)),
    figure("order_days_of_year", shown.count(cell("order_days_of_year", row))),
    figure("spend_of_year", shown.money(cell("spend_of_year", row))));
}

/** What is proposed, in four texts, and what it is expected to bring. */
function advice(row) {
  const parts = ["what_we_see", "why_it_matters", "what_to_do", "what_not_to_do"]
    .filter((name) => cell(name, row) !== null)
    .map((name) => make("div", { class: name }, make("dt", {}, heading(name)), make("dd", {}, cell(name, row))));
  const [profit, low, high] = ["", "_low", "_high"].map((end) => cell(`play_profit${end}`, row));
  if (!parts.length) return null;
  const play = cell("play", row);
  return make("section", { class: "advice" },
    make("h3", {}, play === null ? say("no_play") : say("play_of", { play }), chip(cell("play_status", row), "muted")),
    make("dl", {}, ...parts),
    profit === null ? null : make("p", { class: "note" }, say("profit_line", {
      profit: shown.money(profit), low: shown.money(low), high: shown.money(high) })));
}

/** How the probability changed since the export before, and by what; nothing of less than half a point. */
function movement(row) {
  const [day, moved] = [cell("moved_since", row), cell("churn_change", row)];
  if (day === null || moved === null) return null;
  if (Math.abs(moved) < 0.005 && !(cell("moved_by", row) ?? []).length) return null;
  const [change, data, model] = ["churn_change", "churn_change_of_data", "churn_change_of_model"]
    .map((name) => shown.points(cell(name, row)));
  return make("section", {}, make("h3", {}, say("changed", { day })),
    make("p", {}, say("change_line", { change, data, model })), sentences("moved_by", row));
}

function drivers(row) {
  if (cell("push_base", row) === null) return null;
  return section("pushes", make("p", { class: "note" }, say("pushes_note", { base: shown.size(cell("push_base", row)) })),
    pushes(row));
}

function peers(row) {
  if (cell("peer_group", row) === null) return null;
  return section("indices", make("p", { class: "note" }, say("indices_of", { peers: cell("peer_group", row) })),
    indices(row));
}

/** Who here looks after it. */
function owner(row) {
  const name = cell("account_manager", row);
  return name === null ? null : make("p", { class: "note" }, say("looked_after", { name }));
}

/** What the customer's row rests on. */
function footing(row) {
  return make("p", { class: "note" }, say("evidence", { tables: cell("evidence_level", row) }));
}

function details(row) {
  if (code("status", row) !== "eligible") {
    return [make("p", { class: "notice" }, say("not_scored", { status: cell("status", row) })), owner(row),
      ordering(row), footing(row)];
  }
  return [owner(row), figures(row), ordering(row), movement(row), advice(row),
    section("talk", sentences("to_talk_about", row)), section("why_leaving", sentences("reasons", row)), drivers(row),
    peers(row), section("disagree", sentences("disagreements", row)),
    section("why_partner", sentences("partnership_reasons", row)), footing(row)];
}

/** Show a customer of the list, with its neighbours within reach. */
function open(row) {
  const place = view.rows.indexOf(row);
  const neighbour = (key, sign, step) => make("button", {
    type: "button", "aria-label": say(key), "data-step": step, disabled: !(place + step in view.rows),
    click: () => open(view.rows[place + step]) }, sign);
  const step = document.activeElement?.dataset?.step;
  dialog.replaceChildren(
    make("header", {},
      make("h2", { id: "customer-name", tabindex: "-1" }, ...nameOf(row)),
      make("div", { class: "buttons" }, neighbour("customer_before", "‹", -1), neighbour("customer_after", "›", 1),
        make("button", { type: "button", class: "close", "aria-label": say("close"), click: () => dialog.close() }, "✕")),
      make("div", { class: "chips" }, ...standing(row))),
    make("div", { class: "details" }, ...details(row)));
  dialog.dataset.row = row;
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  (dialog.querySelector(`[data-step="${step}"]:enabled`) ?? dialog.querySelector("h2")).focus();
}

/** Back to the list, at the customer that was read last. */
function closed() {
  const row = Number(dialog.dataset.row);
  const page = Math.floor(view.rows.indexOf(row) / ON_A_PAGE);
  if (page >= 0 && page !== view.page) {
    view.page = page;
    render();
  }
  table.querySelector(`button[data-row="${row}"]`)?.focus();
}
