#include "analysis/knowledge/plain_commands.h"

#include <algorithm>
#include <utility>

#include "analysis/knowledge/package_managers.h"
#include "analysis/knowledge/paths.h"
#include "analysis/knowledge/programs.h"

namespace keyline::analysis {

namespace {

// Their words are no paths.
constexpr std::string_view text_programs =
    ": true false set echo printf export unset sleep exit return id whoami uname arch hash type which command umask "
    "trap ulimit yes nproc seq expr getconf lsb_release kill ps date env printenv tr";

// Every word that is no option may be a path.
constexpr std::string_view file_programs =
    "[ [[ test cd mkdir mktemp touch rm rmdir mv cp ln chmod chown chgrp cat tee sed grep egrep awk sort head tail cut "
    "wc tar unzip zip gzip gunzip xz bzip2 stat ls find du df install sha256sum sha1sum md5sum sha512sum readlink "
    "realpath basename dirname strip file cmp diff od sync venv virtualenv";

// They work on the system, on accounts, on what they download; a word is a path when it looks like one.
constexpr std::string_view system_programs =
    "curl wget gpg gpgv dirmngr dpkg dpkg-query dpkg-reconfigure dpkg-architecture groupadd useradd usermod addgroup "
    "adduser groupmod passwd chpasswd locale-gen update-locale update-alternatives update-ca-certificates ldconfig "
    "apt-key add-apt-repository apt-mark apt-cache debconf-set-selections rpm systemctl corepack setcap a2enmod "
    "a2dismod docker-php-ext-install docker-php-ext-enable docker-php-ext-configure pecl xargs tput";

// The first operand is a script, a mode or an owner.
constexpr std::string_view first_operand_is_no_path = "sed grep egrep awk chmod chown chgrp";

// What such a program sets with `config` goes into this file of the project, unless it is told to do otherwise.
struct ConfigWriter {
  std::string_view program;
  std::string_view file;  // "": of the user
};
constexpr ConfigWriter config_writers[] = {{"npm", ""},
                                           {"pnpm", ""},
                                           {"pip", ""},
                                           {"conda", ""},
                                           {"yarn", ".yarnrc.yml"},
                                           {"poetry", "poetry.toml"},
                                           {"composer", "composer.json"},
                                           {"bundle", ".bundle/config"},
                                           {"git", ".git/config"}};

const ConfigWriter* config_writer(std::string_view program) {
  const auto* const found = std::find_if(std::begin(config_writers), std::end(config_writers),
                                         [&](const ConfigWriter& each) { return each.program == program; });
  return found == std::end(config_writers) ? nullptr : found;
}

bool has_word(const ShellCommand& command, std::size_t program, std::string_view words) {
  return std::any_of(command.words.begin() + static_cast<std::ptrdiff_t>(program) + 1, command.words.end(),
                     [&](const ShellWord& word) { return lists(words, word.text); });
}

bool is_test(std::string_view program) { return lists("[ [[ test", program); }

// "-f x", "x -nt y": of the words of a test only these name files.
bool is_tested_file(const ShellCommand& command, std::size_t word) {
  const auto operator_at = [&](std::size_t at, std::string_view operators) {
    return at < command.words.size() && lists(operators, command.words[at].text);
  };
  constexpr std::string_view unary = "-a -b -c -d -e -f -g -h -k -L -O -G -N -p -r -s -S -u -w -x";
  constexpr std::string_view binary = "-nt -ot -ef";
  return operator_at(word - 1, unary) || operator_at(word - 1, binary) || operator_at(word + 1, binary);
}

// Of a word that may name a path, the directory or file that is sure to hold what it names.
std::string path_of(std::string_view directory, std::string_view text, std::string_view home) {
  std::string path = expand_home(text, home);
  if (const std::size_t glob = path.find_first_of("*?[{"); glob != std::string::npos) {
    path.resize(glob);
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  }
  return resolve_path(directory, path);
}

// The part of an option that may be a path: "--file=x", "-C/opt".
std::string_view option_value(std::string_view option) {
  const std::size_t equals = option.find('=');
  if (equals != std::string_view::npos) return option.substr(equals + 1);
  const std::size_t slash = option.find('/');
  return slash == std::string_view::npos ? std::string_view() : option.substr(slash);
}

}  // namespace

bool is_plain_command(const ShellCommand& command) {
  const std::size_t program = wrapped_program(command);
  if (program >= command.words.size()) return true;  // assignments only
  const std::string& word = command.words[program].text;
  if (word.find('/') != std::string::npos && !word.starts_with("/bin/") && !word.starts_with("/usr/bin/")) return false;
  const std::string name = program_name(word);
  if (lists(text_programs, name) || lists(file_programs, name) || lists(system_programs, name)) return true;
  const auto next = [&](std::string_view words) {
    return program + 1 < command.words.size() && lists(words, command.words[program + 1].text);
  };
  if ((name == "." || name == "source") && program + 2 == command.words.size())
    return command.words.back().text.ends_with("/bin/activate");
  return (config_writer(name) != nullptr && next("config cache --version -v")) ||
         (name == "gem" && next("install update")) || (name == "pip" && next("check list freeze")) ||
         (name == "npm" && has_word(command, program, "-g --global"));
}

bool prints_environment(const ShellCommand& command) {
  const std::vector<ShellWord>& words = command.words;
  const auto shows_environment = [](const ShellWord& word) {
    return word.text.starts_with("/proc/") && word.text.ends_with("/environ");
  };
  if (std::any_of(words.begin(), words.end(), shows_environment) ||
      std::any_of(command.redirections.begin(), command.redirections.end(), shows_environment))
    return true;
  const std::size_t program = !words.empty() && words[0].text == "sudo" ? 1 : 0;
  if (program >= words.size()) return false;
  const std::string name = program_name(words[program].text);
  if (name == "set") return program + 1 == words.size();
  return lists("env printenv export declare typeset", name) &&
         std::all_of(words.begin() + static_cast<std::ptrdiff_t>(program) + 1, words.end(), [&](const ShellWord& word) {
           return word.text.starts_with('-') || (name == "env" && word.text.find('=') != std::string::npos);
         });
}

std::vector<std::string> touched_paths(const ShellCommand& command, std::string_view directory, std::string_view home) {
  std::vector<std::string> paths;
  for (const ShellWord& target : command.redirections) {
    const bool descriptor = target.text.find_first_not_of("&-0123456789") == std::string::npos;
    if (!descriptor) paths.push_back(path_of(directory, target.text, home));
  }
  const std::size_t program = wrapped_program(command);
  if (program >= command.words.size()) return paths;
  const std::string name = program_name(command.words[program].text);
  if (lists(text_programs, name)) return paths;
  if (const ConfigWriter* writer = config_writer(name); writer != nullptr && has_word(command, program, "config")) {
    if (!writer->file.empty() && !has_word(command, program, "-g --global --system"))
      paths.push_back(path_of(directory, writer->file, home));
    return paths;
  }

  const bool files = lists(file_programs, name);
  std::size_t operands = 0;
  for (std::size_t i = program + 1; i < command.words.size(); ++i) {
    std::string_view text = command.words[i].text;
    if (name == "find" && (text.starts_with('-') || text == "(" || text == "!") && !lists("-L -H -P", text)) break;
    const bool option = text.size() > 1 && text.starts_with('-');
    if (option) text = option_value(text);
    if (!option && operands++ == 0 && lists(first_operand_is_no_path, name)) continue;
    if (text.empty() || text.find("://") != std::string_view::npos) continue;
    if (is_test(name) && !is_tested_file(command, i)) continue;
    const bool looks_like_path = text.find_first_of("/.") != std::string_view::npos;
    if (looks_like_path || (files && !option)) paths.push_back(path_of(directory, text, home));
    // What it is fed names the files.
    if (name == "xargs" && lists(file_programs, text)) paths.emplace_back();
  }
  const bool lists_here = operands == 0 && lists("ls du find", name);
  const bool unpacks_here = lists("tar unzip", name) && !has_word(command, program, "-C --directory -d");
  if (lists_here || unpacks_here) paths.emplace_back(directory);
  return paths;
}

}  // namespace keyline::analysis
