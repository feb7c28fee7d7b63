// Whatever a log holds, reading it gives some answer, the same in whatever pieces it comes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/history/progress_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using keyline::server::BuildLog;
  using keyline::server::ProgressLogReader;

  const std::string_view log(reinterpret_cast<const char*>(data), size);
  ProgressLogReader reader;
  reader.read(log);
  const BuildLog whole = reader.finish();
  for (const keyline::server::MeasuredStep& step : whole.steps) {
    if (!(step.seconds >= 0)) std::abort();
  }
  const std::size_t middle = size / 2;
  reader.read(log.substr(0, middle));
  reader.read(log.substr(middle));
  const BuildLog pieces = reader.finish();
  if (pieces.steps != whole.steps || pieces.images != whole.images || pieces.result != whole.result) std::abort();
  return 0;
}
