#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "base/error.h"

namespace trueup::daemon {

// The pipeline as the rest of the daemon sees it, in this process or spread over a cluster. Run
// blocks in a thread of its own; the rest may be called from any thread.
class Pipeline {
 public:
  virtual ~Pipeline() = default;

  // Opens it, so that what cannot start says so at once.
  virtual Status Start() = 0;
  // Keeps it running: after a failure it is opened anew.
  virtual void Run(std::stop_token stop) = 0;

  // Whether this instance is the one that pulls the system.
  virtual bool pulls(const std::string& system) const = 0;
  // A system was read to its end once, well or not.
  virtual Status NotePulled(const std::string& system) = 0;

  // How often the pipeline found nothing to do and nothing to send. Two more than when the last
  // event was delivered mean that everything is worked off and in the log.
  virtual uint64_t idle_rounds() const = 0;
  // The last failure, until the pipeline works again; empty: none.
  virtual std::string error() const = 0;
};

}  // namespace trueup::daemon
