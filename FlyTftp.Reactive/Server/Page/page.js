"use strict";
// Draws what /events says. Text from the network is only ever set as text, never as markup.
const $ = id => document.getElementById(id);
const boots = new Map();
let state = null;

const units = ["B", "kB", "MB", "GB", "TB"];
function size(bytes) {
  let unit = 0;
  while (bytes >= 999.5 && unit < units.length - 1) { bytes /= 1000; unit++; }
  return `${unit === 0 || bytes >= 99.5 ? Math.round(bytes) : bytes.toPrecision(3)} ${units[unit]}`;
}
const rate = bytes => `${size(bytes)}/s`;
function span(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(ms < 10000 ? 1 : 0)} s`;
  if (ms < 3600000) return `${Math.floor(ms / 60000)} min ${Math.round(ms / 1000) % 60} s`;
  return ms < 172800000 ? `${Math.floor(ms / 3600000)} h ${Math.floor(ms / 60000) % 60} min` : `${Math.floor(ms / 86400000)} days`;
}
function clock(ms) {
  const at = new Date(ms), today = new Date().toDateString() === at.toDateString();
  return (today ? "" : `${at.toLocaleDateString()} `) + at.toLocaleTimeString("en-GB");
}
const count = (n, one, many) => `${n} ${n === 1 ? one : many ?? one + "s"}`;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
// An option of the command line is not broken between two lines.
function prose(className, text) {
  const made = element("bdi", className);
  for (const part of text.split(/(--[a-z-]+)/)) made.append(part.startsWith("--") ? element("span", "option", part) : part);
  return made;
}
function cell(row, className, text, label) {
  const td = element("td", className, text);
  if (label) td.dataset.label = label;
  row.append(td);
  return td;
}
function set(id, text) { const node = $(id); if (node.textContent !== text) node.textContent = text; }
function pill(id, kind, text) { $(id).className = `pill ${kind}`; set(id, text); }
function matches(...texts) {
  const wanted = $("filter").value.trim().toLowerCase();
  return wanted === "" || texts.some(text => text && text.toLowerCase().includes(wanted));
}

// Rows are kept and changed in place, so that a reader's place, a selection and a screen reader's focus stay.
function keep(table, rows, key, fill) {
  const body = $(table).tBodies[0];
  const known = new Map([...body.rows].map(row => [row.dataset.key, row]));
  let previous = null;
  for (const entry of rows) {
    const id = key(entry);
    let row = known.get(id);
    known.delete(id);
    const print = JSON.stringify(entry);
    if (!row) { row = element("tr"); row.dataset.key = id; }
    if (row.dataset.print !== print) { fill(row, entry); row.dataset.print = print; }
    const place = previous ? previous.nextSibling : body.firstChild;
    if (place !== row) body.insertBefore(row, place);
    previous = row;
  }
  for (const row of known.values()) row.remove();
}

function fillRunning(row, t) {
  const bar = row.querySelector("progress");
  if (bar && row.dataset.size === String(t.size)) {
    // Only the figures move: the bar slides instead of being made anew.
    if (t.size) bar.value = t.bytes;
    row.querySelector("td.bar span").textContent = progressText(t);
    row.cells[1].textContent = t.looks;
    row.cells[4].textContent = rate(t.rate);
    row.cells[5].textContent = t.rtt === null ? "–" : `${t.rtt < 10 ? t.rtt.toFixed(1) : Math.round(t.rtt)} ms`;
    row.cells[6].textContent = String(t.resent);
    return;
  }
  row.replaceChildren();
  row.dataset.size = String(t.size);
  const client = cell(row, "addr");
  if (t.boot) { const a = element("a", null, t.client); a.href = `/boots/${encodeURIComponent(t.boot)}`; client.append(a); }
  else client.textContent = t.client;
  cell(row, null, t.looks);
  cell(row, "wide").append(element("bdi", "name", t.file));
  const td = cell(row, "bar");
  const made = element("progress");
  made.setAttribute("aria-label", `${t.file} to ${t.client}`);
  if (t.size) { made.max = t.size; made.value = t.bytes; }
  td.append(made, element("span", null, progressText(t)));
  cell(row, "n", rate(t.rate), "Rate");
  cell(row, "n", t.rtt === null ? "–" : `${t.rtt < 10 ? t.rtt.toFixed(1) : Math.round(t.rtt)} ms`, "RTT");
  cell(row, "n", String(t.resent), "Resent");
}
const progressText = t => t.size ? `${size(t.bytes)} of ${size(t.size)}, ${Math.floor(100 * t.bytes / t.size)} %` : size(t.bytes);

const states = { running: "running", waiting: "waiting", ok: "ok", warning: "look here", failed: "failed" };
function fillBoot(row, b) {
  row.replaceChildren();
  cell(row, null, clock(b.started));
  const a = element("a", "addr", b.client);
  a.href = `/boots/${encodeURIComponent(b.id)}`;
  cell(row, null).append(a);
  cell(row, null, b.looks);
  cell(row, null).append(element("span", `chip ${b.state}`, states[b.state] ?? b.state));
  const what = cell(row, "what wide name");
  if (b.finding) what.append(prose("finding", b.finding));
  if (b.summary) what.append(prose(b.finding ? "soft" : null, b.summary));
  cell(row, "n", String(b.files), "Files");
  cell(row, "n", size(b.bytes), "Sent");
  cell(row, "n", b.ended === null ? "–" : span(b.ended - b.started), "Took");
}

function drawRunning() {
  const shown = state.running.filter(t => matches(t.client, t.file));
  keep("running", shown, t => `${t.client} ${t.started}`, fillRunning);
  set("running-count", shown.length < state.runningTotal ? `${shown.length} of ${state.runningTotal}` : "");
  $("running-empty").hidden = shown.length > 0;
  set("running-empty", state.runningTotal > 0 ? "No running transfer matches the filter." : "No transfer is running.");
  $("running").hidden = shown.length === 0;
}
function drawBoots() {
  const all = [...boots.values()].sort((one, other) => other.started - one.started || (one.id < other.id ? 1 : -1)).slice(0, 200);
  const shown = all.filter(b => matches(b.client, b.summary, b.finding, b.looks));
  keep("boots", shown, b => b.id, fillBoot);
  set("boots-count", shown.length < all.length ? `${shown.length} of ${all.length}` : "");
  $("boots-empty").hidden = shown.length > 0;
  set("boots-empty", all.length > 0 ? "No boot matches the filter." : "No boot so far. A machine that asks for a file shows up here.");
  $("boots").hidden = shown.length === 0;
}

const svg = (name, attributes, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};
// A unit is a pixel, so that the words stay readable on a phone.
const height = 120, left = 62, foot = 18, head = 8;
let width = 600;
const across = (index, length) => left + (width - left) * index / length;
function frame(target, top, label) {
  width = Math.max(240, target.clientWidth);
  target.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const middle = (height - foot + head) / 2;
  target.replaceChildren(
    svg("path", { class: "grid", d: `M${left} ${head}H${width}M${left} ${middle}H${width}M${left} ${height - foot}H${width}` }),
    svg("text", { class: "end", x: left - 6, y: head + 4 }, label(top)), svg("text", { class: "end", x: left - 6, y: middle + 4 }, label(top / 2)),
    svg("text", { class: "end", x: left - 6, y: height - foot + 4 }, "0"),
    svg("text", { x: left, y: height - 3 }, "10 min ago"), svg("text", { class: "end", x: width, y: height - 3 }, "now"));
}
function ceiling(value, steps) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return (steps.find(step => step * power >= value) ?? 10) * power;
}
function drawCharts() {
  const chart = state.chart;
  if (chart.length === 0) return;
  const seconds = 10, rates = chart.map(b => b.bytes / seconds), most = Math.max(...rates, 0);
  const top = ceiling(most, [1, 2, 5, 10]);
  frame($("c-rate"), top, rate);
  const y = value => height - foot - (height - foot - head) * value / top;
  const line = rates.map((value, index) => `L${across(index + .5, rates.length).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  $("c-rate").append(svg("path", { class: "area", d: `M${left} ${height - foot}${line}L${width} ${height - foot}Z` }));
  set("c-rate-note", most > 0 ? `at most ${rate(most)}` : "");

  const kinds = [["complete", b => b.complete], ["probe", b => b.probe], ["refused", b => b.refused], ["failed", b => b.failed + b.closed]];
  const ends = chart.map(b => kinds.map(([, value]) => value(b)));
  const high = ceiling(Math.max(...ends.map(bucket => bucket.reduce((sum, n) => sum + n, 0)), 2), [2, 4, 10]);
  frame($("c-ends"), high, value => String(value));
  ends.forEach((bucket, index) => {
    let base = height - foot;
    bucket.forEach((n, kind) => {
      if (n === 0) return;
      const tall = (height - foot - head) * n / high;
      base -= tall;
      $("c-ends").append(svg("rect", { class: `k-${kinds[kind][0]}`, x: (across(index, ends.length) + 1).toFixed(1), y: base.toFixed(1), width: ((width - left) / ends.length - 2).toFixed(1), height: tall.toFixed(1) }));
    });
  });
}

