#include "pipeline/state/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <random>

#include "base/file.h"
#include "base/testing/child.h"
#include "base/testing/temporary_folder.h"

namespace trueup::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr FamilyId kRows = 0;
constexpr FamilyId kIndex = 1;
constexpr FamilyId kOffsets = 2;

// Small buffers, so that tests reach the files.
StoreOptions Small() {
  return {.families = {"rows", "index", "offsets"},
          .cache_bytes = 4 << 20,
          .write_buffer_bytes = 256 << 10};
}

StoreOptions ReadOnly() {
  StoreOptions options = Small();
  options.read_only = true;
  return options;
}

std::unique_ptr<Store> Open(const std::string& path, const StoreOptions& options = Small()) {
  auto store = Store::Open(path, options);
  EXPECT_TRUE(store.ok()) << store.error().message();
  return store.ok() ? std::move(store).value() : nullptr;
}

void Put(Store& store, FamilyId family, std::string_view key, std::string_view value) {
  StoreBatch batch;
  batch.Put(family, key, value);
  const Status put = store.Commit(batch);
  ASSERT_TRUE(put.ok()) << put.error().message();
}

std::vector<std::string> ScannedKeys(const Store& store, std::string_view prefix) {
  std::vector<std::string> keys;
  EXPECT_TRUE(store
                  .Scan(kRows, prefix,
                        [&keys](std::string_view key, std::string_view) {
                          keys.emplace_back(key);
                          return true;
                        })
                  .ok());
  return keys;
}

TEST(Store, GivesBackWhatWasPutPerFamilyAndOverReopening) {
  const TemporaryFolder folder;
  auto store = Open(folder.path());
  Put(*store, kRows, std::string("a\0b", 3), std::string("\0\xff", 2));
  Put(*store, kIndex, "a", "");
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(store->Get(kRows, std::string("a\0b", 3)).value(), std::string("\0\xff", 2));
    EXPECT_EQ(store->Get(kIndex, "a").value(), "");
    EXPECT_EQ(store->Get(kRows, "a").value(), std::nullopt);
    store.reset();
    store = Open(folder.path());
  }
}

TEST(Store, ABatchIsAppliedInItsOrder) {
  const TemporaryFolder folder;
  const auto store = Open(folder.path());
  StoreBatch batch;
  EXPECT_TRUE(batch.empty());
  batch.Put(kRows, "k", "1");
  batch.Delete(kRows, "k");
  batch.Put(kRows, "k", "2");
  batch.Put(kRows, "gone", "1");
  batch.Delete(kRows, "gone");
  EXPECT_FALSE(batch.empty());
  EXPECT_GT(batch.bytes(), 10U);
  ASSERT_TRUE(store->Commit(batch, true).ok());
  EXPECT_EQ(store->Get(kRows, "k").value(), "2");
  EXPECT_EQ(store->Get(kRows, "gone").value(), std::nullopt);
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_TRUE(store->Commit(batch).ok());
}

TEST(Store, MultiGetAnswersByPosition) {
  const TemporaryFolder folder;
  const auto store = Open(folder.path());
  Put(*store, kRows, "a", "1");
  Put(*store, kRows, "c", "3");
  EXPECT_THAT(store->MultiGet(kRows, {"c", "b", "a"}).value(), ElementsAre("3", std::nullopt, "1"));
  EXPECT_TRUE(store->MultiGet(kRows, {}).value().empty());
}

TEST(Store, ScansByPrefixInKeyOrder) {
  const TemporaryFolder folder;
  const auto store = Open(folder.path());
  for (const char* key : {"b", "a1", "a", "a\xff\xff", "\xff", "\xff\x01"})
    Put(*store, kRows, key, key);
  EXPECT_THAT(ScannedKeys(*store, "a"), ElementsAre("a", "a1", "a\xff\xff"));
  EXPECT_THAT(ScannedKeys(*store, "a\xff"), ElementsAre("a\xff\xff"));
  EXPECT_THAT(ScannedKeys(*store, "\xff"), ElementsAre("\xff", "\xff\x01"));
  EXPECT_EQ(ScannedKeys(*store, "").size(), 6U);
  EXPECT_TRUE(ScannedKeys(*store, "x").empty());
}

