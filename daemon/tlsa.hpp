// TLSA records (RFC 6698) beside the certificate that we show.
#pragma once

#include "net/dns.hpp"

#include <optional>
#include <string>

namespace program {

class OwnCertificate {
  public:
    // The first certificate of a PEM file; nothing where there is none that can be read.
    [[nodiscard]] static std::optional<OwnCertificate> read(const std::string& file);

    // "3 1 1 DIGEST", which outlasts renewals that keep the key (RFC 7671 §5.1).
    [[nodiscard]] std::string record() const;

    enum class Match { yes, no, not_comparable };  // the last: of an authority, which we can't tell here
    [[nodiscard]] Match matches(const net::TlsaRecord& record) const;

  private:
    std::string whole_, key_;  // DER
};

}  // namespace program
