#include "tests/corpus/allowances.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "analysis/text/path.h"

namespace keyline::corpus {

namespace {

struct Row {
  std::string_view rule;
  Allowance allowance;
};

// A new rule starts without a row.
const std::vector<Row> rows{
    {"copy-before-install", {.order = true, .copies = true}},
    {"independent-step-after-copy", {.order = true}},
    {"volatile-arg-early", {.arguments = true}},
    {"platform-arg-early", {.arguments = true}},
    {"owner-change-after-copy", {.order = true, .modes = true}},
    {"missing-cache-mount", {.caches = true}},
    {"docker-clean-empties-mount", {.caches = true}},
    {"cache-mount-defeated", {.caches = true}},
    {"cache-mount-unsafe-sharing", {.caches = true}},
    {"cache-mount-owner", {.caches = true}},
    {"cache-mount-unused", {.caches = true}},
    {"cache-mount-shared-id", {.caches = true}},
    {"update-without-install", {.caches = true, .refreshes = true}},
};

// Whether an operand of `rm` lies below the mount. What `~` is says the mount: it stands in the home of the user.
bool lies_in(const std::string& word, const std::string& mount) {
  const std::string path = analysis::clean_path(word.substr(0, word.find('*')));
  if (path.starts_with("~/")) return mount.ends_with(path.substr(1));
  return analysis::is_absolute(path) && analysis::is_within(path, mount);
}

bool any_of(const std::vector<std::string_view>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

// ---- caches

// Whether the act is a clean-up of nothing but download caches: of apt's and the like by their own command, of any
// directory that one of the mounts covers.
bool only_empties(const Act& act, const std::vector<std::string>& mounts, bool in_image) {
  if (act.words.empty()) return false;
  static const std::vector<std::string_view> cleaners{"apt-get clean",           "apt clean",
                                                      "apt-get autoclean",       "apt-get -y clean",
                                                      "apt-get clean -y",        "apt-get -y autoclean",
                                                      "apt-get autoclean -y",    "yum clean all",
                                                      "yum -y clean all",        "yum clean all -y",
                                                      "dnf clean all",           "dnf -y clean all",
                                                      "dnf clean all -y",        "zypper clean",
                                                      "npm cache clean --force", "npm cache clean",
                                                      "npm cache clear --force", "yarn cache clean",
                                                      "pip cache purge",         "composer clear-cache",
                                                      "go clean -modcache",      "go clean -cache",
                                                      "microdnf clean all",      "zypper clean --all",
                                                      "zypper clean -a",         "npm cache clear",
                                                      "npm cache verify",        "yarn cache clean --all",
                                                      "composer clearcache",     "yum clean packages",
                                                      "pnpm store prune",        "uv cache clean",
                                                      "uv cache prune"};
  std::string text = act.text();
  if (text.starts_with("sudo ")) text.erase(0, 5);
  if (any_of(cleaners, text)) return true;
  // What Debian's images do to keep archives out of layers: where the stage is thrown away nothing of it is left.
  if (!in_image && text.find("/etc/apt/apt.conf.d/") != std::string::npos &&
      (text.starts_with("rm -f ") || text.starts_with("echo ")))
    return true;
  const bool removes = text.starts_with("rm ");
  if (!removes) return false;
  bool operands = false;
  for (const std::string& word : act.words) {
    if (word == "rm" || word == "sudo" || word.starts_with('-')) continue;
    operands = true;
    if (std::ranges::none_of(mounts, [&](const std::string& mount) { return lies_in(word, mount); })) return false;
  }
  return operands;
}

// Words that say whether and where downloads are kept, and operands of `rm` below a mount.
bool is_about_caches(const Act& act, std::size_t at, const std::vector<std::string>& mounts) {
  const std::string& word = act.words[at];
  static const std::vector<std::string_view> options{
      "--no-cache",          "--no-cache-dir",       "--update-cache",         "--no-cache-dir=1",
      "--no-cache-dir=true", "--setopt=keepcache=1", "--setopt=keepcache=True"};
  static const std::vector<std::string_view> variables{
      "PIP_NO_CACHE_DIR=",        "UV_NO_CACHE=",      "COMPOSER_CACHE_DIR=",
      "BUNDLE_GLOBAL_GEM_CACHE=", "npm_config_cache=", "YARN_CACHE_FOLDER="};
  if (any_of(options, word)) return true;
  if (at < 4 && std::ranges::any_of(variables, [&](std::string_view name) { return word.starts_with(name); }))
    return true;
  const bool removes = std::ranges::find(act.words, "rm") != act.words.end();
  return removes && std::ranges::any_of(mounts, [&](const std::string& mount) { return lies_in(word, mount); });
}

// All targets of cache mounts in either of the two stages: clean-ups below them are the same as none.
std::vector<std::string> mounts_of(const StageImage& before, const StageImage& after) {
  std::vector<std::string> mounts;
  for (const StageImage* stage : {&before, &after})
    for (const Act& act : stage->acts) mounts.insert(mounts.end(), act.caches.begin(), act.caches.end());
  return mounts;
}

void forget_caches(StageImage& stage, const std::vector<std::string>& mounts) {
  std::erase_if(stage.acts, [&](const Act& act) {
    return act.kind == Act::Kind::command && only_empties(act, mounts, stage.in_image);
  });
  for (Act& act : stage.acts) {
    if (act.kind != Act::Kind::command) continue;
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < act.words.size(); ++i) {
      if (!is_about_caches(act, i, mounts)) kept.push_back(act.words[i]);
    }
    act.words = std::move(kept);
  }
}

// A mount that is new must hide nothing: no other step may name what lies under it.
void find_hidden(const Image& before, const Image& after, std::vector<std::string>& found) {
  for (std::size_t s = 0; s < after.stages.size(); ++s) {
    std::set<std::string> old;
    for (const Act& act : before.stages[s].acts) old.insert(act.caches.begin(), act.caches.end());
    for (const Act& act : after.stages[s].acts) {
      for (const std::string& mount : act.caches) {
        if (old.contains(mount)) continue;
        const std::string source = fmt::format("stage {} ", s);
        for (const StageImage& stage : after.stages) {
          for (const Act& copy : stage.acts) {
            if (copy.kind == Act::Kind::copy && copy.words[0] + " " == source &&
                analysis::is_within(analysis::clean_path("/" + copy.words[1]), mount))
              found.push_back(fmt::format("the mount at {} hides what `{}` takes", mount, copy.text()));
          }
        }
      }
    }
  }
}

// ---- arguments

bool names_variable(const std::string& text, const std::string& name) {
  const auto letter = [](char c) { return (std::isalnum(static_cast<unsigned char>(c)) != 0) || c == '_'; };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !letter(text[at - 1])) && (end == text.size() || !letter(text[end]))) return true;
  }
  return false;
}