function drawServer() {
  const s = state.server, last = state.chart.at(-1);
  set("about", `${s.version.split("+")[0]} · serving ${s.root} on ${s.listening.join(", ")} · up ${span(state.now - s.started)}`);
  if (s.health === "ok") pill("health", "good", "healthy");
  else if (s.health === "draining") pill("health", "warn", "stopping");
  else pill("health", "bad", `not healthy: ${s.healthDetail}`);
  set("t-running", String(s.sessions));
  set("t-running-note", `of at most ${s.sessionsMax}`);
  set("t-rate", rate(state.running.reduce((sum, t) => sum + t.rate, 0)));
  set("t-rate-note", last ? `${size(state.chart.reduce((sum, b) => sum + b.bytes, 0))} in ten minutes` : "");
  const recent = [...boots.values()];
  const wrong = recent.filter(b => b.state === "warning" || b.state === "failed").length;
  set("t-boots", String(recent.length));
  set("t-boots-note", recent.length === 0 ? "" : wrong === 0 ? "all fine" : `${count(wrong, "boot")} with findings`);
  const withheld = state.chart.reduce((sum, b) => sum + b.withheld, 0);
  set("t-withheld", size(withheld));
  set("t-withheld-note", "from unverified clients in ten minutes");
  document.title = state.runningTotal > 0 ? `flytftp: ${count(state.runningTotal, "transfer")}` : "flytftp";
}

$("filter").addEventListener("input", () => { if (state) { drawRunning(); drawBoots(); } });

const events = new EventSource("/events");
events.addEventListener("state", event => { state = JSON.parse(event.data); pill("link", "good", "live"); drawServer(); drawCharts(); drawRunning(); });
events.addEventListener("boots", event => {
  for (const boot of JSON.parse(event.data)) boots.set(boot.id, boot);
  if (boots.size > 400) for (const id of [...boots.keys()].slice(0, boots.size - 400)) boots.delete(id);
  drawBoots();
  if (state) drawServer();
});
events.addEventListener("error", () => pill("link", "bad", events.readyState === EventSource.CLOSED ? "not connected: reload the page" : "connection lost, trying again"));