TEST(Store, AScanStopsWhenTheVisitorSaysSo) {
  const TemporaryFolder folder;
  const auto store = Open(folder.path());
  for (const char* key : {"a", "b", "c", "d"}) Put(*store, kRows, key, "");
  std::string seen;
  ASSERT_TRUE(store
                  ->ScanFrom(kRows, "b",
                             [&seen](std::string_view key, std::string_view) {
                               seen += key;
                               return seen.size() < 2;
                             })
                  .ok());
  EXPECT_EQ(seen, "bc");
}

TEST(Store, MakesNewFamiliesAndKeepsUnknownOnes) {
  const TemporaryFolder folder;
  Put(*Open(folder.path()), kIndex, "k", "v");
  StoreOptions other = Small();
  other.families = {"new", "rows"};
  Put(*Open(folder.path(), other), 0, "k", "new");
  EXPECT_EQ(Open(folder.path())->Get(kIndex, "k").value(), "v");
  EXPECT_EQ(Open(folder.path(), other)->Get(0, "k").value(), "new");
}

TEST(Store, IsWrittenByOneProcessOnly) {
  const TemporaryFolder folder;
  const auto store = Open(folder.path());
  const auto second = Store::Open(folder.path(), Small());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind(), ErrorKind::kConflict);
  EXPECT_THAT(second.error().message(), HasSubstr(folder.path()));
}

TEST(Store, CanBeReadBesideItsWriter) {
  const TemporaryFolder folder;
  const auto store = Open(folder.path());
  Put(*store, kRows, "k", "before");
  const auto reader = Open(folder.path(), ReadOnly());
  Put(*store, kRows, "k", "after");
  // Push what the reader holds open out of the writer's tree.
  for (int i = 0; i < 3000; ++i) Put(*store, kRows, std::to_string(i), std::string(1000, 'x'));
  EXPECT_EQ(reader->Get(kRows, "k").value(), "before");
  EXPECT_EQ(Open(folder.path(), ReadOnly())->Get(kRows, "k").value(), "after");
  StoreBatch batch;
  batch.Put(kRows, "k", "v");
  EXPECT_EQ(reader->Commit(batch).error().kind(), ErrorKind::kInvalid);
}

TEST(Store, AReaderOfNothingSaysSo) {
  const TemporaryFolder folder;
  EXPECT_FALSE(Store::Open(folder / "absent", ReadOnly()).ok());
  EXPECT_FALSE(std::filesystem::exists(folder / "absent"));
}

TEST(Store, ACheckpointIsAWholeStoreOfItsMoment) {
  const TemporaryFolder folder;
  const auto store = Open(folder / "db");
  Put(*store, kRows, "k", "then");
  ASSERT_TRUE(store->Checkpoint(folder / "copy").ok());
  Put(*store, kRows, "k", "now");
  EXPECT_EQ(Open(folder / "copy")->Get(kRows, "k").value(), "then");
  EXPECT_EQ(store->Checkpoint(folder / "copy").error().kind(), ErrorKind::kInvalid);
}

TEST(Store, ADamagedFileIsCorrupt) {
  const TemporaryFolder folder;
  {
    const auto store = Open(folder.path());
    for (int i = 0; i < 2000; ++i)
      Put(*store, kRows, std::to_string(i), std::string(1000, static_cast<char>(i)));
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    if (file.path().extension() != ".sst") continue;
    std::string bytes = ReadFile(file.path()).value();
    for (size_t at = 100; at < bytes.size(); at += 1000)
      bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    ASSERT_TRUE(WriteFileAtomically(file.path(), bytes).ok());
  }
  const auto store = Store::Open(folder.path(), Small());
  const Status scanned =
      store.ok() ? (*store)->Scan(kRows, "", [](auto, auto) { return true; }) : store.error();
  ASSERT_FALSE(scanned.ok());
  EXPECT_EQ(scanned.error().kind(), ErrorKind::kCorrupt) << scanned.error().message();
}

TEST(Store, AMissingFileIsCorrupt) {
  const TemporaryFolder folder;
  {
    const auto store = Open(folder.path());
    for (int i = 0; i < 2000; ++i) Put(*store, kRows, std::to_string(i), std::string(1000, 'x'));
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    if (file.path().extension() == ".sst") std::filesystem::remove(file.path());
  }
  const auto store = Store::Open(folder.path(), Small());
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().kind(), ErrorKind::kCorrupt) << store.error().message();
}

