#include "store/conversation.hpp"

#include "store/raw.hpp"
#include "store/statements.hpp"

namespace store {
namespace {

constexpr std::int64_t most_mails = 200;

}  // namespace

asio::awaitable<Conversation> read_conversation(DeskAction& action, tickets::Uuid ticket) {
    const auto rows = co_await action.ask(sql::conversation_of,
                                          std::move(Params().integer(action.workspace()).uuid(ticket)));
    const Row row = rows[0];
    Conversation conversation{.workspace = row.text(0),
                              .subject = row.text(1),
                              .status = row.text(2),
                              .email_sender = row.text(3),
                              .mailbox = row.integer(4),
                              .assignee = row.maybe_integer(5),
                              .participants = row.texts(6)};
    if (!row.is_null(7)) conversation.person = PersonInfo{row.text(9), row.text(8)};
    const auto mails =
        co_await action.ask(sql::conversation_mails,
                            std::move(Params().integer(action.workspace()).uuid(ticket).integer(most_mails)));
    for (int i = 0; i < mails.size(); ++i) {
        const Row mail = mails[i];
        conversation.mails.push_back({mail.uuid(0), mail.text(1) == "outbound", mail.maybe_text(2),
                                      mail.text(3), mail.text(4), mail.uuid(5), mail.maybe_integer(6),
                                      mail.maybe_integer(7), mail.boolean(8), mail.texts(9)});
    }
    co_return conversation;
}

asio::awaitable<std::string> read_raw(DeskAction& action, tickets::Uuid interaction) {
    const auto rows =
        co_await action.ask(sql::raw_of, std::move(Params().integer(action.workspace()).uuid(interaction)));
    std::string raw;
    for (int i = 0; i < rows.size(); ++i)
        if (!decompress_chunk(rows[i].bytes(0), raw))
            throw Error(Error::Kind::data, "", "a stored mail's compressed bytes are damaged");
    co_return raw;
}

asio::awaitable<std::optional<SenderInfo>> find_sender(DeskAction& action, std::string address_key) {
    const auto rows = co_await action.ask(sql::find_sender,
                                          std::move(Params().integer(action.workspace()).text(address_key)));
    if (rows.size() == 0) co_return std::nullopt;
    co_return SenderInfo{rows[0].text(0), rows[0].text(1)};
}

asio::awaitable<std::vector<MarkedAddress>> marks_among(DeskAction& action, std::vector<std::string> keys) {
    const auto rows =
        co_await action.ask(sql::marks_among, std::move(Params().integer(action.workspace()).texts(keys)));
    std::vector<MarkedAddress> found;
    for (int i = 0; i < rows.size(); ++i)
        found.push_back({rows[i].text(0), rows[i].time(1), rows[i].text(2)});
    co_return found;
}

asio::awaitable<std::optional<std::string>> person_called(DeskAction& action, std::string address_key) {
    const auto rows = co_await action.ask(sql::person_called,
                                          std::move(Params().integer(action.workspace()).text(address_key)));
    if (rows.size() == 0) co_return std::nullopt;
    co_return rows[0].text(0);
}

asio::awaitable<std::optional<std::int64_t>> find_team(DeskAction& action, std::string team) {
    const auto rows = co_await action.ask(sql::find_team,
                                          std::move(Params().integer(action.workspace()).text(mended(team))));
    if (rows.size() == 0) co_return std::nullopt;
    co_return rows[0].integer(0);
}

asio::awaitable<std::optional<std::int64_t>> mailbox_of_sender(DeskAction& action, mail::Mailbox sender) {
    const auto rows = co_await action.ask(
        sql::mailbox_of_sender,
        std::move(Params().integer(action.workspace()).text(sender.key()).text(sender.domain)));
    if (rows.size() == 0) co_return std::nullopt;
    co_return rows[0].integer(0);
}

asio::awaitable<std::vector<AliasInfo>> aliases_of(DeskAction& action, std::int64_t agent) {
    co_return read_aliases(co_await action.ask(sql::list_aliases, std::move(Params().integer(agent))));
}

asio::awaitable<std::optional<TemplateSource>> find_template(DeskAction& action, std::string workspace,
                                                             std::string name) {
    const auto found = read_templates(
        co_await action.ask(sql::list_templates, std::move(Params().text(workspace).text(mended(name)))));
    if (found.empty()) co_return std::nullopt;
    co_return found.front();
}

}  // namespace store
