#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "pipeline/stages/families.h"

namespace trueup::pipeline {

// What stages read and write while one batch is worked off: the store as of the last commit, plus
// what this batch has changed. Everything written becomes durable together (WriteTo and one Commit)
// or not at all. Not safe for several threads.
//
// A read that fails (damaged store) is remembered in status(); reads then find nothing, and whoever
// drives the batch must check status() before committing.
class View {
 public:
  // `store` may be null: then the view is all there is (tests). `before` is a view whose writes may
  // not be in the store yet, because they are being committed: it is read first, and must outlive
  // every read here.
  explicit View(const Store* store, const View* before = nullptr)
      : store_(store), before_(before) {}

  // Reads many keys at once, so that the Gets behind it cost nothing. Keys known already are
  // skipped.
  void Prefetch(Family family, const std::vector<std::string>& keys);

  // The value, or nullptr. The pointer is good until the key is written.
  const std::string* Get(Family family, const std::string& key);
  void Put(Family family, std::string key, std::string value);
  void Delete(Family family, const std::string& key);

  // Calls `visit` for every entry whose key begins with `prefix`, in key order; `visit` must not
  // write to the family. REQUIRES: IsScanned(family).
  void Scan(Family family, std::string_view prefix,
            const std::function<void(std::string_view key, std::string_view value)>& visit);

  const Status& status() const { return status_; }
  void Fail(Error error);

  // Appends this batch's writes to `batch`.
  void WriteTo(StoreBatch& batch) const;
  size_t writes() const;

 private:
  struct Entry {
    std::optional<std::string> value;
    bool written = false;
  };
  struct Overlay {
    std::unordered_map<std::string, Entry> entries;
    size_t writes = 0;
    std::map<std::string_view, const Entry*> in_order;  // the written ones of a scanned family
  };

  // The written entries of a scanned family, of this view and the one before, in order of key.
  // Where both have one, this view's counts.
  class Written;

  Entry& Write(Family family, std::string key);
  // What the view before wrote; null: nothing, or there is none.
  const Entry* FindBefore(Family family, const std::string& key) const;

  const Store* store_;
  const View* before_;
  std::array<Overlay, kFamilyCount> overlays_;
  Status status_;
};

}  // namespace trueup::pipeline
