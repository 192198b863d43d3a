#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace trueup {

// What the caller can do about a failure. A kind exists only where some caller acts differently.
enum class ErrorKind {
  kTransient,  // try again later, not before Error::retry_after()
  kUncertain,  // the effect may have happened: read back before trying again
  kConflict,   // the world moved on: read again, decide again
  kRejected,   // this one record is refused: park it with its reason and go on
  kDenied,     // credentials or rights: leave this system alone until a person acts
  kInvalid,    // the request or the config is wrong: trying again cannot help
  kCorrupt,    // stored data is damaged: set it aside and rebuild
  kCancelled,  // we are shutting down
};

// The kind as it is written in logs, status and JSON: "transient", "denied", ...
std::string_view ToString(ErrorKind kind);

// A failure as a value: what the caller should do, and a text for the operator (lower case, no full
// stop, naming the object and what was being done).
class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  // How long to wait before the next try, where the other side said so.
  std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }

  // Says when to try again. Only sensible for kTransient.
  Error RetryAfter(std::chrono::milliseconds wait) &&;
  // Puts "context: " before the message: once per layer that knows something new.
  Error In(std::string_view context) &&;

 private:
  ErrorKind kind_;
  std::string message_;
  std::optional<std::chrono::milliseconds> retry_after_;
};

// A value or the Error that stood in its way. Reading value() of a failed Result aborts.
template <class T>
class [[nodiscard]] Result {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): `return value;` and `return error;` are the point.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  // By value, so that `for (auto& x : Read().value())` holds on to what it walks.
  T value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

// The outcome of something that gives no value.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace trueup

#define TRUEUP_CONCAT_INNER(a, b) a##b
#define TRUEUP_CONCAT(a, b) TRUEUP_CONCAT_INNER(a, b)

// Returns the error of `expression` (a Status or Result) from the enclosing function, if any.
#define TRUEUP_RETURN_IF_ERROR(expression)                            \
  do {                                                                \
    auto trueup_status = (expression);                                \
    if (!trueup_status.ok()) return std::move(trueup_status).error(); \
  } while (false)

// `TRUEUP_ASSIGN(auto page, Fetch());` declares `page` from a Result, or returns its error.
#define TRUEUP_ASSIGN(declaration, expression) \
  TRUEUP_ASSIGN_INNER(TRUEUP_CONCAT(trueup_result_, __LINE__), declaration, expression)
#define TRUEUP_ASSIGN_INNER(result, declaration, expression) \
  auto result = (expression);                                \
  if (!result.ok()) return std::move(result).error();        \
  declaration = std::move(result).value()
