#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/describe.h"
#include "server/cli/terminal.h"

namespace keyline::server {

namespace {

// Text as roff takes it literally: backslashes and hyphens escaped, no line that looks like a request.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

// Lines that begin with blanks are examples and tables: shown as they are.
std::string roff_paragraphs(std::string_view text) { return fmt::format(".nf\n{}\n.fi\n", roff(text)); }

std::string options_of(const CommandDescription& command) {
  std::string out;
  for (const OptionDescription& option : command.options) {
    out += fmt::format(".TP\n.B {}\n{}\n", roff(option_head(option)), roff(option.text));
  }
  return out;
}

std::string manual(const CLI::App& root) {
  const CommandDescription keyline = describe(root);
  std::string out = ".TH KEYLINE 1 \"\" \"keyline " KEYLINE_VERSION "\" \"User Commands\"\n";
  out += ".SH NAME\nkeyline \\- what Docker's build cache will do\n";
  out += fmt::format(".SH SYNOPSIS\n.nf\n");
  const std::vector<CommandDescription> commands = describe_commands(root);
  for (const CommandDescription& command : commands) out += roff(synopsis(command)) + "\n";
  out += ".fi\n.SH DESCRIPTION\n" + roff(keyline.summary) + "\n";
  out += ".SH OPTIONS\n" + options_of(keyline) + ".SH COMMANDS\n";
  for (const CommandDescription& command : commands) {
    out += fmt::format(".SS {}\n{}.\n{}", roff(synopsis(command)), roff(command.summary), options_of(command));
    if (!command.footer.empty()) out += ".PP\n" + roff_paragraphs(command.footer);
  }
  out +=
      ".SH EXIT STATUS\n"
      ".TP\n.B 0\nDone, and nothing found.\n"
      ".TP\n.B 1\nFindings at or above the severity of \\-\\-fail\\-on.\n"
      ".TP\n.B 2\nWrong arguments, or something could not be read or written.\n";
  out +=
      ".SH ENVIRONMENT\n"
      ".TP\n.B NO_COLOR\nWhen not empty, no colours.\n"
      ".TP\n.B CLICOLOR\nWhen 0, no colours.\n"
      ".TP\n.B CLICOLOR_FORCE\nWhen neither empty nor 0, colours also where there is no terminal.\n";
  out += ".SH EXAMPLES\n" + roff_paragraphs(keyline.footer);
  return out;
}

}  // namespace

Command add_man(Options& declared, const CLI::App& root) {
  declared.footer("Example:\n  keyline man > ~/.local/share/man/man1/keyline.1");
  return [&root] { return write_out(manual(root)) ? exit_clean : exit_could_not_run; };
}

}  // namespace keyline::server
