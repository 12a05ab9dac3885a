// Show what is known of one contract: its runs, its findings side by side, and the causes' pages.

function inline(text) {
  return text.split(/(`[^`]+`)/).map((part) => part.startsWith("`") && part.length > 1 ? make("code", {}, part.slice(1, -1)) : part);
}

// The Markdown that causes' pages use: headings, paragraphs, fenced code, lists.
function showMarkdown(text) {
  const page = make("div", { class: "page" });
  for (const [index, block] of text.split(/^```\w*\n([\s\S]*?)^```$/m).entries()) {
    if (index % 2) { page.append(make("pre", {}, make("code", {}, block))); continue; }
    for (const paragraph of block.split(/\n{2,}/).map((one) => one.trim()).filter(Boolean)) {
      if (paragraph.startsWith("#")) page.append(make("h5", {}, paragraph.replace(/^#+\s*/, "")));
      else if (/^[-*] /.test(paragraph)) page.append(make("ul", {}, ...paragraph.split(/\n(?=[-*] )/).map((item) => make("li", {}, ...inline(item.slice(2))))));
      else page.append(make("p", {}, ...inline(paragraph.replace(/\n/g, " "))));
    }
  }
  return page;
}

function copyButton(text) {
  const button = make("button", { type: "button", class: "copy", onclick: () => {
    const done = () => { button.textContent = "copied"; setTimeout(() => { button.textContent = "copy"; }, 1500); };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => {}); else done();
  } }, "copy");
  button.setAttribute("aria-label", `copy the key ${text}`);
  return button;
}

function showFinding(finding, causes) {
  const cause = causes[finding.cause];
  return make("article", { class: `finding ${finding.accepted ? "is-accepted" : ""}` },
    make("header", {},
      make("h3", {}, make("span", { class: "kind" }, finding.kind), finding.cause ? make("span", { class: "cause" }, finding.cause) : null, cause ? ` ${cause.title}` : ""),
      make("p", { class: "summary" }, ...inline(finding.summary)),
      make("dl", { class: "facts" },
        ...fact("at", finding.site ? make("code", {}, siteText(finding.site)) : null),
        ...fact("fix", finding.fix ? make("span", {}, ...inline(finding.fix)) : null),
        ...fact("accepted", finding.accepted ? `${finding.accepted.reason}${finding.accepted.expires ? ` (until ${finding.accepted.expires})` : ""}` : null),
        ...fact("key", make("span", {}, make("code", {}, finding.key), ` direction ${finding.direction} `, copyButton(finding.key))))),
    make("div", { class: "sides" }, showSide(finding, "sqlite"), showSide(finding, "postgresql")),
    cause ? make("details", { class: "why" }, make("summary", {}, `Why: ${finding.cause}`), showMarkdown(cause.page)) : null);
}

function fact(name, content) {
  return content ? [make("dt", {}, name), make("dd", {}, content)] : [];
}

function showHalf(half) {
  return make("li", {},
    make("strong", {}, half.major), ` ${half.version}: `, outcome(half.outcome), ` in ${seconds(half.duration_s)}, ${half.statements} statements`,
    half.phase !== "call" && half.failure ? ` (${half.phase})` : "", half.reason ? `: ${half.reason}` : "",
    half.failure ? showFailure(half.failure) : null, half.site ? make("p", { class: "site" }, siteText(half.site)) : null);
}

function showDetail(contract, causes) {
  const roots = contract.findings.filter((one) => !one.follows);
  const rest = contract.findings.filter((one) => one.follows);
  return make("div", { class: "detail" },
    make("p", { class: "site" }, `${contract.file}:${contract.line}`),
    make("ul", { class: "halves" }, ...contract.halves.map(showHalf)),
    ...roots.map((one) => showFinding(one, causes)),
    roots.length || contract.verdict === "agree" ? null : make("p", { class: "quiet" }, "Nothing to compare side by side."),
    contract.verdict === "agree" ? make("p", { class: "quiet" }, "Both dialects did the same.") : null,
    rest.length ? make("details", { class: "rest" },
      make("summary", {}, `${rest.length} more that ${rest.length === 1 ? "follows" : "follow"} from ${roots.length === 1 ? "it" : "these"}`),
      ...rest.map((one) => showFinding(one, causes))) : null);
}
