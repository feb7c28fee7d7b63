#include "server/cli/command_line.h"

#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "server/cli/commands.h"
#include "server/cli/describe.h"
#include "server/cli/terminal.h"

namespace keyline::server {

namespace {

class HelpFormatter : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string /*name*/, CLI::AppFormatMode /*mode*/) const override {
    return help_text(*app);
  }
};

struct Entry {
  CLI::App* app = nullptr;
  Command run;
};

template <class Add>
Entry entry(CLI::App& root, const char* name, const char* summary, Add add) {
  CLI::App* app = root.add_subcommand(name, summary);
  Options declared(*app);
  return {app, add(declared)};
}

std::vector<Entry> add_all(CLI::App& root) {
  std::vector<Entry> entries;
  entries.push_back(entry(root, "check", "Report what makes builds re-run too often or go stale", add_check));
  entries.push_back(entry(root, "explain", "Say what a step's cache key is made of and what re-runs it", add_explain));
  entries.push_back(entry(root, "fix", "Apply the fixes that build the same image", add_fix));
  entries.push_back(entry(root, "diff", "Say which steps a change re-runs, between two states", add_diff));
  entries.push_back(entry(root, "replay", "Say which steps each of the last commits re-ran, and why", add_replay));
  entries.push_back(entry(root, "build", "Run a build and remember what it was made of", add_build));
  entries.push_back(entry(root, "record", "Remember that a build of the present state succeeded", add_record));
  entries.push_back(entry(root, "rules", "Show what is looked for, and why", add_rules));
  entries.push_back(entry(root, "lsp", "Serve an editor (Language Server Protocol)", add_lsp));
  const auto completions = [&](Options& declared) { return add_completions(declared, root); };
  entries.push_back(entry(root, "completions", "Print the completion script of a shell", completions));
  const auto man = [&](Options& declared) { return add_man(declared, root); };
  entries.push_back(entry(root, "man", "Print the manual page", man));
  entries.push_back(
      entry(root, "reference", "Write the files that are rendered from rules and settings", add_reference));
  entries.back().app->group("");  // for those who work on keyline; not shown
  return entries;
}

int run(int argc, const char* const* argv) {
  CLI::App root(
      "keyline knows what Docker's build cache will do: what each step's key is made of,\n"
      "what re-runs when it changes, and which edits make builds faster.",
      "keyline");
  root.set_version_flag("--version", "keyline " KEYLINE_VERSION, "Show the version and leave");
  root.set_help_flag("-h,--help", "Show this text and leave");
  root.formatter(std::make_shared<HelpFormatter>());
  root.require_subcommand(0, 1);
  root.footer(
      "Examples:\n"
      "  keyline check                      every Dockerfile below this folder\n"
      "  keyline explain Dockerfile:12      why would line 12 run again?\n"
      "  keyline fix --diff                 the safe repairs, as a patch\n"
      "\n`keyline COMMAND --help` tells more about one command.");
  const std::vector<Entry> entries = add_all(root);

  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return root.exit(success);
  } catch (const CLI::ParseError& error) {
    write_error(fmt::format("keyline: {}\n", error.what()));
    const std::vector<CLI::App*> chosen = root.get_subcommands();
    write_error(fmt::format("Try `keyline{} --help`.\n", chosen.empty() ? "" : " " + chosen.front()->get_name()));
    return exit_could_not_run;
  }
  for (const Entry& each : entries) {
    if (each.app->parsed()) return each.run();
  }
  write_error(root.help());
  return exit_could_not_run;
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    // Only a fault of ours or of the machine (no memory) comes here; the exit code keeps its meaning.
    write_error(fmt::format("keyline: internal error: {}\n", error.what()));
    return exit_could_not_run;
  }
}

}  // namespace keyline::server
