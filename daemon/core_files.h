#pragma once

namespace trueup::daemon {

// Whether a crash writes a core file, and other programs of the same user may look into the
// process (a debugger, /proc/PID/environ and mem). What it signs in with lies in its memory, so
// that is for the search of a fault only.
void AllowCoreFiles(bool allowed);

}  // namespace trueup::daemon