void compare_variables(const Act& before, const Act& after, const Allowance& allowance,
                       std::vector<std::string>& found) {
  if (before.variables != after.variables) found.push_back("other variables for `" + before.text() + "`");
  std::set<std::string> names;
  for (const Act* act : {&before, &after})
    for (const auto& [name, value] : act->arguments) names.insert(name);
  for (const std::string& name : names) {
    const auto left = before.arguments.find(name), right = after.arguments.find(name);
    const bool equal = left != before.arguments.end() && right != after.arguments.end()
                           ? left->second == right->second
                           : left == before.arguments.end() && right == after.arguments.end();
    if (equal || (allowance.arguments && !names_variable(before.text(), name))) continue;
    found.push_back(fmt::format("another {} for `{}`", name, before.text()));
  }
}

// ---- refreshes

bool is_refresh(const Act& act) {
  static const std::vector<std::string_view> programs{"apt-get", "apt", "apk", "yum", "dnf", "zypper", "pacman"};
  static const std::vector<std::string_view> verbs{"update", "makecache", "refresh", "-Sy"};
  std::vector<std::string> words;
  for (const std::string& word : act.words) {
    if (word != "sudo" && (!word.starts_with('-') || word == "-Sy")) words.push_back(word);
  }
  return words.size() == 2 && any_of(programs, words[0]) && any_of(verbs, words[1]);
}

// ---- modes

