# DKIM and ARC.
ticketgate_test(signatures_test
  SOURCES arc_corpus_test.cpp arc_test.cpp canonical_test.cpp dkim_corpus_test.cpp dkim_test.cpp tags_test.cpp
          ${PROJECT_SOURCE_DIR}/tests/support/dkim_signer.cpp ${PROJECT_SOURCE_DIR}/tests/support/fake_dns.cpp
  LINKS ticketgate_auth Boost::json
  LABELS unit)
