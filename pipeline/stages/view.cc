#include "pipeline/stages/view.h"

#include <cassert>
#include <utility>

namespace trueup::pipeline {

void View::Prefetch(Family family, const std::vector<std::string>& keys) {
  if (store_ == nullptr) return;
  Overlay& overlay = overlays_[family];
  std::vector<std::string> wanted;
  for (const std::string& key : keys) {
    // Claims the place at once, so that a key that comes twice is asked for once.
    if (overlay.entries.try_emplace(key).second) wanted.push_back(key);
  }
  if (wanted.empty()) return;
  auto values = store_->MultiGet(family, wanted);
  if (!values.ok()) return Fail(std::move(values).error());
  for (size_t i = 0; i < wanted.size(); ++i) {
    overlay.entries[wanted[i]].value = std::move((*values)[i]);
  }
}

const std::string* View::Get(Family family, const std::string& key) {
  Overlay& overlay = overlays_[family];
  auto found = overlay.entries.find(key);
  if (found == overlay.entries.end()) {
    Entry entry;
    if (store_ != nullptr) {
      auto value = store_->Get(family, key);
      if (!value.ok()) {
        Fail(std::move(value).error());
        return nullptr;
      }
      entry.value = *std::move(value);
    }
    found = overlay.entries.emplace(key, std::move(entry)).first;
  }
  return found->second.value ? &*found->second.value : nullptr;
}

View::Entry& View::Write(Family family, std::string key) {
  Overlay& overlay = overlays_[family];
  const auto [place, made] = overlay.entries.try_emplace(std::move(key));
  if (!place->second.written) {
    place->second.written = true;
    ++overlay.writes;
    if (IsScanned(family)) overlay.in_order.emplace(place->first, &place->second);
  }
  return place->second;
}

void View::Put(Family family, std::string key, std::string value) {
  Write(family, std::move(key)).value = std::move(value);
}

void View::Delete(Family family, const std::string& key) { Write(family, key).value.reset(); }

void View::Scan(Family family, std::string_view prefix,
                const std::function<void(std::string_view, std::string_view)>& visit) {
  assert(IsScanned(family));
  const auto& written = overlays_[family].in_order;
  auto next = written.lower_bound(prefix);
  const auto visit_next = [&] {
    if (next->second->value) visit(next->first, *next->second->value);
    ++next;
  };
  if (store_ != nullptr) {
    const Status scanned =
        store_->Scan(family, prefix, [&](std::string_view key, std::string_view value) {
          // What was written between the store's entries, then the store's own unless it was
          // written as well.
          while (next != written.end() && next->first < key) visit_next();
          if (next != written.end() && next->first == key) {
            visit_next();
          } else {
            visit(key, value);
          }
          return true;
        });
    if (!scanned.ok()) Fail(scanned.error());
  }
  while (next != written.end() && next->first.starts_with(prefix)) visit_next();
}

void View::Fail(Error error) {
  if (status_.ok()) status_ = std::move(error);
}

void View::WriteTo(StoreBatch& batch) const {
  for (FamilyId family = 0; family < kFamilyCount; ++family) {
    for (const auto& [key, entry] : overlays_[family].entries) {
      if (!entry.written) continue;
      if (entry.value) {
        batch.Put(family, key, *entry.value);
      } else {
        batch.Delete(family, key);
      }
    }
  }
}

size_t View::writes() const {
  size_t writes = 0;
  for (const Overlay& overlay : overlays_) writes += overlay.writes;
  return writes;
}

}  // namespace trueup::pipeline
