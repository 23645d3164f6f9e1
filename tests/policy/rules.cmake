ticketgate_test(policy_rules_test
  SOURCES ${PROJECT_SOURCE_DIR}/tests/policy/decision_test.cpp ${PROJECT_SOURCE_DIR}/tests/policy/rule_test.cpp
          ${PROJECT_SOURCE_DIR}/tests/policy/rules_test.cpp
  LINKS ticketgate_policy LABELS unit concurrent)
