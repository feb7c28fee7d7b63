#pragma once
// Names of variables that carry secrets, by the words they are made of. Plain facts, for rules/.

#include <string_view>

namespace keyline::analysis {

// "NPM_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY". Not "GPG_KEY" (fingerprints of public keys), "TOKEN_FILE" or
// "PASSWORD_LENGTH".
bool names_secret(std::string_view name);

// Whether a value given in the file is none that has to be kept: "", "true", "changeme", another variable's.
bool is_harmless_value(std::string_view value);

}  // namespace keyline::analysis
