#include "server/cli/options.h"

#include <CLI/CLI.hpp>

namespace keyline::server {

void Options::flag(const char* names, bool& value, const char* help) { app_.add_flag(names, value, help); }

void Options::text(const char* names, std::string& value, const char* placeholder, const char* help, Need need) {
  app_.add_option(names, value, help)->required(need == Need::required)->type_name(placeholder);
}

void Options::choice(const char* names, std::string& value, std::initializer_list<const char*> choices,
                     const char* placeholder, const char* help, Need need) {
  app_.add_option(names, value, help)
      ->required(need == Need::required)
      ->check(CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())))
      ->type_name(placeholder);
}

void Options::list(const char* names, std::vector<std::string>& values, const char* placeholder, const char* help,
                   Need need) {
  app_.add_option(names, values, help)->required(need == Need::required)->type_name(placeholder);
}

void Options::repeated(const char* names, std::vector<std::string>& values, const char* placeholder, const char* help) {
  app_.add_option(names, values, help)->type_name(placeholder)->allow_extra_args(false);
}

void Options::hidden(const char* names, std::string& value) { app_.add_option(names, value)->group(""); }

void Options::exclusive(const char* one, const char* other) { app_.get_option(one)->excludes(app_.get_option(other)); }

void Options::footer(const char* text) { app_.footer(text); }

}  // namespace keyline::server
