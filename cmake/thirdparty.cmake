# Every library that is not ours, one target each. Debian 12's packages; docs/decisions says why each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(RocksDB 7.8 CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ICU REQUIRED COMPONENTS i18n uc data)

add_library(thirdparty::curl ALIAS CURL::libcurl)
add_library(thirdparty::sqlite ALIAS SQLite::SQLite3)
add_library(thirdparty::cli11 ALIAS CLI11::CLI11)

# The shared library: the static one of the package would pull in five compressors by hand.
add_library(trueup_rocksdb INTERFACE)
target_link_libraries(trueup_rocksdb INTERFACE RocksDB::rocksdb-shared)
add_library(thirdparty::rocksdb ALIAS trueup_rocksdb)

# yaml-cpp's package names its target without a namespace.
add_library(trueup_yaml INTERFACE)
target_link_libraries(trueup_yaml INTERFACE yaml-cpp)
add_library(thirdparty::yaml ALIAS trueup_yaml)

# RapidJSON is headers only and its package gives a variable, not a target. SSE2 is in every x86-64;
# the iterative parser is chosen in base/json.cc because nesting must not overflow the stack.
find_path(RAPIDJSON_INCLUDE_DIR rapidjson/document.h REQUIRED)
add_library(trueup_rapidjson INTERFACE)
target_include_directories(trueup_rapidjson SYSTEM INTERFACE "${RAPIDJSON_INCLUDE_DIR}")
target_compile_definitions(trueup_rapidjson INTERFACE RAPIDJSON_HAS_STDSTRING=1)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64|AMD64")
  target_compile_definitions(trueup_rapidjson INTERFACE RAPIDJSON_SSE2=1)
endif()
add_library(thirdparty::rapidjson ALIAS trueup_rapidjson)

# The allocator of the daemon: a quarter of the CPU of a first pull (docs/benchmarks.md). The sanitizers bring their own.
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
add_library(trueup_malloc INTERFACE)
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  target_link_libraries(trueup_malloc INTERFACE -Wl,--no-as-needed PkgConfig::JEMALLOC -Wl,--as-needed)
endif()
add_library(thirdparty::malloc ALIAS trueup_malloc)

# librdkafka's package has no CMake files.
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka>=2.0)
add_library(thirdparty::rdkafka ALIAS PkgConfig::RDKAFKA)

pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
add_library(thirdparty::xxhash ALIAS PkgConfig::XXHASH)
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl)
add_library(thirdparty::psl ALIAS PkgConfig::PSL)

# libphonenumber and cpp-httplib come without CMake packages in Debian 12.
find_path(PHONENUMBER_INCLUDE_DIR phonenumbers/phonenumberutil.h REQUIRED)
find_library(PHONENUMBER_LIBRARY phonenumber REQUIRED)
add_library(trueup_phonenumber INTERFACE)
target_include_directories(trueup_phonenumber SYSTEM INTERFACE "${PHONENUMBER_INCLUDE_DIR}")
target_link_libraries(trueup_phonenumber INTERFACE "${PHONENUMBER_LIBRARY}")
add_library(thirdparty::phonenumber ALIAS trueup_phonenumber)

find_path(HTTPLIB_INCLUDE_DIR httplib.h REQUIRED)
find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)
add_library(trueup_httplib INTERFACE)
target_include_directories(trueup_httplib SYSTEM INTERFACE "${HTTPLIB_INCLUDE_DIR}")
target_compile_definitions(trueup_httplib INTERFACE
  CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
target_link_libraries(trueup_httplib INTERFACE "${HTTPLIB_LIBRARY}" OpenSSL::SSL OpenSSL::Crypto
  Threads::Threads)
add_library(thirdparty::httplib ALIAS trueup_httplib)

if(TRUEUP_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED)
  include(GoogleTest)
  find_package(benchmark REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
  add_library(thirdparty::rapidcheck ALIAS rapidcheck_gtest)
endif()
