#include "daemon/core_files.h"

#include <sys/prctl.h>

namespace trueup::daemon {

// Of the two ways, this one holds where cores go through a pipe too (systemd-coredump, apport),
// which RLIMIT_CORE does not bound, and cannot be undone by the limits of whoever starts us.
void AllowCoreFiles(bool allowed) { ::prctl(PR_SET_DUMPABLE, allowed ? 1 : 0, 0, 0, 0); }

}  // namespace trueup::daemon
