# How this project makes targets. Warnings are errors in our code only.
add_library(trueup_warnings INTERFACE)
target_compile_options(trueup_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${TRUEUP_WERROR}>:-Werror>)
target_include_directories(trueup_warnings INTERFACE "${CMAKE_SOURCE_DIR}")

# trueup_library(NAME SOURCES a.cc ... LINK targets ...): a static library. LINK is public: who
# links a folder may include its headers, and what these include.
function(trueup_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE trueup_warnings)
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}")
endfunction()

# trueup_executable(NAME SOURCES ... LINK ...)
function(trueup_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} trueup_warnings)
endfunction()

# trueup_test(NAME SOURCES ... LINK ... [LABELS ...] [TIMEOUT seconds]): one test binary, one ctest
# entry per test case. NO_PRETTY_VALUES keeps parameter bytes out of the test names.
function(trueup_test name)
  if(NOT TRUEUP_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} trueup_warnings GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    TRUEUP_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TRUEUP_SHARED_DATA="${TRUEUP_SHARED_DATA}")
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 TEST_PREFIX "${name}."
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
