#include <algorithm>
#include <exception>
#include <optional>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "analysis/builds/data_node.h"

namespace keyline::analysis {

namespace {

constexpr std::size_t most_nodes = 100'000;
constexpr int deepest = 100;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  DataNode read(const YAML::Node& node, int depth = 0) {
    DataNode made;
    if (++nodes_ > most_nodes || depth > deepest) {
      too_large_ = true;
      return made;
    }
    made.span = span_of(node);
    if (node.IsScalar()) {
      made.kind = DataNode::Kind::scalar;
      made.value = {.text = node.Scalar(), .span = made.span};
    } else if (node.IsSequence()) {
      made.kind = DataNode::Kind::list;
      for (const YAML::Node& item : node) made.items.push_back(read(item, depth + 1));
    } else if (node.IsMap()) {
      made.kind = DataNode::Kind::map;
      for (const auto& member : node) {
        if (member.first.IsScalar() && member.first.Scalar() == "<<") continue;
        made.members.emplace_back(read(member.first, depth + 1), read(member.second, depth + 1));
      }
      for (const auto& member : node) {
        if (member.first.IsScalar() && member.first.Scalar() == "<<") merge(made, member.second, depth + 1);
      }
    }
    return made;
  }

  bool too_large() const { return too_large_; }

 private:
  // A key of the map itself goes before one that is merged, and an earlier source before a later one.
  void merge(DataNode& into, const YAML::Node& source, int depth) {
    if (source.IsSequence()) {
      for (const YAML::Node& each : source) merge(into, each, depth);
      return;
    }
    DataNode merged = read(source, depth);
    for (auto& member : merged.members) {
      if (into.find(member.first.value.text) == nullptr) into.members.push_back(std::move(member));
    }
  }

  Span span_of(const YAML::Node& node) const {
    const YAML::Mark mark = node.Mark();
    if (mark.is_null()) return {};
    const auto begin = static_cast<Offset>(std::min(static_cast<std::size_t>(mark.pos), text_.size()));
    if (!node.IsScalar()) return {begin, begin};
    return {begin, static_cast<Offset>(end_of_scalar(begin, node.Scalar()))};
  }

  // The parser tells where a scalar begins only.
  std::size_t end_of_scalar(std::size_t begin, const std::string& scalar) const {
    if (begin >= text_.size()) return begin;
    const char first = text_[begin];
    const std::size_t line_end = std::min(text_.find('\n', begin), text_.size());
    if (first == '\'' || first == '"') {
      for (std::size_t i = begin + 1; i < text_.size(); ++i) {
        if (first == '"' && text_[i] == '\\')
          ++i;
        else if (text_[i] == first) {
          if (first == '\'' && i + 1 < text_.size() && text_[i + 1] == '\'') {
            ++i;
            continue;
          }
          return i + 1;
        }
      }
      return text_.size();
    }
    if (first == '|' || first == '>') return line_end;
    return text_.substr(begin, scalar.size()) == scalar ? begin + scalar.size() : line_end;
  }

  std::string_view text_;
  std::size_t nodes_ = 0;
  bool too_large_ = false;
};

std::size_t indentation(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

}  // namespace

DataDocument read_yaml(std::string_view text) {
  DataDocument document;
  // The library says by an exception that a text is no YAML; this is the one place that hears it.
  try {
    Reader reader(text);
    document.root = reader.read(YAML::Load(std::string(text)));
    if (reader.too_large()) document = {DataNode(), "too large, or its aliases refer to each other"};
  } catch (const YAML::Exception& error) {
    document.fault = fmt::format("line {}: {}", error.mark.line + 1, error.msg);
  } catch (const std::exception& error) { document.fault = error.what(); }
  return document;
}

Offset offset_in_file(std::string_view text, const DataNode& scalar, std::size_t at) {
  const std::size_t begin = scalar.span.begin;
  if (begin >= text.size()) return scalar.span.begin;
  const char first = text[begin];
  if (first == '\'' || first == '"') return static_cast<Offset>(std::min(begin + 1 + at, text.size()));
  if (first != '|' && first != '>') return static_cast<Offset>(std::min(begin + at, text.size()));
  std::size_t line = text.find('\n', begin);
  if (line == std::string_view::npos) return scalar.span.begin;
  const auto wanted =
      std::count(scalar.value.text.begin(),
                 scalar.value.text.begin() + static_cast<std::ptrdiff_t>(std::min(at, scalar.value.text.size())), '\n');
  const std::size_t line_start_in_scalar = at == 0 ? 0 : scalar.value.text.rfind('\n', at - 1) + 1;
  std::optional<std::size_t> indent;
  ++line;
  for (std::ptrdiff_t number = 0; line < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    const std::string_view content = text.substr(line, end - line);
    if (!indent && indentation(content) < content.size()) indent = indentation(content);
    if (number == wanted)
      return static_cast<Offset>(std::min(line + indent.value_or(0) + (at - line_start_in_scalar), end));
    line = end + 1;
  }
  return scalar.span.begin;
}

}  // namespace keyline::analysis
