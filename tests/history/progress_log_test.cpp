#include "server/history/progress_log.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

namespace {

using keyline::server::BuildLog;
using keyline::server::MeasuredStep;
using keyline::server::place_of_step;
using keyline::server::ProgressLogReader;
using keyline::server::StepPlace;
using Outcome = MeasuredStep::Outcome;
using Result = BuildLog::Result;

BuildLog read(std::string_view log) {
  ProgressLogReader reader;
  reader.read(log);
  return reader.finish();
}

MeasuredStep step(const BuildLog& log, std::string_view name) {
  for (const MeasuredStep& each : log.steps) {
    if (each.name == name) return each;
  }
  FAIL("no step " << name);
  return {};
}

bool takes(const MeasuredStep& step, double seconds) { return step.seconds == Approx(seconds).margin(1e-5); }

constexpr std::string_view plain = R"(#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 182B done
#1 DONE 0.1s

#2 importing cache manifest from registry.example/cache
#2 ERROR: not found

#3 [internal] load build context
#3 DONE 0.0s

#4 [build 1/5] FROM docker.io/library/node:22@sha256:0123abcd
#4 resolve docker.io/library/node:22@sha256:0123abcd 0.0s done
#4 sha256:77aa 3.1MB / 3.1MB 0.4s done
#4 extracting sha256:77aa 0.2s done
#4 DONE 1.5s

#5 [build 2/5] WORKDIR /app
#5 CACHED

#6 [build 3/5] COPY package.json .
#6 DONE 0.2s

#7 [build 4/5] RUN npm ci
#7 0.512 added 1 package
#7 ...

#8 [assets 1/1] COPY --link . /assets
#8 DONE 0.3s

#7 [build 4/5] RUN npm ci
#7 12.80 done
#7 DONE 13.4s

#9 exporting to image
#9 exporting layers 0.1s done
#9 DONE 0.2s
)";

// One object a line: the context's vertex, a cached step, a step that looked up its key and ran, a lazy pull.
constexpr std::string_view rawjson =
    R"({"vertexes":[{"digest":"sha256:a","name":"[internal] load build context","started":"2025-03-04T05:06:07.1Z","completed":"2025-03-04T05:06:07.2Z"}]}
{"vertexes":[{"digest":"sha256:f","name":"[1/4] FROM docker.io/library/alpine:3.20@sha256:beef","started":"2025-03-04T05:06:07Z","completed":"2025-03-04T05:06:07.5Z","cached":true}]}
{"vertexes":[{"digest":"sha256:c","inputs":["sha256:f","sha256:a"],"name":"[2/4] COPY . .","started":"2025-03-04T05:06:08Z","completed":"2025-03-04T05:06:08Z","cached":true}]}
{"vertexes":[{"digest":"sha256:c","name":"[2/4] COPY . .","started":"2025-03-04T05:06:09Z","completed":"2025-03-04T05:06:11Z"}]}
{"vertexes":[{"digest":"sha256:r","inputs":["sha256:c"],"name":"[3/4] RUN make"}]}
{"vertexes":[{"digest":"sha256:r","inputs":["sha256:c"],"name":"[3/4] RUN make","started":"2025-03-04T23:59:59.25Z"}]}
{"logs":[{"vertex":"sha256:r","stream":1,"data":"bWFrZQo=","timestamp":"2025-03-05T00:00:00Z"}]}
{"vertexes":[{"digest":"sha256:r","inputs":["sha256:c"],"name":"[3/4] RUN make","started":"2025-03-04T23:59:59.25Z","completed":"2025-03-05T00:00:09.75Z"}]}
{"vertexes":[{"digest":"sha256:n","inputs":["sha256:r"],"name":"[4/4] RUN never"}]}
)";

}  // namespace

TEST_CASE("plain progress tells what ran, what was cached and how long it took") {
  const BuildLog log = read(plain);
  CHECK(log.result == Result::succeeded);
  REQUIRE(log.steps.size() == 5);
  CHECK(log.steps[0].name == "[build 1/5] FROM docker.io/library/node:22@sha256:0123abcd");
  CHECK(log.steps[0].outcome == Outcome::unknown);
  CHECK(step(log, "[build 2/5] WORKDIR /app").outcome == Outcome::cached);
  CHECK(step(log, "[build 3/5] COPY package.json .").outcome == Outcome::executed);
  CHECK(step(log, "[build 4/5] RUN npm ci").outcome == Outcome::executed);
  CHECK(takes(step(log, "[build 4/5] RUN npm ci"), 13.4));
  CHECK(step(log, "[assets 1/1] COPY --link . /assets").outcome == Outcome::unknown);
  CHECK(log.images.size() == 1);
  CHECK(log.images.at("docker.io/library/node:22") == "sha256:0123abcd");
}

