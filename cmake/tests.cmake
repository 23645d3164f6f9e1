# ticketgate_test(name SOURCES a.cpp ... LINKS lib ... LABELS unit|pg|e2e|concurrent ...)
#   one executable for a folder's tests; every TEST becomes a ctest case of its own name.
#   Tests labelled pg run with the fixture `cluster` (tests/support/), a PostgreSQL of their own: the
#   folder named by TICKETGATE_TEST_CLUSTER holds its conninfo in the file `dsn`, for a superuser;
#   every test makes a database of its own. Those labelled concurrent also run under TSan in CI.
include(GoogleTest)
function(ticketgate_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ticketgate_options ${arg_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    TICKETGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" TICKETGATE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set(properties TIMEOUT 300)
  if("pg" IN_LIST arg_LABELS)
    list(APPEND properties FIXTURES_REQUIRED cluster
      ENVIRONMENT "TICKETGATE_TEST_CLUSTER=${PROJECT_BINARY_DIR}/test-cluster")
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES PROPERTIES ${properties})
  # gtest_discover_tests() takes a list of labels apart, so they are set after it, when ctest reads its tests.
  set(labels ${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake)
  file(WRITE ${labels} "foreach(test IN LISTS ${name}_TESTS)
  set_tests_properties(\"\${test}\" PROPERTIES LABELS \"${arg_LABELS}\")
endforeach()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels})
endfunction()

# ticketgate_fuzz(LINKS lib TARGETS a b ...)
#   fuzz_TARGET of tests/fuzz/TARGET.cpp: libFuzzer drives it in the preset `fuzz` (./dev fuzz); elsewhere it is a plain
#   program, and ctest runs it over tests/fuzz/seeds/TARGET.
function(ticketgate_fuzz)
  cmake_parse_arguments(arg "" "LINKS" "TARGETS" ${ARGN})
  set(fuzz ${PROJECT_SOURCE_DIR}/tests/fuzz)
  foreach(target ${arg_TARGETS})
    add_executable(fuzz_${target} ${fuzz}/${target}.cpp)
    target_link_libraries(fuzz_${target} PRIVATE ${arg_LINKS})
    set_target_properties(fuzz_${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/fuzz)
    if(TICKETGATE_FUZZ)
      target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
    else()
      target_sources(fuzz_${target} PRIVATE ${fuzz}/runner.cpp)
      add_test(NAME fuzz.${target} COMMAND fuzz_${target} ${fuzz}/seeds/${target})
      set_tests_properties(fuzz.${target} PROPERTIES LABELS unit TIMEOUT 300)
    endif()
  endforeach()
endfunction()
