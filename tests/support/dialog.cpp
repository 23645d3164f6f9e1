#include "tests/support/dialog.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace test {
namespace {

const std::filesystem::path folder = std::filesystem::path(TICKETGATE_SOURCE_DIR) / "tests" / "dialogs";

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string stuffed(const std::string& content) {
    std::string bytes;
    for (std::size_t i = 0; i < content.size();) {
        std::size_t end = std::min(content.find('\n', i), content.size());
        std::string line = content.substr(i, end - i);
        if (line.ends_with('\r')) line.pop_back();
        if (line.starts_with('.')) bytes += '.';
        bytes += line + "\r\n";
        i = end + 1;
    }
    return bytes + ".\r\n";
}

smtp::Reply parse_reply(const std::string& text) {
    std::smatch parts;
    if (!std::regex_match(text, parts, std::regex(R"((\d{3}) (\d\.\d\.\d) (.*))")))
        throw std::runtime_error("not a reply: " + text);
    return {std::stoi(parts[1]), parts[2], parts[3]};
}

void set_option(Dialog& dialog, const std::string& text) {
    std::string key = text.substr(0, text.find(' '));
    std::string value = key.size() < text.size() ? text.substr(key.size() + 1) : "";
    if (key == "transport") {
        dialog.over_plain = true;
        dialog.over_tls = value != "plain";
    } else if (key == "sink") {
        dialog.answers.push_back(parse_reply(value));
    } else if (key == "max_message_size") {
        dialog.max_message_size = std::stoul(value);
    } else if (key == "max_recipients") {
        dialog.max_recipients = std::stoul(value);
    } else if (key == "bare_newlines" && value == "reject") {
        dialog.bare_newlines = smtp::BareNewlines::reject;
    } else if (key == "trusted") {
        dialog.trusted = true;
    } else if (key == "lmtp") {
        dialog.lmtp = true;
    } else if (key == "max_errors") {
        dialog.max_errors = std::stoul(value);
    } else {
        throw std::runtime_error("unknown option " + key);
    }
}

void add_line(Dialog& dialog, const std::string& line, std::size_t number) {
    using Kind = DialogStep::Kind;
    if (line.empty() || line.starts_with("#")) return;
    std::string sign = line.substr(0, line.find(' '));
    std::string text = sign.size() < line.size() ? line.substr(sign.size() + 1) : "";
    auto add = [&](Kind kind, std::string what) { dialog.steps.push_back({kind, std::move(what), number}); };
    if (sign == "::") return set_option(dialog, text);
    if (sign == "->") return add(Kind::send, text + "\r\n");
    if (sign == "=>") return add(Kind::send, unescape(text));
    if (sign == "<<") return add(Kind::send, stuffed(read_file(folder / text)));
    if (sign == "<-") return add(Kind::exact, text);
    if (sign == "<~") return add(Kind::like, text);
    if (sign == "<...") return add(Kind::containing, text);
    if (sign == "<x") return add(Kind::closed, "");
    if (sign == "**") return add(Kind::handshake, "");
    if (sign == "==") return add(Kind::check, text);
    throw std::runtime_error("unknown sign " + sign);
}

}  // namespace

std::vector<std::string> dialog_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".dialog") names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

Dialog read_dialog(const std::string& name) {
    std::ifstream file(folder / (name + ".dialog"));
    if (!file) throw std::runtime_error("no dialogue " + name);
    Dialog dialog;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) try {
            add_line(dialog, line, number);
        } catch (const std::exception& error) {
            throw std::runtime_error(name + ".dialog:" + std::to_string(number) + ": " + error.what());
        }
    return dialog;
}

std::string unescape(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            bytes += text[i];
            continue;
        }
        switch (text.at(++i)) {
            case 'r':
                bytes += '\r';
                break;
            case 'n':
                bytes += '\n';
                break;
            case 't':
                bytes += '\t';
                break;
            case '0':
                bytes += '\0';
                break;
            case '\\':
                bytes += '\\';
                break;
            case 'x':
                bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
                i += 2;
                break;
            case '{': {
                std::size_t colon = text.find(':', i);
                std::size_t end = text.find('}', colon + 2);
                std::string piece = unescape(text.substr(colon + 1, end - colon - 1));
                for (auto left = std::stoul(std::string(text.substr(i + 1, colon - i - 1))); left > 0; --left)
                    bytes += piece;
                i = end;
                break;
            }
            default:
                throw std::runtime_error("unknown escape in " + std::string(text));
        }
    }
    return bytes;
}

std::string mismatch(const DialogStep& step, std::string reply) {
    static const std::regex id(R"( \[[0-9a-z]{10}\](?=\r\n$))");
    reply = std::regex_replace(reply, id, "");
    std::string said = "line " + std::to_string(step.line) + ": expected " + step.text + ", got " + reply;
    if (step.kind == DialogStep::Kind::exact) return reply == step.text + "\r\n" ? "" : said;
    if (step.kind == DialogStep::Kind::like)
        return std::regex_search(reply, std::regex(step.text), std::regex_constants::match_continuous) ? ""
                                                                                                       : said;
    for (std::size_t at = 0; at < step.text.size();) {
        std::size_t end = std::min(step.text.find(" | ", at), step.text.size());
        if (reply.find(step.text.substr(at, end - at)) == std::string::npos) return said;
        at = end + 3;
    }
    return "";
}

}  // namespace test