// `COPY --chmod=M f D` as `COPY f D` and the act of setting the mode of what it makes.
void spread_modes(StageImage& stage) {
  std::vector<Act> acts;
  std::vector<std::string> modes;
  const auto mode_of = [](std::string mode) {
    while (mode.size() > 1 && mode.starts_with('0')) mode.erase(0, 1);
    return mode == "+x" || mode == "a+x" ? std::string("755") : mode;
  };
  for (Act act : stage.acts) {
    const std::string& directory = act.directory;
    if (act.kind == Act::Kind::command && act.words.size() == 3 && act.words[0] == "chmod") {
      const std::string& target = act.words[2];
      modes.push_back(mode_of(act.words[1]) + " " +
                      (analysis::is_absolute(target) ? analysis::clean_path(target)
                                                     : analysis::clean_path(analysis::join_path(directory, target))));
      continue;
    }
    if (act.kind == Act::Kind::copy) {
      const auto flag =
          std::ranges::find_if(act.words, [](const std::string& word) { return word.starts_with("--chmod="); });
      if (flag != act.words.end()) {
        const std::string& to = act.words[2];
        const std::string name(analysis::base_name(act.words[1]));
        modes.push_back(mode_of(flag->substr(8)) + " " +
                        analysis::clean_path(to.ends_with('/') || to == directory ? to + "/" + name : to));
        act.words.erase(flag);
      }
    }
    acts.push_back(std::move(act));
  }
  std::ranges::sort(modes);
  for (std::string& mode : modes) {
    Act act;
    act.kind = Act::Kind::directory;
    act.words = {"mode", std::move(mode)};
    acts.push_back(std::move(act));
  }
  stage.acts = std::move(acts);
}

// ---- order and copies

// Where one source of a COPY arrives.
std::string arrival(const Act& copy) {
  const std::string& to = copy.words[2];
  return analysis::clean_path(to.ends_with('/') ? to + std::string(analysis::base_name(copy.words[1])) : to);
}

// Whether a later COPY of a directory brings the same file to the same place in the same manner.
bool is_brought_again(const Act& copy, const std::vector<Act>& acts, std::size_t at) {
  for (std::size_t i = at + 1; i < acts.size(); ++i) {
    const Act& other = acts[i];
    if (other.kind != Act::Kind::copy || other.words[0] != copy.words[0]) continue;
    if (!std::equal(other.words.begin() + 3, other.words.end(), copy.words.begin() + 3, copy.words.end())) continue;
    if (!analysis::is_within(copy.words[1], other.words[1])) continue;
    const std::string below = other.words[1] == "."
                                  ? copy.words[1]
                                  : copy.words[1].substr(std::min(other.words[1].size() + 1, copy.words[1].size()));
    if (analysis::clean_path(other.words[2] + "/" + below) == arrival(copy)) return true;
  }
  return false;
}

std::vector<std::size_t> of_kind(const std::vector<Act>& acts, bool commands) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    if ((acts[i].kind == Act::Kind::command) == commands) found.push_back(i);
  }
  return found;
}

// No command names a file that it now has, or no longer has, beside it.
void compare_order(const StageImage& before, const StageImage& after, const Allowance& allowance,
                   std::vector<std::string>& found) {
  const std::vector<std::size_t> left = of_kind(before.acts, false);
  std::vector<std::size_t> right = of_kind(after.acts, false);
  if (allowance.copies) {
    std::vector<std::size_t> kept;
    std::size_t next = 0;
    for (const std::size_t i : right) {
      const bool expected = next < left.size() && before.acts[left[next]].words == after.acts[i].words;
      if (expected) ++next;
      if (expected || after.acts[i].kind != Act::Kind::copy || !is_brought_again(after.acts[i], after.acts, i))
        kept.push_back(i);
    }
    right = std::move(kept);
  }
  const auto same = [&](std::size_t a, std::size_t b) { return before.acts[a].words == after.acts[b].words; };
  if (!std::ranges::equal(left, right, same)) return found.push_back("other files are copied, or in another order");
  const std::vector<std::size_t> runs = of_kind(before.acts, true), moved = of_kind(after.acts, true);
  if (runs.size() != moved.size()) return;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    for (std::size_t c = 0; c < left.size(); ++c) {
      if ((runs[r] < left[c]) == (moved[r] < right[c])) continue;
      const Act& copy = before.acts[left[c]];
      if (!allowance.order || copy.kind != Act::Kind::copy)
        return found.push_back(fmt::format("`{}` and `{}` change places", before.acts[runs[r]].text(), copy.text()));
      const std::string name(analysis::base_name(copy.words[1]));
      const std::string destination = analysis::clean_path(copy.words[2]);
      for (const std::string& word : before.acts[runs[r]].words) {
        const bool script = word.starts_with("./") || word == name;
        const bool below = analysis::is_absolute(word) && destination != "/" && analysis::is_within(word, destination);
        if ((script || below) && !allowance.copies)
          found.push_back(
              fmt::format("`{}` is run before `{}`, which it names", before.acts[runs[r]].text(), copy.text()));
      }
    }
  }
}

