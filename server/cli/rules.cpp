#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/rules/registry.h"
#include "server/cli/commands.h"
#include "server/cli/json_text.h"
#include "server/cli/terminal.h"
#include "server/reference/render.h"

namespace keyline::server {

namespace {

using analysis::Rule;
using nlohmann::ordered_json;

struct RulesOptions {
  std::string id;
  std::string format = "text";
};

ordered_json json_of(const Rule& rule) {
  return {{"id", rule.id},
          {"summary", rule.summary},
          {"severity", severity_name(rule.severity)},
          {"why", rule.why},
          {"silent", rule.silent},
          {"unproven", rule.unproven},
          {"changes", rule.changes},
          {"example", {{"before", rule.example.before}, {"after", rule.example.after}}}};
}

std::string list_as_text(const std::vector<const Rule*>& rules, const Terminal& terminal) {
  std::size_t widest = 0;
  for (const Rule* rule : rules) widest = std::max(widest, rule->id.size());
  std::string out;
  for (const Rule* rule : rules) {
    out += fmt::format("{}  {}  {}\n", terminal.paint(Style::strong, pad(rule->id, widest)),
                       terminal.paint(Style::dim, pad(severity_name(rule->severity), 11)), rule->summary);
  }
  return out;
}

// Headings and code stand out on a terminal; the Markdown itself is the text.
std::string page_as_text(const Rule& rule, const Terminal& terminal) {
  std::string out;
  const std::string page = rule_page(rule, 1);
  bool code = false;
  std::string_view rest = page;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    if (line.starts_with("```")) {
      code = !code;
    } else if (code) {
      out += "    " + terminal.paint(Style::information, visible(line)) + "\n";
    } else if (line.starts_with("# ")) {
      out += terminal.paint(Style::strong, line.substr(2)) + "\n";
    } else {
      std::string plain(line);
      for (std::size_t at = plain.find("**"); at != std::string::npos; at = plain.find("**")) plain.erase(at, 2);
      out += plain + "\n";
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

std::string render(const RulesOptions& options, const std::vector<const Rule*>& rules) {
  const Terminal terminal = terminal_of(STDOUT_FILENO);
  const bool one = !options.id.empty();
  if (options.format == "json") {
    ordered_json listed = ordered_json::array();
    for (const Rule* rule : rules) listed.push_back(json_of(*rule));
    return json_text(one ? listed.front() : listed);
  }
  if (options.format == "markdown") {
    std::string out;
    for (const Rule* rule : rules) out += (out.empty() ? "" : "\n") + rule_page(*rule, one ? 1 : 2);
    return out;
  }
  return one ? page_as_text(*rules.front(), terminal) : list_as_text(rules, terminal);
}

int run(const RulesOptions& options) {
  std::vector<const Rule*> rules(analysis::all_rules().begin(), analysis::all_rules().end());
  if (!options.id.empty()) {
    const Rule* rule = analysis::find_rule(options.id);
    if (!rule) {
      write_error(fmt::format("keyline: there is no rule `{}`; `keyline rules` lists them\n", visible(options.id)));
      return exit_could_not_run;
    }
    rules = {rule};
  }
  return write_out(render(options, rules)) ? exit_clean : exit_could_not_run;
}

}  // namespace

Command add_rules(Options& declared) {
  const auto options = std::make_shared<RulesOptions>();
  declared.text("ID", options->id, "", "One rule, with its reason and an example (default: a list of all)");
  declared.choice("--format", options->format, {"text", "markdown", "json"}, "FORMAT",
                  "The form of the answer (default: text)");
  declared.footer(
      "Examples:\n"
      "  keyline rules\n"
      "  keyline rules copy-before-install");
  return [options] { return run(*options); };
}

}  // namespace keyline::server
