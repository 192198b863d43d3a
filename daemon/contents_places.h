#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "base/error.h"
#include "base/instant.h"

namespace trueup::daemon {

// How far a comparison of an object's contents came.
struct ContentsPlace {
  std::string after;      // the id of the last row that was compared; empty: none was
  uint64_t compared = 0;  // rows until there
  bool whole = false;     // there are no more

  friend bool operator==(const ContentsPlace&, const ContentsPlace&) = default;
};

// Remembers for `trueup audit --contents` how far a run came that had to end early, so that the
// next one goes on from there, and with the objects that had no turn. In a file of the data folder,
// since a daemon that runs has all else there to itself.
class ContentsPlaces {
 public:
  // What began more than `valid` before `now` counts no more. kInvalid where the file is none of
  // ours.
  static Result<ContentsPlaces> Open(std::string path, Instant now,
                                     std::chrono::milliseconds valid);

  ContentsPlace Find(const std::string& object) const;
  Status Put(const std::string& object, const ContentsPlace& place);
  // All objects are compared whole: the next run begins anew.
  Status Clear();

 private:
  ContentsPlaces(std::string path, Instant begun) : path_(std::move(path)), begun_(begun) {}

  std::string path_;
  Instant begun_;
  std::map<std::string, ContentsPlace> places_;  // by "system/object"
};

}  // namespace trueup::daemon