TEST_CASE("a pull under the number of a cached step is no execution, output is") {
  const BuildLog pulled = read("#5 [2/3] RUN a\n#5 CACHED\n#5 sha256:aa 1MB / 1MB 0.1s done\n#5 DONE 0.4s\n");
  CHECK(step(pulled, "[2/3] RUN a").outcome == Outcome::cached);
  const BuildLog remote = read("#5 [2/3] RUN a\n#5 sha256:aa 1MB / 1MB 0.1s done\n#5 DONE 0.4s\n");
  CHECK(step(remote, "[2/3] RUN a").outcome == Outcome::unknown);
  const BuildLog ran = read("#5 [2/3] RUN a\n#5 CACHED\n#5 0.201 hello\n#5 DONE 0.4s\n");
  CHECK(step(ran, "[2/3] RUN a").outcome == Outcome::executed);
}

TEST_CASE("raw progress tells the same from intervals") {
  const BuildLog log = read(rawjson);
  CHECK(log.result == Result::succeeded);
  REQUIRE(log.steps.size() == 4);
  CHECK(step(log, "[2/4] COPY . .").outcome == Outcome::cached);
  CHECK(takes(step(log, "[2/4] COPY . ."), 2));
  CHECK(step(log, "[3/4] RUN make").outcome == Outcome::executed);
  CHECK(takes(step(log, "[3/4] RUN make"), 10.5));
  CHECK(step(log, "[4/4] RUN never").outcome == Outcome::unknown);
  CHECK(log.images.at("docker.io/library/alpine:3.20") == "sha256:beef");
}

TEST_CASE("times with other offsets and a leap day are the same moments") {
  const BuildLog log = read(
      R"({"vertexes":[{"digest":"d","inputs":["i"],"name":"RUN a","started":"2024-02-28T23:59:58+00:00","completed":"2024-02-29T02:30:01.5+02:30"}]})");
  CHECK(takes(step(log, "RUN a"), 3.5));
}

TEST_CASE("a failed or broken off build is told from one that succeeded") {
  CHECK(read("#5 [2/3] RUN a\n#5 ERROR: process did not complete\n").result == Result::failed);
  CHECK(read("#5 [2/3] RUN a\n#5 CANCELED\n").result == Result::failed);
  CHECK(read("#1 [internal] load build definition\n#1 DONE 0.0s\nERROR: failed to solve: nope\n").result ==
        Result::failed);
  CHECK(read("#5 [2/3] RUN a\n#5 0.1 going\n").result == Result::unknown);
  CHECK(read("").result == Result::unknown);
  CHECK(read(R"({"vertexes":[{"digest":"d","name":"RUN a","started":"2024-02-28T23:59:58Z"}]})").result ==
        Result::unknown);
  CHECK(read(R"({"vertexes":[{"digest":"d","name":"RUN a","started":"2024-02-28T23:59:58Z","error":"exit code: 1"}]})")
            .result == Result::failed);
}

TEST_CASE("times that a CI service puts before each line change nothing") {
  std::string stamped;
  for (std::size_t begin = 0; begin < plain.size();) {
    const std::size_t end = plain.find('\n', begin);
    stamped += "2025-03-04T05:06:07.1234567Z " + std::string(plain.substr(begin, end - begin)) + "\r\n";
    begin = end + 1;
  }
  const BuildLog log = read(stamped);
  CHECK(log.steps == read(plain).steps);
  CHECK(log.result == Result::succeeded);
}

TEST_CASE("it does not matter in which pieces a log comes") {
  for (const std::string_view whole : {plain, rawjson}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      ProgressLogReader reader;
      for (std::size_t at = 0; at < whole.size(); at += size) reader.read(whole.substr(at, size));
      const BuildLog log = reader.finish();
      CHECK(log.steps == read(whole).steps);
      CHECK(log.images == read(whole).images);
      CHECK(log.result == read(whole).result);
    }
  }
}

TEST_CASE("what makes no sense is passed over") {
  std::string endless(std::size_t{3} << 20U, 'x');
  const BuildLog log = read(endless + "\n{\"vertexes\":[" + std::string(100'000, '[') +
                            "\n{\"vertexes\":[1,null,{\"digest\":5}]}\n{\"vertexes\":{}}\n#\n#1\n#99999999999 x\n"
                            "{\"vertexes\":[{\"digest\":\"d\",\"name\":\"RUN a\",\"started\":\"9999999999-1\"}]}\n"
                            "#4 [2/2] RUN b\n#4 DONE 1.0s\n");
  CHECK(takes(step(log, "[2/2] RUN b"), 1));
}

TEST_CASE("the place of a step is read from its name") {
  CHECK(place_of_step("[build  3/12] RUN a") == StepPlace{"build", 3});
  CHECK(place_of_step("[2/4] RUN a") == StepPlace{"", 2});
  CHECK(place_of_step("[linux/amd64 stage-1 2/4] RUN a") == StepPlace{"stage-1", 2});
  CHECK(place_of_step("[linux/arm64->amd64 2/4] RUN a") == StepPlace{"", 2});
  CHECK(place_of_step("[internal] load build context") == StepPlace{});
  CHECK(place_of_step("[context docs] load from client") == StepPlace{});
  CHECK(place_of_step("RUN a") == StepPlace{});
  CHECK(place_of_step("[2/4x] RUN a") == StepPlace{});
}
