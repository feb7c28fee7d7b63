#include "tests/conformance/truth.h"

#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

#include <nlohmann/json.hpp>

#include "analysis/text/unicode.h"

namespace keyline::conformance {

namespace {

using nlohmann::json;
using NodesByLine = std::map<int, const json*>;

std::string decode_base64(std::string_view digits) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char digit : digits) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t value = alphabet.find(digit);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xff);
    }
  }
  return bytes;
}

// "np" stands for a prefix; the rest of the name is the instruction's line with its keyword in upper case.
void give_name(json& vertex, const NodesByLine& nodes) {
  if (!vertex.contains("np")) return;
  std::string line = text_of(nodes.at(vertex.at("l").at(0).get<int>())->at("orig"));
  line = std::string(analysis::trim_space(line));
  for (char& letter : line) {
    if (letter == ' ') break;
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  vertex["name"] = text_of(vertex.at("np")) + line;
  vertex.erase("np");
}

void expand_graph(json& owner, const NodesByLine& nodes) {
  if (!owner.contains("graph")) return;
  json& graph = owner["graph"];
  if (!graph.contains("vertices")) return;
  for (json& vertex : graph["vertices"]) give_name(vertex, nodes);
}

void expand(json& truth) {
  // Files that need flags of the labs channel are judged as that channel reads them: keyline knows those flags.
  if (truth.contains("labs")) {
    const json labs = truth["labs"];
    truth.update(labs);
  }
  // BuildKit itself answers these differently from run to run.
  if (truth.contains("unstable")) {
    for (const auto& [section, outcomes] : truth["unstable"].items()) {
      if (section == "graph")
        truth["graph"].erase("at");
      else
        truth.erase(section);
    }
  }
  NodesByLine nodes;
  if (truth.contains("parse") && truth["parse"].contains("nodes")) {
    for (json& node : truth["parse"]["nodes"]) {
      if (node.contains("tail")) {
        const std::string line = text_of(node["orig"]);
        const auto size = node["tail"].get<std::size_t>();
        node["args"] = json::array({line.substr(line.size() - size)});
        node.erase("tail");
      }
      nodes.emplace(node["l"][0].get<int>(), &node);
    }
  }
  expand_graph(truth, nodes);
  if (truth.contains("with_args")) expand_graph(truth["with_args"], nodes);
}

}  // namespace

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("b64")) return decode_base64(value["b64"].get<std::string>());
  return {};
}

bool each_file(const std::filesystem::path& folder,
               const std::function<void(const std::string& bytes, const json& truth)>& use) {
  std::ifstream lines(folder / "truth.jsonl");
  if (!lines) return false;
  for (std::string line; std::getline(lines, line);) {
    json truth = json::parse(line);
    expand(truth);
    std::ifstream file(folder / truth.at("file").get<std::string>(), std::ios::binary);
    if (!file) return false;
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    use(bytes, truth);
  }
  return true;
}

}  // namespace keyline::conformance
