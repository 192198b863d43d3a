#pragma once

namespace trueup::daemon {

// The command line of trueup: parses it, runs the command, writes what it shows to standard output
// and what went wrong to standard error. The exit code: 0 fine, 1 the work found a failure, 2 usage
// or config.
int RunCli(int argc, const char* const* argv);

}  // namespace trueup::daemon
