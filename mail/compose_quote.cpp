#include "mail/compose_quote.hpp"

#include "mail/header_writer.hpp"
#include "mail/html_text.hpp"
#include "mail/safe_html.hpp"
#include "mail/text.hpp"

#include <algorithm>

namespace mail {
namespace {

constexpr std::size_t max_date = 100;

// What the readers of most desks look for, and mail/reply.hpp too.
std::string attribution(const QuotedMail& mail) {
    const std::string name = header_text(mail.author_name, max_display_name);
    const std::string address = header_text(mail.author_address, max_display_name);
    std::string line = "On " + header_text(mail.date, max_date) + ", ";
    if (line == "On , ") line.clear();
    line += name.empty() ? address : name;
    if (!name.empty() && !address.empty()) line += " <" + address + ">";
    return (name.empty() && address.empty() ? line + "somebody" : line) + " wrote:";
}

}  // namespace

std::string quoted_text(const QuotedMail& mail) {
    const std::string text =
        trim(mail.text).empty() ? html_to_text(to_valid_utf8(mail.html)) : with_lf(to_valid_utf8(mail.text));
    std::string_view rest = text;
    while (rest.ends_with('\n')) rest.remove_suffix(1);
    std::string out = attribution(mail) + "\n";
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        out.append(line.empty() || line.starts_with('>') ? ">" : "> ").append(line).append("\n");
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return out;
}

std::string quoted_html(const QuotedMail& mail) {
    const std::string content = trim(mail.html).empty()
                                    ? "<div>" + html_lines(with_lf(to_valid_utf8(mail.text))) + "</div>"
                                    : safe_html(to_valid_utf8(mail.html));
    return "<div class=\"gmail_quote\">\n<div class=\"gmail_attr\">" + html_lines(attribution(mail)) +
           "</div>\n<blockquote class=\"gmail_quote\" type=\"cite\" style=\"margin:0 0 0 "
           "0.8ex;border-left:1px solid "
           "#ccc;padding-left:1ex\">\n" +
           content + "\n</blockquote>\n</div>\n";
}

}  // namespace mail
