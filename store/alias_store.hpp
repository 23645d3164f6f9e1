// Under which names agents speak, and what stands below their mails. Global, as agents are.
//
// A signature's text and HTML are templates for agents (tickets/template.hpp): what they name must be there.
// What is not done is a Refusal in words for the operator; otherwise throws Error.
#pragma once

#include "store/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct AliasInfo {
    std::int64_t id = 0;
    std::string agent_name, agent_address;
    std::string name, avatar;
    bool is_default = false;
    std::string signature_name, signature_text, signature_html;
};

// What is none stays as it is.
struct AliasChange {
    std::optional<std::string> avatar, signature_name, signature_text, signature_html;
};

class AliasStore {
  public:
    explicit AliasStore(Pool& pool) : pool_(pool) {}

    asio::awaitable<Outcome<std::monostate>> add(std::int64_t agent, std::string name, AliasChange alias);
    asio::awaitable<Outcome<std::monostate>> set(std::int64_t agent, std::string name, AliasChange change);
    // None: the agent speaks under their own name where they never chose another.
    asio::awaitable<Outcome<std::monostate>> make_default(std::int64_t agent,
                                                          std::optional<std::string> name);
    asio::awaitable<Outcome<std::monostate>> remove(std::int64_t agent, std::string name);
    asio::awaitable<std::vector<AliasInfo>> list(std::optional<std::int64_t> agent);

  private:
    Pool& pool_;
};

// Not empty, on one line, in valid UTF-8.
[[nodiscard]] bool is_line(const std::string& text, std::size_t longest);

// The rows of sql::list_aliases.
[[nodiscard]] std::vector<AliasInfo> read_aliases(const Result& rows);

}  // namespace store