void compare_stage(StageImage before, StageImage after, const Allowance& allowance, std::vector<std::string>& found) {
  if (before.base != after.base) found.push_back("another base: " + before.base + ", " + after.base);
  if (allowance.caches) {
    const std::vector<std::string> mounts = mounts_of(before, after);
    forget_caches(before, mounts);
    forget_caches(after, mounts);
  } else {
    for (std::size_t i = 0; i < std::min(before.acts.size(), after.acts.size()); ++i) {
      if (before.acts[i].kind == Act::Kind::command && !allowance.order &&
          before.acts[i].caches != after.acts[i].caches)
        found.push_back("other cache mounts for `" + before.acts[i].text() + "`");
    }
  }
  if (allowance.refreshes) {
    std::erase_if(before.acts, is_refresh);
    std::erase_if(after.acts, is_refresh);
  }
  if (allowance.modes) {
    spread_modes(before);
    spread_modes(after);
  }
  const std::vector<std::size_t> left = of_kind(before.acts, true), right = of_kind(after.acts, true);
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    if (i >= left.size()) {
      found.push_back("a command more: `" + after.acts[right[i]].text() + "`");
    } else if (i >= right.size()) {
      found.push_back("a command less: `" + before.acts[left[i]].text() + "`");
    } else if (before.acts[left[i]].words != after.acts[right[i]].words ||
               before.acts[left[i]].setting != after.acts[right[i]].setting) {
      return found.push_back(fmt::format("`{}` ({})\n    and `{}` ({})", before.acts[left[i]].text(),
                                         before.acts[left[i]].setting, after.acts[right[i]].text(),
                                         after.acts[right[i]].setting));
    } else {
      compare_variables(before.acts[left[i]], after.acts[right[i]], allowance, found);
    }
  }
  compare_order(before, after, allowance, found);
}

}  // namespace

Allowance allowance_of(std::string_view rule) {
  const auto row = std::ranges::find(rows, rule, &Row::rule);
  return row == rows.end() ? Allowance{} : row->allowance;
}

Allowance both(Allowance left, const Allowance& right) {
  left.caches |= right.caches;
  left.order |= right.order;
  left.copies |= right.copies;
  left.arguments |= right.arguments;
  left.refreshes |= right.refreshes;
  left.modes |= right.modes;
  return left;
}

std::vector<std::string> differences(const Image& before, const Image& after, const Allowance& allowance) {
  std::vector<std::string> found;
  if (before.stages.size() != after.stages.size()) return {"other stages are built"};
  if (before.configuration != after.configuration) {
    for (std::size_t i = 0; i < std::max(before.configuration.size(), after.configuration.size()); ++i) {
      const std::string left = i < before.configuration.size() ? before.configuration[i] : "nothing";
      const std::string right = i < after.configuration.size() ? after.configuration[i] : "nothing";
      if (left != right) {
        found.push_back(fmt::format("another configuration: {}; {}", left, right));
        break;
      }
    }
  }
  for (std::size_t i = 0; i < before.stages.size(); ++i)
    compare_stage(before.stages[i], after.stages[i], allowance, found);
  if (allowance.caches) find_hidden(before, after, found);
  return found;
}

}  // namespace keyline::corpus
