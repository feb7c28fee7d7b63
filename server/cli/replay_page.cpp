#include "server/cli/replay_page.h"

#include <nlohmann/json.hpp>

#include "analysis/explain/words.h"

namespace keyline::server {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view head = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>keyline replay</title>
<style>
:root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --quiet: #5d6673; --line: #dde2e8; --cold: #edf0f4;
  --warm: #f2c879; --hot: #c2410c; --good: #1a7f4b; --card: #f7f9fb; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --text: #e6e9ed; --quiet: #98a2b0; --line: #2c333c;
  --cold: #232930; --warm: #7d5f22; --hot: #f2763d; --good: #56c98a; --card: #1b2026; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 1180px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2.2rem 0 .3rem; }
p { margin: .3rem 0; } .quiet { color: var(--quiet); }
code, .step { font: 13px/1.5 ui-monospace, monospace; }
.story { margin: 1.2rem 0; padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  font-size: 1.08rem; }
.story b.hot { color: var(--hot); } .story b.good { color: var(--good); }
.story ul { margin: .5rem 0 0; padding-left: 1.2rem; font-size: .95rem; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: .8rem 0; color: var(--quiet); font-size: 13px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: .45em; vertical-align: -1px; }
.map { display: grid; grid-template-columns: minmax(5rem, min(19rem, 30%)) minmax(6rem, 1fr) minmax(3rem, max-content); gap: 3px 12px; align-items: center; }
.map .step { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.map .step span { color: var(--quiet); display: inline-block; min-width: 2.2em; text-align: right; margin-right: .8em; }
.map .count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; font-size: 13px; }
.map .axis { display: flex; justify-content: space-between; color: var(--quiet); font-size: 12px; }
.map .hot { color: var(--hot); font-weight: 600; } .map .idle { color: var(--quiet); }
svg { display: block; width: 100%; height: 20px; } svg rect.back { fill: var(--cold); }
svg rect.x { fill: var(--hot); } svg rect.m { fill: var(--warm); }
table { border-collapse: collapse; width: 100%; font-size: 14px; } td, th { text-align: left; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--quiet); font-weight: 500; white-space: nowrap; } td.n { text-align: right; white-space: nowrap; }
hr { border: 0; border-top: 1px solid var(--line); margin: 3rem 0; }
</style>
</head>
<body>
<noscript>The page draws its data with a script of its own; scripts are switched off here.</noscript>
<main></main>
<script type="application/json" id="data">)html";

constexpr std::string_view tail = R"html(</script>
<script>
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const page = document.querySelector("main");

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
function drawn(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
const plural = (n, one, many) => n + " " + (n === 1 ? one : many);
const shortened = (text, n) => text.length > n ? text.slice(0, n - 1) + "…" : text;
const plain = row => row.step.replace(/^\[[^\]]*\] /, "").replace(/\s+/g, " ").replace(/^(\w+)( --[\w-]+(=\S*)?)+/, "$1");
// What stands between backquotes is code.
const words = text => text.split("`").map((part, i) => i % 2 ? make("code", {}, part) : part);

// Commits from the left, oldest first; where there are more than columns, a column stands for several.
function strip(row, file) {
  const all = row.byCommit.length, columns = Math.min(all, 240);
  const svg = drawn("svg", { viewBox: `0 0 ${columns * 10} 20`, preserveAspectRatio: "none", role: "img" });
  svg.setAttribute("aria-label", `${plain(row)}: re-ran in ${row.reran} of ${all} commits`);
  svg.append(drawn("rect", { class: "back", x: 0, y: 0, width: columns * 10, height: 20 }));
  for (let column = 0; column < columns; column++) {
    const first = Math.floor(column * all / columns), end = Math.floor((column + 1) * all / columns);
    let ran = 0, maybe = 0;
    for (let i = first; i < end; i++) {
      const what = row.byCommit[all - 1 - i];
      ran += what === "x"; maybe += what === "?";
    }
    if (ran + maybe === 0) continue;
    const share = (ran || maybe) / (end - first);
    const cell = drawn("rect", { class: ran ? "x" : "m", x: column * 10, y: 0, width: columns > 120 ? 10 : 9, height: 20,
      opacity: 0.3 + 0.7 * share });
    const title = drawn("title", {});
    const newest = all - end, day = file.days[newest];
    const which = end - first === 1 ? `${file.ids[newest]}, ${day}` : `${end - first} commits up to ${day}`;
    title.textContent = which + ": " + (ran ? (end - first === 1 ? "re-ran" : `re-ran in ${ran}`)
      : "re-runs if what it takes from another stage differs");
    cell.append(title);
    svg.append(cell);
  }
  return svg;
}

function heatMap(rows, file) {
  const map = make("div", { class: "map" }, make("div", {}), make("div", {}), make("div", { class: "count idle" }, "re-ran in"));
  for (const row of rows) {
    const total = row.byCommit.length, often = row.reran * 2 >= total && row.reran > 0;
    const count = row.maybe ? `${row.reran}–${row.reran + row.maybe}` : row.reran ? String(row.reran) : "never";
    map.append(
      make("div", { class: "step", title: row.step }, make("span", {}, row.line ? String(row.line) : ""), plain(row)),
      strip(row, file),
      make("div", { class: "count" + (often ? " hot" : row.reran + row.maybe ? "" : " idle") },
        row.time ? `${count} · ${row.time}` : count));
  }
  map.append(make("div", {}), make("div", { class: "axis" }, make("span", {}, file.days[file.days.length - 1]),
    make("span", {}, file.days[0])), make("div", {}));
  return map;
}

