// The input is a text, a byte 0, and edits of four bytes and more: place (two bytes), bytes that go, bytes that come,
// and those. After each edit the tree made with the tree before it equals the tree from scratch.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "analysis/syntax/parser.h"
#include "tests/support/syntax_laws.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  std::string text(input.substr(0, end));
  input.remove_prefix(std::min(end + 1, input.size()));
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(input[at])); };

  keyline::analysis::SyntaxTree tree = keyline::analysis::parse(std::make_shared<const std::string>(text));
  while (input.size() >= 4) {
    const std::size_t place = (byte(0) * 256 + byte(1)) % (text.size() + 1);
    const std::size_t gone = byte(2), come = byte(3);
    input.remove_prefix(4);
    text.replace(place, gone, input.substr(0, come));
    input.remove_prefix(std::min(come, input.size()));
    const std::string fault = keyline::tests::syntax_fault(text, &tree);
    if (!fault.empty()) {
      std::fprintf(stderr, "%s\n", fault.c_str());
      std::abort();
    }
    tree = keyline::analysis::parse(std::make_shared<const std::string>(text), &tree);
  }
  return 0;
}
