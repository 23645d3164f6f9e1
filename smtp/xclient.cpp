#include "smtp/xclient.hpp"

#include "net/networks.hpp"
#include "smtp/received.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace smtp {
namespace {

enum class Form { text, address, port, dialogue, protocol, source };

struct Attribute {
    std::string_view name;
    Form form;
    std::optional<std::string> NamedClient::*member = nullptr;
};

constexpr std::array of_xclient{Attribute{"NAME", Form::text, &NamedClient::name},
                                Attribute{"ADDR", Form::address, &NamedClient::address},
                                Attribute{"PORT", Form::port},
                                Attribute{"PROTO", Form::dialogue, &NamedClient::protocol},
                                Attribute{"HELO", Form::text, &NamedClient::helo},
                                Attribute{"LOGIN", Form::text, &NamedClient::login},
                                Attribute{"DESTADDR", Form::address},
                                Attribute{"DESTPORT", Form::port}};
constexpr std::array of_xforward{Attribute{"NAME", Form::text, &NamedClient::name},
                                 Attribute{"ADDR", Form::address, &NamedClient::address},
                                 Attribute{"PORT", Form::port},
                                 Attribute{"PROTO", Form::protocol, &NamedClient::protocol},
                                 Attribute{"HELO", Form::text, &NamedClient::helo},
                                 Attribute{"IDENT", Form::text, &NamedClient::ident},
                                 Attribute{"SOURCE", Form::source}};

std::span<const Attribute> attributes_of(Naming command) {
    if (command == Naming::xclient) return of_xclient;
    return of_xforward;
}

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return upper(x) == upper(y); });
}

std::optional<std::string> decode(std::string_view xtext) {
    std::string text;
    while (!xtext.empty()) {
        auto c = static_cast<unsigned char>(xtext.front());
        xtext.remove_prefix(1);
        if (c == '+') {
            auto [end, error] =
                std::from_chars(xtext.data(), xtext.data() + std::min<std::size_t>(2, xtext.size()), c, 16);
            if (error != std::errc() || end != xtext.data() + 2) return std::nullopt;
            xtext.remove_prefix(2);
        }
        if (c < ' ' || text.size() == longest_attribute) return std::nullopt;
        text += c <= '~' ? static_cast<char>(c) : '?';
    }
    return text;
}

std::optional<std::string> address_in(std::string_view text) {
    constexpr std::string_view mark = "IPV6:";
    const bool ipv6 = same_word(text.substr(0, mark.size()), mark);
    if (ipv6) text.remove_prefix(mark.size());
    const auto bytes = net::Networks::parse(text);
    if (!bytes || (text.find(':') != std::string_view::npos) != ipv6) return std::nullopt;
    const boost::asio::ip::address_v6 address(*bytes);
    return address.is_v4_mapped() ? make_address_v4(boost::asio::ip::v4_mapped, address).to_string()
                                  : address.to_string();
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port <= 65'535;
}

std::optional<std::string> value_in(std::string_view xtext, Form form) {
    auto text = decode(xtext);
    if (!text || text->empty()) return std::nullopt;
    if (same_word(*text, "[UNAVAILABLE]") || same_word(*text, "[TEMPUNAVAIL]")) return "";
    bool sound = true;
    switch (form) {
        case Form::text:
            break;
        case Form::address:
            return address_in(*text);
        case Form::port:
            sound = is_port(*text);
            break;
        case Form::dialogue:
            sound = same_word(*text, "SMTP") || same_word(*text, "ESMTP");
            break;
        case Form::protocol:
            sound = text->size() <= 64;
            break;
        case Form::source:
            sound = same_word(*text, "LOCAL") || same_word(*text, "REMOTE");
            break;
    }
    if (form == Form::dialogue || form == Form::protocol)
        std::transform(text->begin(), text->end(), text->begin(), upper);
    return sound ? text : std::nullopt;
}

bool read_attribute(std::string_view word, Naming command, NamedClient& client) {
    const std::size_t sign = word.find('=');
    if (sign == std::string_view::npos) return false;
    const auto table = attributes_of(command);
    const auto row = std::find_if(table.begin(), table.end(), [&](const Attribute& each) {
        return same_word(each.name, word.substr(0, sign));
    });
    if (row == table.end()) return false;
    auto value = value_in(word.substr(sign + 1), row->form);
    if (!value) return false;
    if (row->member) client.*row->member = std::move(value);
    return true;
}

}  // namespace

std::string announcement(Naming command) {
    std::string line = command == Naming::xclient ? "XCLIENT" : "XFORWARD";
    for (const Attribute& each : attributes_of(command)) line.append(" ").append(each.name);
    return line;
}

bool read_attributes(std::string_view text, Naming command, NamedClient& client) {
    NamedClient read = client;
    bool any = false;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (word.empty()) continue;
        if (!read_attribute(word, command, read)) return false;
        any = true;
    }
    if (any) client = std::move(read);
    return any;
}

void attribute_to(const NamedClient& client, ReceivedMessage& message) {
    if (client.address.value_or("").empty()) return;
    const auto known = [](const std::optional<std::string>& value) {
        return value && !value->empty() ? printable_host(*value) : "unknown";
    };
    message.client_address = *client.address;
    message.helo = known(client.helo);
    message.protocol = known(client.protocol);
}

}  // namespace smtp