// Of equals the first: it stands highest, and took the others along.
const isRun = row => plain(row).startsWith("RUN ");
const worst = rows => rows.filter(isRun).reduce((most, row) => !most || row.cost > most.cost ? row : most, null);

function story(file) {
  const box = make("div", { class: "story" });
  const dearest = worst(file.rows);
  if (!dearest || dearest.reran === 0) {
    box.append("No commit re-ran a RUN for certain.");
    return box;
  }
  box.append(make("code", {}, shortened(plain(dearest), 70)), " re-ran in ",
    make("b", { class: "hot" }, `${dearest.reran} of ${plural(file.commits, "commit", "commits")}`),
    dearest.time ? `, which is ${dearest.time} of waiting.` : ".");
  if (!file.fixes.length) return box;
  box.append(make("p", {}, "With the ", make("b", { class: "good" }, "proposed order"), ":"));
  box.append(make("ul", {}, ...file.fixes.map(fix => make("li", {}, ...words(fix)))));
  return box;
}

function causes(file) {
  const table = make("table", {}, make("tr", {}, make("th", {}, "Line"), make("th", {}, "Step"),
    make("th", {}, "Re-ran because of")));
  for (const row of file.rows) {
    if (!row.paths.length || (row.through.length && row.through[0].line !== row.line)) continue;
    const cell = make("td", {});
    row.paths.forEach((path, i) => cell.append(i ? ", " : "", make("code", {}, path.path), ` ${path.commits}×`));
    if (row.allPaths > row.paths.length) cell.append(`, ${plural(row.allPaths - row.paths.length, "other path", "other paths")}`);
    table.append(make("tr", {}, make("td", { class: "n" }, row.line ? String(row.line) : ""),
      make("td", {}, make("code", {}, shortened(plain(row), 60))), cell));
  }
  return table;
}

for (const [number, file] of data.files.entries()) {
  if (number) page.append(make("hr"));
  page.append(make("h1", {}, file.file), make("p", { class: "quiet" },
    `${plural(file.commits, "commit", "commits")}, ${file.days[file.days.length - 1]} to ${file.days[0]}, ` +
    (file.asCommitted ? "each with the Dockerfile of its time." : "with the Dockerfile as it is now.") +
    " Each row is a step, each column what a commit did to it on a builder that had built the one before."));
  page.append(story(file));
  page.append(make("div", { class: "legend" },
    make("span", {}, make("i", { style: "background:var(--hot)" }), "re-ran"),
    make("span", {}, make("i", { style: "background:var(--warm)" }), "re-runs only if what it takes from another stage differs"),
    make("span", {}, make("i", { style: "background:var(--cold)" }), "reused, or not there yet")));
  if (file.fixes.length) page.append(make("h2", {}, "As it is"));
  page.append(heatMap(file.rows, file));
  if (file.fixes.length) page.append(make("h2", {}, "With the proposed order"), heatMap(file.proposed, file));
  page.append(make("h2", {}, "What re-ran them"), causes(file));
}
</script>
</body>
</html>
)html";

ordered_json rows_of(const std::vector<ReplayRow>& rows) {
  ordered_json list = ordered_json::array();
  for (const ReplayRow& row : rows) {
    ordered_json paths = ordered_json::array();
    for (const ReplayRow::Cause& cause : row.paths) paths.push_back({{"path", cause.path}, {"commits", cause.commits}});
    ordered_json through = ordered_json::array();
    for (const ReplayRow::Through& each : row.through) through.push_back({{"line", each.line}});
    const double seconds = row.seconds.value_or(0) * row.reran;
    list.push_back({{"line", row.line},
                    {"step", row.step},
                    {"reran", row.reran},
                    {"maybe", row.maybe},
                    {"cost", row.seconds ? seconds : static_cast<double>(row.reran)},
                    {"time", row.seconds && row.reran > 0 ? analysis::duration_of(seconds) : std::string()},
                    {"byCommit", row.by_commit},
                    {"paths", std::move(paths)},
                    {"allPaths", row.all_paths},
                    {"through", std::move(through)}});
  }
  return list;
}

ordered_json json_of(const ReplayReport& report) {
  constexpr std::size_t short_id = 10;
  ordered_json ids = ordered_json::array();
  ordered_json days = ordered_json::array();
  for (const std::string& id : report.ids) ids.push_back(id.substr(0, short_id));
  for (const std::int64_t time : report.times) days.push_back(day_of(time));
  return {{"file", report.file},
          {"commits", report.commits},
          {"asCommitted", report.as_committed},
          {"ids", std::move(ids)},
          {"days", std::move(days)},
          {"rows", rows_of(report.rows)},
          {"fixes", report.proposed_fixes},
          {"proposed", rows_of(report.proposed)}};
}

}  // namespace

std::string replay_page(const std::vector<ReplayReport>& reports) {
  ordered_json files = ordered_json::array();
  for (const ReplayReport& report : reports) {
    if (report.fault.empty()) files.push_back(json_of(report));
  }
  // Nothing in the data may end the element that it stands in.
  std::string page(head);
  ordered_json data;
  data["files"] = std::move(files);
  for (const char c : data.dump(-1, ' ', false, ordered_json::error_handler_t::replace)) {
    if (c == '<') {
      page += "\\u003c";
    } else {
      page += c;
    }
  }
  return page.append(tail);
}

}  // namespace keyline::server
