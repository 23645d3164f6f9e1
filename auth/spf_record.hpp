// An SPF record as a value: the grammar of RFC 7208 §12, nothing looked up.
//
// Total and linear; a record over 16 KB is refused like one with a syntax error. Domain-specs stay
// unexpanded, their macros are checked (auth/spf_macro.hpp).
#pragma once

#include "auth/authentication.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

inline constexpr std::size_t max_spf_record = 16 * 1024;

struct SpfTerm {
    enum class Mechanism { all, include, a, mx, ptr, ip4, ip6, exists };
    Mechanism mechanism = Mechanism::all;
    Result result = Result::pass;  // when it matches: pass, fail, softfail, neutral
    std::string domain;            // domain-spec; "" for the domain that is being checked
    boost::asio::ip::address network;
    unsigned bits4 = 32, bits6 = 128;
};

struct SpfRecord {
    std::vector<SpfTerm> terms;
    std::string redirect, explanation;  // domain-specs; "" where there is none
};

// RFC 7208 §4.5: whether a TXT record is one of SPF's at all.
[[nodiscard]] bool is_spf_record(std::string_view text);
// Nothing for a syntax error anywhere in it (§4.6).
[[nodiscard]] std::optional<SpfRecord> parse_spf_record(std::string_view text);

// Whether `address` lies in the network; of two families it doesn't.
[[nodiscard]] bool in_network(const boost::asio::ip::address& address,
                              const boost::asio::ip::address& network, unsigned bits4, unsigned bits6);

}  // namespace auth
