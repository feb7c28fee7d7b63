#include "protocol/lsp/diagnostics_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <variant>

#include <nlohmann/json.hpp>

namespace keyline::protocol::lsp {

namespace {

void append(std::string& out, std::string_view text) { write_json(out, text); }

void append(std::string& out, std::integral auto number) {
  std::array<char, 24> digits{};
  const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

// What a byte asks for when it stands in a string: nothing, a backslash before it, or more than that.
enum class Escape : std::uint8_t { none, backslash, library };

constexpr std::array<Escape, 256> escapes = [] {
  std::array<Escape, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte)
    if (byte < 0x20 || byte >= 0x7f) table[byte] = Escape::library;
  table['"'] = table['\\'] = Escape::backslash;
  return table;
}();

void append(std::string& out, const Position& position) {
  out += R"({"character":)";
  append(out, position.character);
  out += R"(,"line":)";
  append(out, position.line);
  out += '}';
}

void append(std::string& out, const Range& range) {
  out += R"({"end":)";
  append(out, range.end);
  out += R"(,"start":)";
  append(out, range.start);
  out += '}';
}

template <class Element>
void write_array(std::string& out, const std::vector<Element>& elements, const auto& write) {
  out += '[';
  bool first = true;
  for (const Element& element : elements) {
    if (!first) out += ',';
    first = false;
    write(element);
  }
  out += ']';
}

void write_related(std::string& out, const DiagnosticRelatedInformation& related) {
  out += R"({"location":{"range":)";
  append(out, related.location.range);
  out += R"(,"uri":)";
  append(out, related.location.uri);
  out += R"(},"message":)";
  append(out, related.message);
  out += '}';
}

void append(std::string& out, const Diagnostic& diagnostic) {
  out += '{';
  if (diagnostic.code) {
    out += R"("code":)";
    std::visit([&](const auto& code) { append(out, code); }, *diagnostic.code);
    out += ',';
  }
  if (diagnostic.codeDescription) {
    out += R"("codeDescription":{"href":)";
    append(out, diagnostic.codeDescription->href);
    out += "},";
  }
  if (diagnostic.data) out.append(R"("data":)").append(diagnostic.data->text()).append(",");
  out += R"("message":)";
  append(out, diagnostic.message);
  out += R"(,"range":)";
  append(out, diagnostic.range);
  if (diagnostic.relatedInformation) {
    out += R"(,"relatedInformation":)";
    write_array(out, *diagnostic.relatedInformation, [&](const auto& related) { write_related(out, related); });
  }
  if (diagnostic.severity) {
    out += R"(,"severity":)";
    append(out, static_cast<int>(*diagnostic.severity));
  }
  if (diagnostic.source) {
    out += R"(,"source":)";
    append(out, *diagnostic.source);
  }
  if (diagnostic.tags) {
    out += R"(,"tags":)";
    write_array(out, *diagnostic.tags, [&](DiagnosticTag tag) { append(out, static_cast<int>(tag)); });
  }
  out += '}';
}

}  // namespace

void write_json(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  out += '"';
  std::size_t written = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Escape escape = escapes[static_cast<unsigned char>(text[i])];
    if (escape == Escape::none) continue;
    if (escape == Escape::library) {
      out.resize(before);
      out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      return;
    }
    out.append(text, written, i - written) += '\\';
    written = i;
  }
  out.append(text, written) += '"';
}

void write_json(std::string& out, const std::vector<Diagnostic>& diagnostics) {
  write_array(out, diagnostics, [&](const Diagnostic& diagnostic) { append(out, diagnostic); });
}

std::string write_publish(const PublishDiagnosticsParams& params) {
  std::string out;
  out.reserve(200 + params.diagnostics.size() * 500);
  out += R"({"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"diagnostics":)";
  write_json(out, params.diagnostics);
  out += R"(,"uri":)";
  write_json(out, params.uri);
  if (params.version) {
    out += R"(,"version":)";
    append(out, *params.version);
  }
  out += "}}";
  return out;
}

}  // namespace keyline::protocol::lsp
