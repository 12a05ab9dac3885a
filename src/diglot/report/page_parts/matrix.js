// The matrix of contracts by dialect, a piece at a time, so that thousands of rows stay quick.

const PIECE = 200;

class Matrix {
  constructor(report, majors, onOpen) {
    this.report = report;
    this.majors = majors;
    this.onOpen = onOpen;
    this.body = document.getElementById("rows");
    this.more = document.getElementById("more");
    this.empty = document.getElementById("empty");
    this.more.addEventListener("click", () => this.extend());
    document.getElementById("columns").append(
      make("th", { scope: "col" }, "Contract"), ...majors.map((major) => make("th", { scope: "col" }, major)),
      make("th", { scope: "col" }, "Verdict"), make("th", { scope: "col", class: "wide" }, "Causes"));
  }

  show(entries, state) {
    this.entries = entries;
    this.open = state.open;
    this.shown = 0;
    this.file = null;
    this.body.replaceChildren();
    this.extend();
    this.empty.hidden = entries.length > 0;
    this.empty.textContent = this.report.contracts.length ? "No contract matches these filters." : "This report holds no contract: no test asked for a database.";
  }

  extend() {
    const rows = [];
    const wanted = this.entries.slice(this.shown, this.shown + PIECE);
    for (const entry of wanted) {
      if (entry.contract.file !== this.file) {
        this.file = entry.contract.file;
        rows.push(make("tr", { class: "file" }, make("th", { scope: "rowgroup", colspan: String(this.majors.length + 3) }, this.file)));
      }
      rows.push(...this.rows(entry));
    }
    this.body.append(...rows);
    this.shown += wanted.length;
    const left = this.entries.length - this.shown;
    this.more.hidden = left <= 0;
    this.more.textContent = `Show more (${left} left)`;
  }

  rows(entry) {
    const { contract } = entry;
    const isOpen = contract.id === this.open;
    const name = contract.id.startsWith(`${contract.file}::`) ? contract.id.slice(contract.file.length + 2) : contract.id;
    const button = make("button", { type: "button", class: "name", "aria-expanded": String(isOpen), onclick: () => this.toggle(entry, button) }, name);
    const causes = [...new Set(contract.findings.filter((one) => !one.follows).map((one) => one.cause || one.kind))];
    const row = make("tr", { class: `contract ${entry.accepted ? "is-accepted" : ""}` },
      make("th", { scope: "row" }, button),
      ...this.majors.map((major) => {
        const half = contract.halves.find((one) => one.major === major);
        return make("td", { class: "half", "data-major": major }, half ? outcome(half.outcome) : make("span", { class: "quiet" }, "not run"), half ? make("small", { class: "quiet" }, ` ${seconds(half.duration_s)}`) : null);
      }),
      make("td", {}, verdict(contract.verdict), entry.accepted ? make("small", { class: "quiet" }, " accepted") : null),
      make("td", { class: "wide causes" }, ...causes.map((one) => make("span", { class: "cause" }, one))));
    entry.row = row;
    return isOpen ? [row, this.detail(entry)] : [row];
  }

  detail(entry) {
    return make("tr", { class: "opened" }, make("td", { colspan: String(this.majors.length + 3) }, showDetail(entry.contract, this.report.causes)));
  }

  toggle(entry, button) {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    this.close();
    if (!isOpen) {
      button.setAttribute("aria-expanded", "true");
      entry.row.after(this.detail(entry));
    }
    this.onOpen(isOpen ? "" : entry.contract.id);
  }

  close() {
    const opened = this.body.querySelector("tr.opened");
    if (!opened) return false;
    const button = opened.previousElementSibling.querySelector("button.name");
    button.setAttribute("aria-expanded", "false");
    opened.remove();
    return true;
  }

  // Move the focus to the next or the previous contract; more are shown when the last one is reached.
  move(step) {
    const names = [...this.body.querySelectorAll("button.name")];
    const at = names.indexOf(document.activeElement);
    if (step > 0 && at === names.length - 1 && !this.more.hidden) { this.extend(); return this.move(step); }
    const next = names[at < 0 ? (step > 0 ? 0 : names.length - 1) : Math.min(names.length - 1, Math.max(0, at + step))];
    if (next) next.focus();
    return undefined;
  }
}
