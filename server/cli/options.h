#pragma once
// Where a command declares its options; what is declared here is parsed, shown by --help, and stands in the manual page
// and in completions. A face on CLI11, whose templates take a minute in each file that sees them.

#include <initializer_list>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace keyline::server {

// Names without dashes are those of positional arguments. Values must live until the arguments are parsed.
class Options {
 public:
  enum class Need { optional, required };

  explicit Options(CLI::App& app) : app_(app) {}

  void flag(const char* names, bool& value, const char* help);
  void text(const char* names, std::string& value, const char* placeholder, const char* help,
            Need need = Need::optional);
  void choice(const char* names, std::string& value, std::initializer_list<const char*> choices,
              const char* placeholder, const char* help, Need need = Need::optional);
  // Takes all that follow.
  void list(const char* names, std::vector<std::string>& values, const char* placeholder, const char* help,
            Need need = Need::optional);
  // Takes one each time it is given.
  void repeated(const char* names, std::vector<std::string>& values, const char* placeholder, const char* help);
  // Taken, but told to nobody.
  void hidden(const char* names, std::string& value);
  // Not both of them.
  void exclusive(const char* one, const char* other);
  // What --help says last: exit codes, examples.
  void footer(const char* text);

 private:
  CLI::App& app_;
};

}  // namespace keyline::server
