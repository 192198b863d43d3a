#include "pipeline/stages/view.h"

#include <cassert>
#include <utility>

namespace trueup::pipeline {

class View::Written {
 public:
  Written(const View& view, Family family, std::string_view first)
      : own_(&view.overlays_[family].in_order),
        before_(view.before_ == nullptr ? &kNone : &view.before_->overlays_[family].in_order),
        next_own_(own_->lower_bound(first)),
        next_before_(before_->lower_bound(first)) {}

  bool done() const { return next_own_ == own_->end() && next_before_ == before_->end(); }
  // REQUIRES: !done().
  std::string_view key() const { return next()->first; }
  const std::optional<std::string>& value() const { return next()->second->value; }
  void Advance() {
    const std::string_view passed = key();
    if (next_own_ != own_->end() && next_own_->first == passed) ++next_own_;
    if (next_before_ != before_->end() && next_before_->first == passed) ++next_before_;
  }

 private:
  using Entries = std::map<std::string_view, const Entry*>;
  static inline const Entries kNone;

  Entries::const_iterator next() const {
    if (next_own_ == own_->end()) return next_before_;
    if (next_before_ == before_->end()) return next_own_;
    return next_before_->first < next_own_->first ? next_before_ : next_own_;
  }

  const Entries* own_;
  const Entries* before_;
  Entries::const_iterator next_own_;
  Entries::const_iterator next_before_;
};

const View::Entry* View::FindBefore(Family family, const std::string& key) const {
  if (before_ == nullptr) return nullptr;
  const auto& entries = before_->overlays_[family].entries;
  const auto found = entries.find(key);
  return found == entries.end() || !found->second.written ? nullptr : &found->second;
}

void View::Prefetch(Family family, const std::vector<std::string>& keys) {
  if (store_ == nullptr) return;
  Overlay& overlay = overlays_[family];
  std::vector<std::string> wanted;
  for (const std::string& key : keys) {
    // Claims the place at once, so that a key that comes twice is asked for once.
    const auto [place, made] = overlay.entries.try_emplace(key);
    if (!made) continue;
    if (const Entry* before = FindBefore(family, key)) {
      place->second.value = before->value;
    } else {
      wanted.push_back(key);
    }
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
    if (const Entry* before = FindBefore(family, key)) {
      entry.value = before->value;
    } else if (store_ != nullptr) {
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
  Written written(*this, family, prefix);
  const auto visit_written = [&] {
    if (written.value()) visit(written.key(), *written.value());
    written.Advance();
  };
  if (store_ != nullptr) {
    const Status scanned =
        store_->Scan(family, prefix, [&](std::string_view key, std::string_view value) {
          // What was written between the store's entries, then the store's own unless it was
          // written as well.
          while (!written.done() && written.key() < key) visit_written();
          if (!written.done() && written.key() == key) {
            visit_written();
          } else {
            visit(key, value);
          }
          return true;
        });
    if (!scanned.ok()) Fail(scanned.error());
  }
  while (!written.done() && written.key().starts_with(prefix)) visit_written();
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
