#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "connectors/files/files_connector.h"
#include "tests/contract/connector_contract.h"

namespace trueup::connectors {
namespace {

// A folder of real files with one object, `site`.
class FilesSource : public ContractSource {
 public:
  FilesSource() {
    static int made = 0;
    folder_ =
        std::filesystem::temp_directory_path() /
        ("trueup_files_contract_" + std::to_string(::getpid()) + "_" + std::to_string(++made));
    std::filesystem::create_directories(folder_ / "in");
  }
  ~FilesSource() override { std::filesystem::remove_all(folder_); }

  std::string object() const override { return "site"; }
  std::shared_ptr<HttpClient> http() override { return nullptr; }
  std::string data_path() const override { return ""; }
  bool Delete(const std::string&, Instant) override { return false; }
  // As a share that is not mounted.
  void Fail(bool on) override {
    const auto here = folder_ / "in";
    const auto away = folder_ / "away";
    std::filesystem::rename(on ? here : away, on ? away : here);
  }

  std::unique_ptr<Connector> Connect(std::shared_ptr<HttpClient>,
                                     std::shared_ptr<Clock> clock) override {
    files::FilesSettings settings;
    settings.path.path = (folder_ / "in").string();
    files::FileObjectSettings& site = settings.objects["site"];
    site.file = "*.csv";
    site.id = "id";
    site.modified = "at";
    Configure(settings);
    return files::MakeConnector({"crm", settings, std::move(clock), {7, 1 << 20}});
  }

 protected:
  virtual void Configure(files::FilesSettings&) {}

  std::vector<std::string> NewIds(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) ids.push_back("s" + std::to_string(++added_ * 7919 % 10'000));
    return ids;
  }

  static std::string LinesOf(const std::vector<std::string>& ids, Instant stamp) {
    std::string lines;
    for (const std::string& id : ids) lines += id + "," + FormatInstant(stamp) + "\n";
    return lines;
  }

  // Puts a file in place by renaming.
  void Drop(const std::string& name, const std::string& lines) {
    const std::string part = (folder_ / "part").string();
    std::ofstream(part, std::ios::binary) << "id,at\n" << lines;
    const struct ::timespec at[2] = {{0, UTIME_OMIT}, {1'700'000'000 + ++dropped_, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, part.c_str(), at, 0), 0);
    std::filesystem::rename(part, folder_ / "in" / name);
  }

  std::filesystem::path folder_;

 private:
  int added_ = 0;
  int dropped_ = 0;
};

// One file that is the whole truth, written anew with each change.
class WholeFileSource : public FilesSource {
 public:
  WholeFileSource() { Drop("sites.csv", ""); }
  std::vector<std::string> Add(int count, Instant stamp) override {
    auto ids = NewIds(count);
    lines_ += LinesOf(ids, stamp);
    Drop("sites.csv", lines_);
    return ids;
  }

 private:
  std::string lines_;
};

// A file per change, taken and moved away.
class InboxFilesSource : public FilesSource {
 public:
  std::vector<std::string> Add(int count, Instant stamp) override {
    auto ids = NewIds(count);
    Drop("sites-" + ids.front() + ".csv", LinesOf(ids, stamp));
    return ids;
  }

 protected:
  void Configure(files::FilesSettings& settings) override {
    files::InboxSettings& inbox = settings.inbox.emplace();
    inbox.done.path = (folder_ / "done").string();
    inbox.rejected.path = (folder_ / "rejected").string();
  }
};

INSTANTIATE_TEST_SUITE_P(
    Files, ConnectorContract,
    testing::Values(ContractParam{"whole", [] { return std::make_unique<WholeFileSource>(); }},
                    ContractParam{"inbox", [] { return std::make_unique<InboxFilesSource>(); }}),
    NameOfParam);

}  // namespace
}  // namespace trueup::connectors
