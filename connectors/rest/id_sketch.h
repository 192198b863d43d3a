#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trueup::connectors::rest {

// A set of ids in a fixed number of cells. The ids cannot be read out of it, but its differences to
// another sketch can, if they are not more than it was made for: what the sets have in common
// cancels out. So a cursor remembers which ids a source had, however many they were.
//
// (An invertible Bloom look-up table: Eppstein, Goodrich, Uyeda, Varghese, "What's the
// difference?", 2011. Each id is added to four cells; a cell that is left with one id gives it
// away, and taking that out of its other cells lays open the next.)
//
// An id that is added twice is no longer told apart well: it may come out as a difference that is
// none, or spoil the reading. Whoever acts on a difference checks it.
class IdSketch {
 public:
  // For so many differences. 0: of no use but to be assigned to.
  explicit IdSketch(int differences = 0);

  void Add(std::string_view id);

  struct Differences {
    std::vector<std::string> added;  // here and not there
    std::vector<std::string> gone;   // there and not here
  };
  // Nothing where there are more than can be told apart, or the two were made for other numbers.
  std::optional<Differences> Since(const IdSketch& before) const;

  // Hexadecimal digits, and back; nothing where the text is no sketch.
  std::string ToText() const;
  static std::optional<IdSketch> FromText(std::string_view text);

 private:
  struct Cell {
    int64_t count = 0;
    uint64_t check = 0;   // sum of the ids' checks
    uint64_t length = 0;  // the ids' lengths, and below their bytes, XORed
    std::string bytes;

    void Put(std::string_view id, int64_t times);
    bool HoldsOne() const;
    bool empty() const;
  };
  static constexpr size_t kParts = 4;
  std::array<size_t, kParts> CellsOf(std::string_view id) const;
  void Put(std::string_view id, int64_t times);

  std::vector<Cell> cells_;  // equal parts, an id has a cell in each
};

}  // namespace trueup::connectors::rest
