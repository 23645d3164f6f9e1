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
  string(REPLACE ";" "\\;" labels "${arg_LABELS}")
  set(properties LABELS "${labels}" TIMEOUT 300)
  if("pg" IN_LIST arg_LABELS)
    list(APPEND properties FIXTURES_REQUIRED cluster
      ENVIRONMENT "TICKETGATE_TEST_CLUSTER=${PROJECT_BINARY_DIR}/test-cluster")
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
endfunction()
