# DKIM and ARC.
ticketgate_test(signatures_test
  SOURCES arc_corpus_test.cpp
          ${PROJECT_SOURCE_DIR}/tests/support/fake_dns.cpp
  LINKS ticketgate_auth Boost::json
  LABELS unit)
