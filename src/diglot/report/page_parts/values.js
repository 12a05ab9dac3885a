// Make elements, and show values: everything becomes text, nothing is ever parsed as HTML.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function valueText(value) {
  if (value === null || value === undefined) return "None";
  if (value.items === undefined) return value.text;
  if (value.type === "dict") {
    return "{" + value.items.map(([key, item]) => `${typeof key === "string" ? key : valueText(key)}: ${valueText(item)}`).join(", ") + "}";
  }
  const inner = value.items.map(valueText).join(", ");
  return value.type === "tuple" ? `(${inner})` : `[${inner}]`;
}

function valueType(value) {
  return value === null || value === undefined ? "None" : value.type;
}

function sameValue(one, other) {
  return valueType(one) === valueType(other) && valueText(one) === valueText(other);
}

function showValue(value) {
  return make("span", { class: "value" }, make("span", { class: "text", title: valueText(value) }, valueText(value)), make("small", { class: "type" }, valueType(value)));
}

function seconds(duration) {
  if (duration >= 1) return `${duration.toFixed(2)} s`;
  return duration >= 0.001 ? `${(duration * 1e3).toFixed(0)} ms` : `${(duration * 1e6).toFixed(0)} µs`;
}

function siteText(site) {
  return site ? `${site.file}:${site.line}${site.function ? ` in ${site.function}` : ""}` : "";
}

const KEYWORDS = new Set(
  ("select from where and or not null is in like between insert into values update set delete returning on conflict do nothing join left inner outer " +
   "group by order having limit offset as distinct union all case when then else end create table primary key references unique check default " +
   "cast exists with recursive begin commit rollback savepoint release asc desc true false").split(" "));
const TOKENS = /('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|%\(\w+\)s|:\w+|\?|\d+(?:\.\d+)?|[A-Za-z_]\w*|\s+|.)/gs;

function showSql(sql) {
  const code = make("code");
  for (const [token] of sql.matchAll(TOKENS)) {
    const kind = token[0] === "'" ? "string" : /^(%\(|:|\?$)/.test(token) ? "parameter" : /^\d/.test(token) ? "number" : token.startsWith("--") ? "comment"
      : KEYWORDS.has(token.toLowerCase()) ? "keyword" : "";
    code.append(kind ? make("span", { class: `sql-${kind}` }, token) : token);
  }
  return make("pre", { class: "sql" }, code);
}
