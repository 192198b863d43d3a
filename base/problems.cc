#include "base/problems.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace trueup {
namespace {

// Optimal string alignment: a swap of neighbours is one edit, as typing errors are.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> older(b.size() + 1);
  std::vector<size_t> previous(b.size() + 1);
  std::vector<size_t> current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], older[j - 2] + 1);
      }
    }
    older.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

}  // namespace

std::string Place::ToText() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string Problem::ToText() const {
  std::string text = place.ToText() + ": error: " + message;
  if (!hint.empty()) text += " (" + hint + ")";
  return text;
}

void Problems::Add(Place place, std::string message, std::string hint) {
  list_.push_back({std::move(place), std::move(message), std::move(hint)});
}

std::string Problems::ToText() const {
  std::vector<const Problem*> sorted;
  for (const Problem& problem : list_) sorted.push_back(&problem);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem* a, const Problem* b) {
    return std::tie(a->place.file, a->place.line, a->place.column) <
           std::tie(b->place.file, b->place.line, b->place.column);
  });
  std::string text;
  for (const Problem* problem : sorted) text += problem->ToText() + "\n";
  return text;
}

Status Problems::ToStatus() const {
  if (empty()) return {};
  std::string text = ToText();
  text.pop_back();  // the end of the last line
  return Error(ErrorKind::kInvalid, text);
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::string() : "did you mean \"" + *best + "\"?";
}

}  // namespace trueup
