#include "analysis/knowledge/secret_names.h"

#include <algorithm>
#include <string>

#include "analysis/knowledge/package_managers.h"
#include "analysis/knowledge/word_set.h"

namespace keyline::analysis {

namespace {

constexpr WordSet secret_words(
    "PASSWORD PASSWD PWORD PASSPHRASE SECRET SECRETS TOKEN CREDENTIAL CREDENTIALS APIKEY ACCESSKEY PRIVATEKEY "
    "SECRETKEY");
// Beside KEY: "API_KEY", "SSH_PRIVATE_KEY".
constexpr WordSet key_words("API ACCESS PRIVATE SECRET SSH ENCRYPTION LICENSE DEPLOY MASTER");
// The variable then says something about a secret, or is made to be seen.
constexpr WordSet other_words(
    "FILE PATH DIR URL URI HOST NAME USER ID LENGTH SIZE TTL EXPIRY EXPIRATION EXPIRES TIMEOUT LIFETIME ALGORITHM TYPE "
    "HEADER ENDPOINT ENABLED DISABLED ENABLE DISABLE ALLOW EMPTY RANDOM REQUIRED POLICY HASH PUBLIC PUB DUMMY EXAMPLE "
    "SAMPLE FINGERPRINT CHECKSUM SHA256 SHA512 VERSION USE SKIP NO MIN MAX COUNT LIMIT MODE FORMAT STORE PROVIDER "
    "MANAGER SERVICE BACKEND PREFIX SUFFIX ISSUER AUDIENCE TEST TESTS NEXT VITE REACT TOKENIZER SCANNING FACTORY");

constexpr std::string_view harmless_values =
    "true false yes no on off none null 0 1 changeme change-me change_me dummy placeholder example test testing todo "
    "xxx xxxx unset not-set notset default empty fake unused ignored secret password";

std::string changed_case(std::string_view text, char first, char last, int by) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [&](char c) { return c >= first && c <= last ? static_cast<char>(c + by) : c; });
  return result;
}

}  // namespace

bool names_secret(std::string_view name) {
  const std::string upper = changed_case(name, 'a', 'z', 'A' - 'a');
  bool secret = false;
  bool key = false;
  bool of_secret = false;
  bool other = false;
  each_word(
      upper,
      [&](std::string_view word) {
        secret = secret || secret_words.contains(word);
        key = key || word == "KEY";
        of_secret = of_secret || key_words.contains(word);
        other = other || other_words.contains(word);
      },
      '_');
  // "AWS_SECRET_ACCESS_KEY" is one, "AWS_ACCESS_KEY_ID" only says which.
  return !other && (secret || (key && of_secret));
}

bool is_harmless_value(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
    value = value.substr(1, value.size() - 2);
  if (value.empty() || value.find('$') != std::string_view::npos || value.front() == '<' || value.front() == '*')
    return true;
  const std::string lower = changed_case(value, 'A', 'Z', 'a' - 'A');
  for (const std::string_view part : {"dummy", "placeholder", "changeme", "change_me", "change-me", "replace", "your_",
                                      "your-", "not-a-", "example"}) {
    if (lower.find(part) != std::string::npos) return true;
  }
  return lower.find_first_not_of("x*.-") == std::string::npos || lists(harmless_values, lower);
}

}  // namespace keyline::analysis
