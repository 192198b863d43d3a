#include "daemon/cli/commands.h"
#include "daemon/sources.h"
#include "reports/read_model.h"
#include "reports/summary.h"

namespace trueup::daemon {

Result<Shown> ShowReport(const config::Config& config, Instant now, size_t width) {
  TRUEUP_ASSIGN(const auto catalog, LoadCatalog(config));
  TRUEUP_ASSIGN(const auto database, reports::OpenForReading(config.data_dir));
  TRUEUP_ASSIGN(const auto summary,
                reports::Summarize(database, reports::GateQuestions(*catalog), now));
  Shown shown;
  shown.text = reports::SummaryText(summary, width);
  shown.json = reports::SummaryJson(summary);
  shown.html = reports::SummaryHtml(summary);
  return shown;
}

}  // namespace trueup::daemon
