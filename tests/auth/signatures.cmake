# DKIM and ARC.
ticketgate_test(signatures_test
  SOURCES arc_corpus_test.cpp arc_test.cpp canonical_test.cpp dkim_corpus_test.cpp dkim_test.cpp tags_test.cpp
          ${PROJECT_SOURCE_DIR}/tests/support/dkim_signer.cpp ${PROJECT_SOURCE_DIR}/tests/support/fake_dns.cpp
  LINKS ticketgate_auth Boost::json
  LABELS unit)

# libopendkim signs and verifies beside us; ./dev test installs it. It is never linked into the daemon.
find_library(OPENDKIM_LIBRARY opendkim)
if(OPENDKIM_LIBRARY)
  ticketgate_test(opendkim_test
    SOURCES opendkim_test.cpp
            ${PROJECT_SOURCE_DIR}/tests/support/dkim_signer.cpp ${PROJECT_SOURCE_DIR}/tests/support/fake_dns.cpp
            ${PROJECT_SOURCE_DIR}/tests/support/opendkim.cpp
    LINKS ticketgate_auth ${OPENDKIM_LIBRARY}
    LABELS unit)
else()
  message(STATUS "libopendkim-dev is not installed: opendkim_test is left out")
endif()

# dkimpy signs, seals and verifies beside us.
add_executable(verify_mails verify_mails.cpp ${PROJECT_SOURCE_DIR}/tests/support/fake_dns.cpp)
target_link_libraries(verify_mails PRIVATE ticketgate_options ticketgate_auth Boost::json)
target_compile_definitions(verify_mails PRIVATE TICKETGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
add_test(NAME auth.dkimpy
  COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/dkimpy_test.py $<TARGET_FILE:verify_mails>)
set_tests_properties(auth.dkimpy PROPERTIES LABELS unit TIMEOUT 300)
