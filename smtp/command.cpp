#include "smtp/command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace smtp {
namespace {

enum class Argument { none, optional, required };

struct VerbRow {
    std::string_view text;
    Verb verb;
    Argument argument;
};

constexpr std::array verbs = {
    VerbRow{"HELO", Verb::helo, Argument::required},
    VerbRow{"EHLO", Verb::ehlo, Argument::required},
    VerbRow{"LHLO", Verb::lhlo, Argument::required},
    VerbRow{"MAIL", Verb::mail, Argument::required},
    VerbRow{"RCPT", Verb::rcpt, Argument::required},
    VerbRow{"DATA", Verb::data, Argument::none},
    VerbRow{"RSET", Verb::rset, Argument::none},
    VerbRow{"NOOP", Verb::noop, Argument::optional},
    VerbRow{"QUIT", Verb::quit, Argument::none},
    VerbRow{"VRFY", Verb::vrfy, Argument::required},
    VerbRow{"HELP", Verb::help, Argument::optional},
    VerbRow{"STARTTLS", Verb::starttls, Argument::none},
    VerbRow{"XCLIENT", Verb::xclient, Argument::optional},
    VerbRow{"XFORWARD", Verb::xforward, Argument::optional},
    VerbRow{"BDAT", Verb::bdat, Argument::optional},
    VerbRow{"EXPN", Verb::unsupported, Argument::optional},
    VerbRow{"ETRN", Verb::unsupported, Argument::optional},
    VerbRow{"ATRN", Verb::unsupported, Argument::optional},
    VerbRow{"TURN", Verb::unsupported, Argument::optional},
    VerbRow{"AUTH", Verb::unsupported, Argument::optional},
    VerbRow{"GET", Verb::foreign, Argument::optional},
    VerbRow{"HEAD", Verb::foreign, Argument::optional},
    VerbRow{"POST", Verb::foreign, Argument::optional},
    VerbRow{"PUT", Verb::foreign, Argument::optional},
    VerbRow{"DELETE", Verb::foreign, Argument::optional},
    VerbRow{"CONNECT", Verb::foreign, Argument::optional},
    VerbRow{"OPTIONS", Verb::foreign, Argument::optional},
    VerbRow{"PRI", Verb::foreign, Argument::optional},  // HTTP/2's preface
};

bool same_word(std::string_view a, std::string_view b) {
    auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return upper(x) == upper(y); });
}

Reply bad_syntax(std::string text) {
    return {501, "5.5.4", std::move(text)};
}

bool is_keyword(std::string_view word) {
    auto alnum = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    return !word.empty() && alnum(word.front()) &&
           std::all_of(word.begin(), word.end(), [&](char c) { return alnum(c) || c == '-'; });
}

// RFC 1870 §3: 1 to 20 digits. A number past 64 bits is just a very large message.
std::optional<std::uint64_t> parse_size(std::string_view digits) {
    std::uint64_t size = 0;
    const char* last = digits.data() + digits.size();
    auto [end, error] = std::from_chars(digits.data(), last, size);
    if (digits.empty() || digits.size() > 20 || end != last || error == std::errc::invalid_argument)
        return std::nullopt;
    if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
    return size;
}

struct Parameter {
    std::string_view keyword;
    std::optional<std::string_view> value;
};

// The next of `SP keyword[=value]`; an empty keyword when it is not well formed.
Parameter take_parameter(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    Parameter parameter{word.substr(0, word.find('=')), std::nullopt};
    if (parameter.keyword.size() < word.size()) parameter.value = word.substr(parameter.keyword.size() + 1);
    if (!is_keyword(parameter.keyword)) parameter.keyword = {};
    return parameter;
}

const Reply unknown_parameter{555, "5.5.4", "Parameter not recognized or not implemented"};

