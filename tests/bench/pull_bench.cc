// What a connector alone costs: pulls every object of one system of a config to its end, keeps
// nothing, and prints records, seconds, CPU and the peak of resident memory.
//
//   pull_bench CONFIG SYSTEM
#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "base/clock.h"
#include "config/config.h"
#include "connectors/connector.h"
#include "daemon/sources.h"

namespace trueup {
namespace {

struct Pulled {
  uint64_t records = 0;
  uint64_t pages = 0;
};

Status PullObject(connectors::Connector& connector, const std::string& object, Clock& clock,
                  Pulled& pulled) {
  std::string cursor;
  for (;;) {
    TRUEUP_ASSIGN(const connectors::Page page, connector.Pull(object, cursor, {}));
    pulled.records += page.received;
    ++pulled.pages;
    cursor = page.next_cursor;
    if (page.done) return {};
    if (page.wait) clock.Wait(*page.wait, {});
  }
}

double CpuSeconds(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Status Run(const std::string& file, const std::string& system) {
  Problems problems;
  const config::Config config = config::Load(file, problems);
  if (!problems.empty()) return Error(ErrorKind::kInvalid, problems.ToText());
  const auto clock = std::make_shared<SystemClock>();
  TRUEUP_ASSIGN(daemon::Sources sources, daemon::MakeSources(config, clock));
  for (const daemon::Source& source : sources.list) {
    if (source.system != system) continue;
    const auto begun = clock->Elapsed();
    Pulled pulled;
    for (const std::string& object : source.objects) {
      TRUEUP_RETURN_IF_ERROR(PullObject(*source.connector, object, *clock, pulled));
    }
    const double wall = std::chrono::duration<double>(clock->Elapsed() - begun).count();
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto records = static_cast<double>(pulled.records);
    std::printf(
        "%.0f records in %.0f pulls, %.0f calls, %.1f s: %.0f records/s, %.1f us CPU each, "
        "peak RSS %ld MiB\n",
        records, static_cast<double>(pulled.pages),
        static_cast<double>(source.connector->Usage().calls), wall, records / wall,
        CpuSeconds(usage) * 1e6 / records, usage.ru_maxrss / 1024);
    return {};
  }
  return Error(ErrorKind::kInvalid, file + " has no system " + system);
}

}  // namespace
}  // namespace trueup

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: pull_bench CONFIG SYSTEM\n", stderr);
    return 2;
  }
  const trueup::Status status = trueup::Run(arguments[1], arguments[2]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.error().message().c_str());
  return 1;
}
