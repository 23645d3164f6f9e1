// SHA-256, and bytes as hexadecimal digits.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace mail {

class Sha256 {
  public:
    Sha256();
    void add(std::string_view bytes);
    [[nodiscard]] std::string finish();  // 32 bytes; then it is of no use any more

  private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] std::string hex(std::string_view bytes);  // two lower-case digits each

}  // namespace mail
