#pragma once
// Values that BuildKit refuses when it builds the graph, after expansion. Each function answers with BuildKit's words,
// or "" when the value is fine. Private to `model/`.

#include <string>
#include <string_view>

namespace keyline::analysis {

// convert_expose.go:parsePort, for one word of EXPOSE.
std::string port_fault(std::string_view port);
// convert.go:dispatchCopy: octal up to 07777, or symbolic as chmod(1) takes it.
std::string chmod_fault(std::string_view mode);
// dfgitutil/git_ref.go:loadQuery, for the address of a git repository.
std::string git_query_fault(std::string_view address);

}  // namespace keyline::analysis