std::optional<Reply> mail_parameters(std::string_view text, Command& command) {
    bool seen_body = false;
    while (!text.empty()) {
        auto [keyword, value] = take_parameter(text);
        if (keyword.empty()) return bad_syntax("Syntax: MAIL FROM:<address> [SIZE=n] [BODY=...] [SMTPUTF8]");
        if (same_word(keyword, "SIZE")) {
            if (command.size || !value || !(command.size = parse_size(*value))) return bad_syntax("Bad SIZE");
        } else if (same_word(keyword, "BODY")) {
            bool known = value && (same_word(*value, "7BIT") || same_word(*value, "8BITMIME"));
            if (seen_body || !known) return bad_syntax("Bad BODY");
            seen_body = true;
        } else if (same_word(keyword, "SMTPUTF8")) {
            if (command.smtputf8 || value) return bad_syntax("Bad SMTPUTF8");
            command.smtputf8 = true;
        } else {
            return unknown_parameter;
        }
    }
    return std::nullopt;
}

// `FROM:` or `TO:`, then blanks, which the grammar forbids and real clients send.
bool take_prefix(std::string_view& argument, std::string_view prefix) {
    if (!same_word(argument.substr(0, prefix.size()), prefix)) return false;
    argument.remove_prefix(prefix.size());
    argument.remove_prefix(std::min(argument.find_first_not_of(' '), argument.size()));
    return true;
}

std::optional<Reply> parse_mail(std::string_view argument, Command& command) {
    if (!take_prefix(argument, "FROM:")) return bad_syntax("Syntax: MAIL FROM:<address>");
    auto path = take_reverse_path(argument);
    if (!path) return Reply{501, "5.1.7", "Bad sender address"};
    command.path = *std::move(path);
    if (!argument.empty() && argument.front() != ' ') return Reply{501, "5.1.7", "Bad sender address"};
    return mail_parameters(argument, command);
}

std::optional<Reply> parse_rcpt(std::string_view argument, Command& command) {
    if (!take_prefix(argument, "TO:")) return bad_syntax("Syntax: RCPT TO:<address>");
    auto path = take_forward_path(argument);
    if (!path) return Reply{501, "5.1.3", "Bad recipient address"};
    command.path = *std::move(path);
    if (argument.empty()) return std::nullopt;
    if (argument.front() != ' ') return Reply{501, "5.1.3", "Bad recipient address"};
    return take_parameter(argument).keyword.empty() ? bad_syntax("Syntax: RCPT TO:<address>")
                                                    : unknown_parameter;
}

std::optional<Reply> parse_hello(std::string_view argument, Command& command) {
    // Clients send all kinds of names here; none is believed, so none but an endless one is refused.
    if (argument.size() > 255) return bad_syntax("Host name too long");
    command.host = argument;
    return std::nullopt;
}

}  // namespace

std::string_view name(Verb verb) {
    if (verb >= Verb::unsupported) return "unknown";
    return std::find_if(verbs.begin(), verbs.end(), [&](const VerbRow& row) { return row.verb == verb; })
        ->text;
}

Command parse_command(std::string_view line) {
    Command command;
    // CR and NUL are where parsers begin to disagree (and C strings end).
    if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos) {
        command.refusal = Reply{500, "5.5.2", "Syntax error"};
        return command;
    }
    line = line.substr(0, line.find_last_not_of(' ') + 1);  // RFC 5321 §4.1.1: tolerate trailing blanks
    std::string_view word = line.substr(0, line.find(' '));
    std::string_view argument = line.substr(std::min(word.size() + 1, line.size()));
    auto row =
        std::find_if(verbs.begin(), verbs.end(), [&](const VerbRow& r) { return same_word(r.text, word); });
    if (row == verbs.end()) {
        command.refusal = Reply{500, word.empty() ? "5.5.2" : "5.5.1", "Command not recognized"};
        return command;
    }
    command.verb = row->verb;
    if (row->argument == Argument::none && !argument.empty())
        command.refusal = bad_syntax(std::string(row->text) + " takes no argument");
    else if (row->argument == Argument::required && argument.empty())
        command.refusal = bad_syntax(std::string(row->text) + " needs an argument");
    else if (row->verb == Verb::mail)
        command.refusal = parse_mail(argument, command);
    else if (row->verb == Verb::rcpt)
        command.refusal = parse_rcpt(argument, command);
    else if (row->verb == Verb::helo || row->verb == Verb::ehlo || row->verb == Verb::lhlo)
        command.refusal = parse_hello(argument, command);
    else if (row->verb == Verb::xclient || row->verb == Verb::xforward)
        command.attributes = argument;
    return command;
}

}  // namespace smtp
