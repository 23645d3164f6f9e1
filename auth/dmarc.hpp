// DMARC: does the domain of the From field stand behind this mail? RFC 9989, with its tree walk.
//
// discover_dmarc() asks for the records of the author's domain, and needs no results yet, so that it can run
// beside SPF and DKIM; evaluate_dmarc() aligns their results. No public suffix list. Domains are compared
// label by label: libopendmarc takes z.example for bank.example (a first label of one letter), and strict for
// relaxed.
//
// pass: a domain that SPF or a valid signature proves is the author's (strict), or has the same
// organizational domain. fail: there is a record, and nothing proves so. none: there is no record that says
// what to do. temperror: DNS did not tell by the deadline, or SPF or a signature that might have proved it
// ended so. permerror: there is no one author, and what was proved is at most one of them.
#pragma once

#include "auth/authentication.hpp"
#include "auth/dmarc_record.hpp"
#include "mail/message.hpp"
#include "net/dns.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace auth {

// Of whom the ticket will say that he wrote the mail (RFC 9989 §4.2): the first address of the first From
// field.
struct Author {
    std::string domain;  // lower case, A-labels; "" when there is none
    bool alone = true;   // no second From field, no second address
};
// As mail::read_header() has found him, so that what is verified and what is shown cannot differ.
[[nodiscard]] Author author_of(const mail::Header& header);

// The records of one mail's domains: each name is asked for once.
struct DmarcRecords {
    struct Answer {
        std::optional<DmarcRecord> record;
        bool failed = false;
    };
    std::map<std::string, Answer> answers;  // by domain, without _dmarc.
    std::string why;                        // the first failure
};

// Asks for what evaluate_dmarc() will look for of the author's domain: at most 8 queries (§4.10).
[[nodiscard]] boost::asio::awaitable<DmarcRecords> discover_dmarc(
    std::string author_domain, net::Resolver& resolver, std::chrono::steady_clock::time_point deadline);

[[nodiscard]] boost::asio::awaitable<Dmarc> evaluate_dmarc(Author author, const Spf& spf,
                                                           const std::vector<DkimSignature>& dkim,
                                                           DmarcRecords records, net::Resolver& resolver,
                                                           std::chrono::steady_clock::time_point deadline);

}  // namespace auth
