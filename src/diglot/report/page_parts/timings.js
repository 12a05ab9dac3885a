// How long the contracts took on each dialect: the sums, and the slowest, with bars that can be compared.

const SLOWEST = 20;

function showTimings(report, majors) {
  const took = (contract, major) => contract.halves.filter((one) => one.major === major).reduce((sum, one) => sum + one.duration_s, 0);
  const sums = majors.map((major) => report.contracts.reduce((sum, one) => sum + took(one, major), 0));
  const ranked = report.contracts.map((one) => [one, Math.max(0, ...majors.map((major) => took(one, major)))]).sort((a, b) => b[1] - a[1]).slice(0, SLOWEST);
  const most = ranked.length ? ranked[0][1] : 1;
  return [
    make("p", {}, majors.map((major, at) => `${major}: ${seconds(sums[at])}`).join(", "), ` for the tests themselves; the whole run took ${seconds(report.run.duration_s)}.`),
    make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "the slowest contracts" }, make("table", { class: "bars" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Slowest contracts"), ...majors.map((major) => make("th", { scope: "col" }, major)), make("th", { scope: "col" }, "ratio"))),
      make("tbody", {}, ...ranked.map(([contract]) => {
        const times = majors.map((major) => took(contract, major));
        return make("tr", {}, make("th", { scope: "row" }, contract.id),
          ...times.map((time) => make("td", {}, bar(time, most), make("small", {}, time ? seconds(time) : "not run"))),
          make("td", {}, times[0] && times[1] ? `${(times[1] / times[0]).toFixed(1)}x` : ""));
      })))),
  ];
}

function bar(time, most) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [["viewBox", "0 0 100 8"], ["preserveAspectRatio", "none"], ["class", "bar"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  for (const [name, value] of [["width", String((100 * time) / (most || 1))], ["height", "8"]]) rect.setAttribute(name, value);
  svg.append(rect);
  return svg;
}
