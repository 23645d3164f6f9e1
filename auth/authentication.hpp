// What was found out about who sent a mail: the results of SPF, DKIM, DMARC, ARC and iprev as values, in the
// words of RFC 8601 §2.7. The checks are in spf.hpp, dkim.hpp, dmarc.hpp, arc.hpp and iprev.hpp;
// authenticate.hpp runs them all and gives one Verdict.
#pragma once

#include "auth/verdict.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace auth {

// RFC 8601's result words; not each fits each method. Of DKIM, "policy" is a signature that verifies and that
// we take no word of (dkim.hpp says for what).
enum class Result { none, pass, neutral, policy, fail, softfail, temperror, permerror };
[[nodiscard]] std::string_view name(Result result);

struct Spf {
    Result result = Result::none;
    bool helo = false;        // of the HELO name, since the reverse-path is null
    std::string domain;       // that was asked for, lower case, A-labels
    std::string explanation;  // the domain's own words for a fail (exp=), else ""
    std::string why;          // for an error: in a few words
};

struct DkimSignature {
    Result result = Result::none;
    std::string domain;     // d=, lower case, A-labels
    std::string selector;   // s=
    std::string identity;   // i=, or "@" and d=
    std::string algorithm;  // a=
    std::string b;          // the first 8 characters of b=, to tell signatures apart (RFC 6008)
    std::string why;        // for all but pass: in a few words
    bool testing = false;   // the key says t=y
};

struct Dmarc {
    enum class Policy { none, quarantine, reject };
    Result result = Result::none;
    std::string author_domain;          // of the one From, lower case, A-labels
    std::string organizational_domain;  // of it
    std::string policy_domain;          // whose record spoke
    Policy policy = Policy::none;       // what it asks for, after p, sp, np and t
    bool spf_aligned = false, dkim_aligned = false;
    std::string why;
};
[[nodiscard]] std::string_view name(Dmarc::Policy policy);

struct Arc {
    Result result = Result::none;      // of the whole chain (RFC 8617 §5.2)
    std::vector<std::string> sealers;  // d= of each set's seal, i=1 first
    std::string author_results;        // the first set's ARC-Authentication-Results, without i=
    std::string why;
};

struct Iprev {
    Result result = Result::none;
    std::string host_name;  // that the address has, and that has the address
};

struct Authentication {
    std::string client_address;
    Spf spf;
    std::vector<DkimSignature> dkim;  // in the order of the header, at most a bound
    Dmarc dmarc;
    Arc arc;
    Iprev iprev;
    std::string trusted_sealer;  // that the operator named, and whose word turned a DMARC failure into a pass
    Verdict verdict = Verdict::none;
};

}  // namespace auth
