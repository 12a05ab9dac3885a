// Put the page together, and answer to the keyboard.

const report = JSON.parse(document.getElementById("document").textContent);
const majors = [...new Set([...report.dialects.map((one) => one.major), ...report.contracts.flatMap((one) => one.halves.map((half) => half.major))])];
const entries = report.contracts.map((contract) => ({ contract, haystack: haystack(contract), accepted: isAccepted(contract) }));
entries.sort((a, b) => (a.contract.file < b.contract.file ? -1 : a.contract.file > b.contract.file ? 1 : 0));
const state = readState();
const matrix = new Matrix(report, majors, (id) => { state.open = id; writeState(state); });
const byId = (id) => document.getElementById(id);

function showTop() {
  document.title = `${report.run.green ? "✓" : "✗"} ${report.run.root_name} · Diglot report`;
  byId("root").textContent = report.run.root_name;
  const disagreeing = entries.filter((one) => DISAGREEING.has(one.contract.verdict));
  const accepted = disagreeing.filter((one) => one.accepted).length;
  const words = disagreeing.length ? `${disagreeing.length} of ${entries.length} contracts differ${accepted ? `, ${accepted} accepted` : ""}` : `all ${entries.length} contracts agree`;
  byId("outcome").className = report.run.green ? "green" : "red";
  byId("outcome").textContent = `${report.run.green ? "✓ Green" : "✗ Red"}: ${words}`;
  byId("facts").textContent = `parity ${report.run.parity}, ${seconds(report.run.duration_s)}, ${report.created}${report.run.merged_from.length ? `, merged from ${report.run.merged_from.join(", ")}` : ""}`;
  byId("footer").textContent = `Diglot ${report.diglot}, report version ${report.version}`;
  byId("dialects").append(...report.dialects.map((one) => make("div", { class: "dialect" },
    make("h2", {}, one.name, make("small", {}, ` ${one.version} ${one.driver}`)),
    make("p", {}, ...Object.entries(one.counts).filter(([, count]) => count).flatMap(([name, count]) => [make("span", { class: `outcome ${name}` }, `${SIGNS[name]} ${count} ${name}`), " "])))));
  const problems = report.divergences.problems;
  byId("problems").hidden = problems.length === 0;
  byId("problems").append(make("h2", {}, report.divergences.file), make("ul", {}, ...problems.map((one) => make("li", {}, make("strong", {}, one.kind), `: ${one.message}`))));
}

function fill(id, label, values) {
  byId(id).append(make("option", { value: "" }, label), ...values.map((value) => make("option", { value }, value)));
}

function showControls() {
  for (const [name, count] of Object.entries(report.verdicts)) {
    if (!count) continue;
    byId("verdicts").append(make("button", { type: "button", class: "chip", "data-verdict": name, "aria-pressed": "false", onclick: () => {
      const chosen = new Set(state.verdict ? state.verdict.split(",") : []);
      if (!chosen.delete(name)) chosen.add(name);
      state.verdict = [...chosen].join(",");
      update();
    } }, verdict(name), make("b", {}, ` ${count}`)));
  }
  fill("cause", "all", [...new Set(report.contracts.flatMap((one) => one.findings.map((finding) => finding.cause || finding.kind)))].sort());
  fill("file", "all", [...new Set(report.contracts.map((one) => one.file))].sort());
  fill("ended", "all", [...new Set(report.contracts.flatMap((one) => one.halves.map((half) => `${half.major} ${half.outcome}`)))].sort());
  for (const [id, name] of [["cause", "cause"], ["file", "file"], ["ended", "ended"], ["accepted", "accepted"], ["search", "q"]]) {
    byId(id).addEventListener("input", () => { state[name] = byId(id).value; schedule(); });
  }
  byId("reset").addEventListener("click", () => { for (const name of FIELDS) state[name] = ""; update(); byId("search").focus(); });
}

let scheduled = false;
function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => { scheduled = false; update(); });
}

function update() {
  for (const [id, name] of [["cause", "cause"], ["file", "file"], ["ended", "ended"], ["accepted", "accepted"], ["search", "q"]]) if (byId(id).value !== state[name]) byId(id).value = state[name];
  const chosen = state.verdict ? state.verdict.split(",") : [];
  for (const chip of byId("verdicts").children) chip.setAttribute("aria-pressed", String(chosen.includes(chip.dataset.verdict)));
  const found = entries.filter((one) => matches(one, state));
  byId("count").textContent = `${found.length} of ${entries.length} contracts`;
  matrix.show(found, state);
  writeState(state);
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  byId("theme").textContent = name === "dark" ? "Light" : "Dark";
  byId("theme").setAttribute("aria-pressed", String(name === "dark"));
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (byId("help").open) return;
    if (typing) event.target.blur();
    const opened = byId("rows").querySelector("tr.opened");
    const name = opened ? opened.previousElementSibling.querySelector("button.name") : null;
    if (matrix.close()) { state.open = ""; writeState(state); name.focus(); }
    return;
  }
  if (typing || byId("help").open) return;
  const actions = { "/": () => byId("search").focus(), j: () => matrix.move(1), ArrowDown: () => matrix.move(1), k: () => matrix.move(-1), ArrowUp: () => matrix.move(-1), "?": () => byId("help").showModal() };
  if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
});
byId("help-open").addEventListener("click", () => byId("help").showModal());
byId("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
window.addEventListener("hashchange", () => { Object.assign(state, readState()); update(); });

setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
showTop();
showControls();
update();
byId("timing-body").append(...showTimings(report, majors));
