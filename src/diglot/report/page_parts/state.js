// What is shown: the filters, kept in the address's fragment so that a view can be linked.

const FIELDS = ["verdict", "cause", "file", "ended", "accepted", "q", "open"];
const DISAGREEING = new Set(["sqlite-fails", "postgresql-fails", "errors-differ", "differ"]);
const SIGNS = { passed: "✓", failed: "✗", error: "✗", skipped: "–", xfailed: "x", xpassed: "✗" };
const VERDICT_SIGNS = { agree: "=", differ: "≠", "sqlite-fails": "✗", "postgresql-fails": "✗", "errors-differ": "✗", "both-fail": "✗", declared: "x", single: "·", skipped: "–" };

function outcome(name) {
  return make("span", { class: `outcome ${name}` }, make("span", { "aria-hidden": "true" }, SIGNS[name] || "?"), make("span", { class: "word" }, ` ${name}`));
}

function verdict(name) {
  return make("span", { class: `verdict ${name}` }, make("span", { "aria-hidden": "true" }, VERDICT_SIGNS[name] || "?"), ` ${name}`);
}

function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(FIELDS.map((name) => [name, given.get(name) || ""]));
}

function writeState(state) {
  const kept = new URLSearchParams(FIELDS.filter((name) => state[name]).map((name) => [name, state[name]]));
  history.replaceState(null, "", kept.size || [...kept].length ? `#${kept}` : location.pathname + location.search);
}

// Everything that a search looks at, once for each contract and in lower case.
function haystack(contract) {
  const parts = [contract.id, contract.verdict];
  for (const one of contract.findings) {
    parts.push(one.cause, one.kind, one.key, one.summary, siteText(one.site));
    for (const event of [one.sqlite, one.postgresql]) if (event && event.sql) parts.push(event.sql);
  }
  return parts.join("\n").toLowerCase();
}

function isAccepted(contract) {
  const roots = contract.findings.filter((one) => !one.follows);
  return contract.verdict === "differ" && roots.length > 0 && roots.every((one) => one.accepted);
}

function matches(entry, state) {
  const { contract } = entry;
  if (state.verdict && !state.verdict.split(",").includes(contract.verdict)) return false;
  if (state.cause && !contract.findings.some((one) => (one.cause || one.kind) === state.cause)) return false;
  if (state.file && contract.file !== state.file) return false;
  if (state.ended && !contract.halves.some((one) => `${one.major} ${one.outcome}` === state.ended)) return false;
  if (state.accepted && (state.accepted === "yes") !== entry.accepted) return false;
  if (state.accepted === "no" && !DISAGREEING.has(contract.verdict)) return false;
  return !state.q || state.q.toLowerCase().split(/\s+/).every((word) => entry.haystack.includes(word));
}
