// By what the author of a mail that was verified is recognised when they write again (policy/trust.hpp).
#pragma once

#include "policy/trust.hpp"

#include <optional>
#include <string>

namespace intake {

// `evidence`: what is kept of the mail's examination. None where neither DKIM nor SPF passed: whoever trusted
// such an author would trust everybody who writes his name. Of several signatures the one of the author's own
// domain, then the first.
[[nodiscard]] std::optional<policy::TrustedSender> trust_of(const std::string& author,
                                                            const std::optional<std::string>& evidence,
                                                            bool whole_domain);

}  // namespace intake
