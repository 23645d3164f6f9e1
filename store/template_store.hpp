// Preset mails of a workspace: texts with variables (tickets/template.hpp), checked when they are saved.
//
// What is not done is a Refusal in words for the operator; otherwise throws Error.
#pragma once

#include "store/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace store {

struct TemplateSource {
    std::string workspace, name;
    std::string subject;     // of a ticket that is opened with it; may be empty
    std::string text, html;  // HTML may be empty
};

// What is none stays as it is.
struct TemplateChange {
    std::optional<std::string> subject, text, html;
};

class TemplateStore {
  public:
    explicit TemplateStore(Pool& pool) : pool_(pool) {}

    asio::awaitable<Outcome<std::monostate>> add(TemplateSource source);
    asio::awaitable<Outcome<std::monostate>> set(std::string workspace, std::string name,
                                                 TemplateChange change);
    asio::awaitable<Outcome<std::monostate>> remove(std::string workspace, std::string name);
    asio::awaitable<std::vector<TemplateSource>> list(std::optional<std::string> workspace,
                                                      std::optional<std::string> name);

  private:
    Pool& pool_;
};

// The rows of sql::list_templates.
[[nodiscard]] std::vector<TemplateSource> read_templates(const Result& rows);

}  // namespace store
