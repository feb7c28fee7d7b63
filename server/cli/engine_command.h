#pragma once
// What a command line like `docker buildx build -f x --target y .` asks an image builder for. Knows which options of
// docker, podman and nerdctl take a value, so that the build context can be told from them. Pure; used by `build`.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "protocol/result.h"

namespace keyline::server {

struct EngineBuild {
  enum class Engine : std::uint8_t { docker, podman, nerdctl };

  Engine engine = Engine::docker;
  std::string file;     // "": the engine's default
  std::string context;  // as given; "": none was given
  std::string target;
  std::string platform;
  std::string progress;
  std::vector<std::string> build_arguments;  // NAME=VALUE, or NAME
  std::map<std::string, std::string, std::less<>> named_contexts;
  bool quiet = false;
};

// The error says why the command's inputs are not known, to follow "not recorded: ".
protocol::Result<EngineBuild> read_engine_command(const std::vector<std::string>& words);

}  // namespace keyline::server
