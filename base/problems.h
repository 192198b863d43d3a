#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace trueup {

// A place in a text file; lines and columns count from 1. Line 0: the file as a whole.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  std::string ToText() const;  // "file:line:column"
};

// Something wrong in a file that a person wrote.
struct Problem {
  Place place;
  std::string message;  // lower case, no full stop
  std::string hint;     // what to try; may be empty

  std::string ToText() const;  // "file:line:column: error: message (hint)"
};

// Gathers every problem of a load, so that all are reported at once.
class Problems {
 public:
  void Add(Place place, std::string message, std::string hint = {});
  bool empty() const { return list_.empty(); }
  const std::vector<Problem>& list() const { return list_; }
  // One problem a line, in order of file, line and column.
  std::string ToText() const;
  // All of them as one kInvalid error, a problem a line; fine where there is none.
  Status ToStatus() const;

 private:
  std::vector<Problem> list_;
};

// "did you mean \"name\"?" for the candidate nearest to `word` (at most a third of its letters
// off), or "".
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace trueup
