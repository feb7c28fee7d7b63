#pragma once
// The six questions that every fixture answers (house rule: a fixture is six tests). Each function appends one line a
// fault, beginning with "file:line", and returns nothing else; a fixture that passes leaves `failures` as it was.

#include <string>
#include <vector>

#include "tests/support/fixture.h"

namespace keyline::tests {

using Failures = std::vector<std::string>;

// 1. What the carets, goldens, step counts and what-ifs say holds, and there is no other diagnostic.
void check_expectations(const Fixture& fixture, Failures& failures);
// 2. Analysis after each edit equals analysis from scratch, also when the edit is typed.
void check_edits(const Fixture& fixture, Failures& failures);
// 3. The tree prints back to its text.
void check_prints_back(const Fixture& fixture, Failures& failures);
// 4. Every beginning of the file is analysed, and is tiled by its tree.
void check_prefixes(const Fixture& fixture, Failures& failures);
// 5. Each fix removes its finding and brings no problem; fixing everything twice changes nothing the second time.
void check_fixes(const Fixture& fixture, Failures& failures);
// 6. CRLF line ends and non-ASCII text elsewhere move no diagnostic.
void check_variants(const Fixture& fixture, Failures& failures);
// 7. What names one thing is found from each of its places; a rename can be taken back, and the build stays the same.
void check_names(const Fixture& fixture, Failures& failures);
// 8. Tokens are sorted and lie within lines; folds, outline and selections nest; a second formatting changes nothing,
// and the first changes nothing but blanks.
void check_places(const Fixture& fixture, Failures& failures);

// The fixture with its carets, goldens, counts and what-ifs as keyline answers now.
Fixture updated(const Fixture& fixture);

}  // namespace keyline::tests
