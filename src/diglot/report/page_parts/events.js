// Show one event of one dialect, and mark the cells that the other dialect gave otherwise.

const TITLES = { sqlite: "SQLite", postgresql: "Postgres" };
const MOST_ROWS_SHOWN = 12;

function showFailure(failure) {
  return make("p", { class: "failure" },
    make("strong", {}, failure.name), failure.code ? ` ${failure.code}` : "", ": ", failure.message,
    failure.driver ? make("small", { class: "type" }, ` ${failure.driver}`) : null);
}

// Which columns to show, that of the finding first; what varies by itself in the others is no difference.
function columnOrder(event, column) {
  const all = event.columns.map((_name, at) => at);
  const first = column ? event.columns.indexOf(column) : -1;
  return first < 0 ? all : [first, ...all.filter((at) => at !== first)];
}

function showRows(event, other, column) {
  if (!event.rows) return make("p", { class: "quiet" }, event.rowcount === null ? "no rows" : `${event.rowcount} rows changed`);
  const order = columnOrder(event, column);
  const body = event.rows.slice(0, MOST_ROWS_SHOWN).map((row, index) => make("tr", {}, ...order.map((at) => {
    const cell = row[at];
    const counterpart = other && other.rows && other.rows[index] ? other.rows[index][at] : undefined;
    const compared = other && other.rows && (!column || event.columns[at] === column);
    const differs = compared && (counterpart === undefined || !sameValue(cell, counterpart));
    return make("td", { class: differs ? "differs" : "" }, showValue(cell), differs ? make("span", { class: "visually-hidden" }, " (differs)") : null);
  })));
  const more = event.n_rows - body.length;
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "rows" },
    make("table", { class: "cells" },
      make("thead", {}, make("tr", {}, ...order.map((at) =>
        make("th", { scope: "col", class: other && other.columns && other.columns[at] !== event.columns[at] ? "differs" : "" }, event.columns[at])))),
      make("tbody", {}, ...body)),
    make("p", { class: "quiet" }, event.n_rows === 0 ? "no rows" : more > 0 ? `${event.n_rows} rows, ${more} more` : `${event.n_rows} ${event.n_rows === 1 ? "row" : "rows"}`));
}

function showStatement(event, other, column) {
  const parameters = event.parameters && (event.parameters.items === undefined || event.parameters.items.length) ? event.parameters : null;
  return [
    showSql(event.sql),
    parameters ? make("p", { class: "parameters" }, make("span", { class: "label" }, "with "), valueText(parameters)) : null,
    event.failure ? showFailure(event.failure) : showRows(event, other, column),
    make("p", { class: "quiet" }, `${event.raw ? "driver's cursor, " : ""}${seconds(event.duration_s)}`),
  ];
}

function showTransaction(event) {
  return [
    make("p", {}, make("strong", {}, event.action.replace("_", " "))),
    event.failed ? make("p", { class: "failure" }, "turned into a rollback; first failed: ", event.failed) : null,
  ];
}

function showExchange(event, path, mine) {
  return [
    make("p", {}, make("strong", {}, `${event.method} `), event.path),
    make("p", {}, "answers ", make("strong", {}, String(event.status)), event.content_type ? ` ${event.content_type}` : ""),
    path ? make("p", { class: "differs" }, make("code", {}, path), " ", showValue(mine)) : null,
    event.body ? make("pre", { class: "body" }, valueText(event.body).slice(0, 2000)) : null,
  ];
}

function showSide(finding, dialect) {
  const event = finding[dialect];
  const other = finding[dialect === "sqlite" ? "postgresql" : "sqlite"];
  const content = event === null ? [make("p", { class: "quiet" }, "nothing of the kind")]
    : event.event === "statement" ? showStatement(event, other && other.event === "statement" ? other : null, finding.column)
    : event.event === "transaction" ? showTransaction(event)
    : showExchange(event, finding.path, finding.values[dialect]);
  const value = finding.column ? make("p", { class: "cell-value" }, make("span", { class: "label" }, `${finding.column} `), showValue(finding.values[dialect])) : null;
  return make("section", { class: `side ${dialect}`, "aria-label": TITLES[dialect] },
    make("h4", {}, TITLES[dialect], make("small", {}, ` ${finding.between[dialect === "sqlite" ? 0 : 1]}`)),
    event && event.site && event.site.line ? make("p", { class: "site" }, siteText(event.site)) : null, value, ...content);
}
