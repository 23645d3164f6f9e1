// By what the author of a mail that was verified is recognised when they write again (policy/trust.hpp).
#pragma once

#include "policy/trust.hpp"

#include <optional>
#include <string>

namespace intake {

// `evidence`: what is kept of the mail's examination. None where neither DKIM nor SPF passed: whoever trusted
// such an author would trust everybody who writes his name. First comes an identity of the author's own
// domain, a signature before SPF: others' servers sign for many, each of whom could write his name.
[[nodiscard]] std::optional<policy::TrustedSender> trust_of(const std::string& author,
                                                            const std::optional<std::string>& evidence,
                                                            bool whole_domain);

}  // namespace intake
