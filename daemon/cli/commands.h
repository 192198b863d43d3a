#pragma once

#include <string>

#include "base/error.h"
#include "base/instant.h"
#include "config/config.h"
#include "daemon/cli/output.h"
#include "daemon/run.h"
#include "reports/queries.h"

namespace trueup::daemon {

// The commands that show something. Each reads what the last run left, whether or not a daemon
// runs, and gives what it found in every form; `width` is for its text. kInvalid: the question or
// the config is wrong, or no run was made yet.

// Loads the config, makes every connector, loads the mappings and runs their examples
// (`*_test.yaml`). Sends nothing.
Result<Shown> ShowCheck(const std::string& config_file);

// How the daemon and each system are. The exit code is kFoundFailure where anything is wrong: a
// system, the pipeline, the reports, a count that does not add up, or a daemon that ended without
// saying so.
Result<Shown> ShowStatus(const config::Config& config, Instant now, size_t width);

// The reconciliation report.
Result<Shown> ShowReport(const config::Config& config, Instant now, size_t width);

// `filter.account` may be an account's id, present or past, or a record's ref.
Result<Shown> ShowFindings(const config::Config& config, reports::FindingFilter filter,
                           const reports::Page& page, Instant now, size_t width);
Result<Shown> ShowAccounts(const config::Config& config, const reports::AccountFilter& filter,
                           const reports::Page& page, Instant now, size_t width);

// One account with the provenance of every value, its tree and its findings. kRejected: no such
// account or record.
Result<Shown> ShowAccount(const config::Config& config, const std::string& id_or_ref, Instant now,
                          size_t width);

// Why a term of an account has its value, and why the others have not won.
Result<Shown> ShowExplanation(const config::Config& config, const std::string& id_or_ref,
                              const std::string& term, Instant now, size_t width);

// Why two account records are, or are not, one customer. kRejected: one of them is no account
// record that is held.
Result<Shown> ShowComparison(const config::Config& config, const std::string& a,
                             const std::string& b);

Result<Shown> ShowDigest(const config::Config& config);

// Makes the topics of a log over Kafka, and checks those that are there. The exit code is
// kFoundFailure where one is not as it must be.
Result<Shown> ShowTopics(const config::Config& config);

// The exit code is kFoundFailure where anything differs or could not be asked, repaired or not.
Result<Shown> ShowAudit(const config::Config& config, const AuditOptions& options, size_t width);

}  // namespace trueup::daemon
