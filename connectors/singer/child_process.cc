#include "connectors/singer/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/file.h"

// The header of glibc 2.36 forgets to say that its functions are C.
extern "C" {
#include <sys/pidfd.h>
}

namespace trueup::connectors::singer {
namespace {

constexpr size_t kReadBytes = 64 << 10;

Error Failure(const std::string& doing, int code) {
  return {ErrorKind::kTransient, "cannot " + doing + ": " + ErrnoText(code)};
}

// A descriptor that becomes readable when `stop` is requested, for poll.
class StopSignal {
 public:
  explicit StopSignal(std::stop_token stop) : callback_(std::move(stop), Ring{event_.fd}) {}
  int descriptor() const { return event_.fd; }

 private:
  struct Event {
    const int fd = ::eventfd(0, EFD_CLOEXEC);
    ~Event() { ::close(fd); }
  };
  struct Ring {
    int fd;
    void operator()() const noexcept {
      const uint64_t one = 1;
      static_cast<void>(::write(fd, &one, sizeof one) == sizeof one);
    }
  };
  Event event_;
  // Last, and so gone first: nobody rings behind the close.
  std::stop_callback<Ring> callback_;
};

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Everything that the child is to find as if a shell had started it.
class Spawning {
 public:
  Spawning() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Spawning() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;

  // 0, or the errno of what went wrong.
  int Run(const ChildCommand& command, int out, int err, pid_t& pid) {
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (!command.folder.empty()) {
      posix_spawn_file_actions_addchdir_np(&actions_, command.folder.c_str());
    }
    const auto arguments = Pointers(command.arguments);
    const auto environment = Pointers(command.environment);
    return ::posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(),
                          environment.data());
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

void ChildProcess::Descriptor::Close() {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

std::string ChildProcess::End::ToText() const {
  if (signal != 0) return "was ended by signal " + std::to_string(signal);
  return "ended with status " + std::to_string(status);
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(const ChildCommand& command) {
  std::unique_ptr<ChildProcess> child(new ChildProcess());
  Descriptor out;
  Descriptor err;
  for (auto [read, write] : {std::pair(&child->out_, &out), {&child->err_, &err}}) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return Failure("make a pipe", errno);
    read->fd = pipe[0];
    write->fd = pipe[1];
    // Ours only: the child's end blocks, and so makes it wait for us.
    ::fcntl(read->fd, F_SETFL, O_NONBLOCK);
  }
  TRUEUP_RETURN_IF_ERROR(child->Spawn(command, out, err));
  return child;
}

Status ChildProcess::Spawn(const ChildCommand& command, const Descriptor& out,
                           const Descriptor& err) {
  const int failed = Spawning().Run(command, out.fd, err.fd, pid_);
  if (failed != 0) {
    pid_ = 0;
    const bool passing = failed == EAGAIN || failed == ENOMEM;
    return Error(passing ? ErrorKind::kTransient : ErrorKind::kInvalid,
                 "cannot start " + command.arguments.front() + ": " + ErrnoText(failed));
  }
  ended_.fd = ::pidfd_open(pid_, 0);
  if (ended_.fd < 0) return Failure("watch the child", errno);
  return {};
}

ChildProcess::~ChildProcess() {
  if (pid_ != 0) Reap();
}

// The group first: while the child is not reaped, its number can belong to no other group.
void ChildProcess::Reap() {
  ::kill(-pid_, SIGKILL);
  int status = 0;
  pid_t reaped = 0;
  do {
    reaped = ::waitpid(pid_, &status, 0);
  } while (reaped < 0 && errno == EINTR);
  pid_ = 0;
  // Where somebody else reaped it, nobody knows how it ended: not well, then.
  End end{255, 0};
  if (reaped > 0 && WIFEXITED(status)) end.status = WEXITSTATUS(status);
  if (reaped > 0 && WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end_ = end;
}

// Takes what a pipe holds; false where it has ended.
bool ChildProcess::Take(Descriptor& pipe, std::string& text) const {
  const size_t before = text.size();
  text.resize(before + kReadBytes);
  ssize_t got = 0;
  do {
    got = ::read(pipe.fd, text.data() + before, kReadBytes);
  } while (got < 0 && errno == EINTR);
  text.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  if (got > 0) return true;
  if (got < 0 && errno == EAGAIN && !child_ended_) return true;
  return false;
}

Result<bool> ChildProcess::Read(Output& output, std::chrono::milliseconds timeout,
                                std::stop_token stop) {
  const StopSignal stopping(stop);
  std::array<pollfd, 4> watched{pollfd{out_.fd, POLLIN, 0}, pollfd{err_.fd, POLLIN, 0},
                                pollfd{child_ended_ ? -1 : ended_.fd, POLLIN, 0},
                                pollfd{stopping.descriptor(), POLLIN, 0}};
  // Behind the child's end nothing more comes, and a grandchild's pipe may stay silent for ever.
  const int wait =
      child_ended_ ? 0 : static_cast<int>(std::min<int64_t>(timeout.count(), INT32_MAX));
  const int ready = ::poll(watched.data(), watched.size(), wait);
  if (stop.stop_requested()) return Error(ErrorKind::kCancelled, "stopped");
  if (ready < 0 && errno != EINTR) return Failure("wait for the child", errno);
  if (ready == 0 && !child_ended_) return false;
  if (ready > 0 && watched[2].revents != 0) child_ended_ = true;
  if (out_.fd >= 0 && !Take(out_, output.out)) out_.Close();
  if (err_.fd >= 0 && !Take(err_, output.err)) err_.Close();
  output.out_ended = out_.fd < 0;
  output.err_ended = err_.fd < 0;
  return true;
}

Result<std::optional<ChildProcess::End>> ChildProcess::Wait(std::chrono::milliseconds timeout,
                                                            std::stop_token stop) {
  if (end_) return end_;
  const StopSignal stopping(stop);
  std::array<pollfd, 2> watched{pollfd{ended_.fd, POLLIN, 0},
                                pollfd{stopping.descriptor(), POLLIN, 0}};
  int ready = 0;
  do {
    ready = ::poll(watched.data(), watched.size(),
                   static_cast<int>(std::min<int64_t>(timeout.count(), INT32_MAX)));
  } while (ready < 0 && errno == EINTR);
  if (stop.stop_requested()) return Error(ErrorKind::kCancelled, "stopped");
  if (watched[0].revents == 0) return std::optional<End>();
  Reap();
  return end_;
}

}  // namespace trueup::connectors::singer
