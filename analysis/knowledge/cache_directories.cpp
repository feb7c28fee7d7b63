#include "analysis/knowledge/cache_directories.h"

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/paths.h"

namespace keyline::analysis {

namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<EnvironmentValue> find_variable(std::string_view name, const Install& install,
                                              const RunEnvironment& environment) {
  for (auto it = install.variables.rbegin(); it != install.variables.rend(); ++it) {
    if (it->first == name) return EnvironmentValue{it->second, it->second.find('$') == std::string::npos};
  }
  if (const RunEnvironment::Variable* variable = environment.variable(name))
    return EnvironmentValue{variable->value, variable->known};
  for (const auto& [key, value] : environment.image.variables) {
    if (key == name) return EnvironmentValue{std::string(value), true};
  }
  return std::nullopt;
}

const RunEnvironment::Variable* RunEnvironment::variable(std::string_view name) const {
  const auto found =
      std::find_if(variables.rbegin(), variables.rend(), [&](const Variable& each) { return each.name == name; });
  return found == variables.rend() ? nullptr : &*found;
}

Owner mount_owner(const RunEnvironment& environment) {
  if (!environment.user_known) return {.uid = {}, .gid = {}, .known = false};
  if (environment.is_root()) return {};
  Owner owner;
  if (is_number(environment.user)) {
    owner.uid = environment.user;
  } else if (environment.image.account && environment.image.account->name == environment.user) {
    owner.uid = owner.gid = environment.image.account->uid;
  } else {
    for (const auto& [name, id] : environment.accounts) {
      if (name == environment.user) owner.uid = id;
    }
    owner.known = !owner.uid.empty();
  }
  if (is_number(environment.group)) owner.gid = environment.group;
  return owner;
}

std::string home_directory(const RunEnvironment& environment) {
  if (const RunEnvironment::Variable* home = environment.variable("HOME"))
    return home->known ? home->value : std::string();
  if (!environment.user_known) return {};
  if (environment.is_root()) return "/root";
  const std::optional<Account>& account = environment.image.account;
  if (account && (account->name == environment.user || account->uid == environment.user))
    return std::string(account->home);
  return {};
}

ResolvedDirectory resolve(const CacheDirectory& directory, const Install& install, const RunEnvironment& environment) {
  const auto unresolved = [](std::string reason) { return ResolvedDirectory{{}, std::move(reason), false}; };
  if (install.other_user) return unresolved("the command runs as another user than the step");
  for (const PathRule& rule : directory.rules) {
    switch (rule.from) {
      case PathRule::From::option: {
        const auto value = install.option(rule.name);
        if (!value) break;
        const std::string path = resolve_path(environment.workdir, *value);
        if (path.empty()) return unresolved(fmt::format("`{}` has a value that is not known here", rule.name));
        return {path, {}, true};
      }
      case PathRule::From::variable: {
        const auto found = find_variable(rule.name, install, environment);
        if (!found || (found->known && found->text.empty())) break;
        // GOPATH may list several directories; the first one is written to.
        const std::string value = rule.name == "GOPATH" ? found->text.substr(0, found->text.find(':')) : found->text;
        std::string path = found->known ? resolve_path(environment.workdir, value + std::string(rule.suffix)) : "";
        if (path.empty()) return unresolved(fmt::format("the value of `{}` is not known here", rule.name));
        return {std::move(path), {}, false};
      }
      case PathRule::From::root:
        if (environment.is_root() && environment.user_known) return {std::string(rule.suffix), {}, false};
        break;
      case PathRule::From::home: {
        const std::string home = home_directory(environment);
        if (home.empty()) return unresolved(fmt::format("the home of user `{}` is not known", environment.user));
        return {resolve_path("/", home + std::string(rule.suffix)), {}, false};
      }
      case PathRule::From::fixed:
        return {std::string(rule.suffix), {}, false};
    }
  }
  return unresolved("it depends on the image");
}

}  // namespace keyline::analysis