// One commit: row, index and offset of the input `n`, all saying n.
StoreBatch Step(uint64_t n) {
  StoreBatch batch;
  const std::string value = std::to_string(n);
  batch.Put(kRows, "r" + std::to_string(n % 50), value + std::string(n % 700, '.'));
  batch.Put(kIndex, "i" + std::to_string(n % 50), value);
  batch.Put(kOffsets, "offset", value);
  return batch;
}

// The offset; checks that rows and index are exactly those of the inputs up to it.
uint64_t CheckedOffset(const Store& store) {
  const auto stored = store.Get(kOffsets, "offset").value();
  if (!stored) return 0;
  const uint64_t offset = std::stoull(*stored);
  for (uint64_t n = offset > 50 ? offset - 49 : 1; n <= offset; ++n) {
    EXPECT_EQ(std::stoull(store.Get(kRows, "r" + std::to_string(n % 50)).value().value()), n);
    EXPECT_EQ(store.Get(kIndex, "i" + std::to_string(n % 50)).value(), std::to_string(n));
  }
  return offset;
}

TEST(StoreCrash, AfterKillNineTheFamiliesStandAtOnePoint) {
  const TemporaryFolder folder;
  std::mt19937_64 random(7);
  uint64_t acknowledged = 0;
  for (int round = 0; round < 30; ++round) {
    Child child([&folder](const std::function<void(uint64_t)>& say) {
      const auto store = Store::Open(folder.path(), Small()).value();
      const auto stored = store->Get(kOffsets, "offset").value();
      for (uint64_t n = stored ? std::stoull(*stored) + 1 : 1;; ++n) {
        StoreBatch batch = Step(n);
        if (!store->Commit(batch).ok()) return;
        say(n);
      }
    });
    for (uint64_t wait = random() % 500; wait > 0 && child.Hear(acknowledged); --wait) {
    }
    acknowledged = child.Kill(acknowledged);
    const uint64_t offset = CheckedOffset(*Open(folder.path()));
    ASSERT_GE(offset, acknowledged) << "round " << round;
    ASSERT_LE(offset, acknowledged + 1) << "round " << round;
  }
}

// A small file system of its own, where the test may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& path) : path_(path) {
    mounted_ = ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=12m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }

 private:
  std::string path_;
  bool mounted_ = false;
};

TEST(StoreCrash, AFullDiskIsTransientAndReopeningRecoversEverything) {
  const TemporaryFolder folder;
  const SmallDisk disk(folder.path());
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a tmpfs";
  ASSERT_TRUE(WriteFileAtomically(folder / "ballast", std::string(5 << 20, 'b')).ok());
  uint64_t acknowledged = 0;
  {
    const auto store = Open(folder / "db");
    std::mt19937_64 random(3);
    while (acknowledged < 100000) {
      StoreBatch batch = Step(acknowledged + 1);
      std::string noise(4000, '\0');
      for (char& c : noise) c = static_cast<char>(random());
      batch.Put(kRows, "noise" + std::to_string(acknowledged), noise);
      const Status committed = store->Commit(batch);
      if (!committed.ok()) {
        EXPECT_EQ(committed.error().kind(), ErrorKind::kTransient) << committed.error().message();
        EXPECT_TRUE(store->failure().has_value()) << "it must be opened anew";
        break;
      }
      ++acknowledged;
    }
    ASSERT_LT(acknowledged, 100000U);
    std::filesystem::remove(folder / "ballast");
    StoreBatch batch = Step(acknowledged + 1);
    EXPECT_FALSE(store->Commit(batch).ok()) << "closed for writing until opened anew";
    EXPECT_EQ(CheckedOffset(*store), acknowledged);
  }
  const auto store = Open(folder / "db");
  EXPECT_EQ(CheckedOffset(*store), acknowledged);
  StoreBatch batch = Step(acknowledged + 1);
  EXPECT_TRUE(store->Commit(batch).ok());
}

TEST(Store, KeepsItsMemoryBounded) {
  const TemporaryFolder folder;
  const auto store = Open(folder.path());
  for (int i = 0; i < 20; ++i) {
    StoreBatch batch;
    for (int k = 0; k < 500; ++k)
      batch.Put(kRows, std::to_string(i * 500 + k), std::string(1000, 'x'));
    ASSERT_TRUE(store->Commit(batch).ok());
  }
  EXPECT_GT(store->disk_bytes(), 100000U);
  EXPECT_LT(store->memory_bytes(), 3U * Small().cache_bytes);
}

}  // namespace
}  // namespace trueup::pipeline
