// What is composed (mail/compose.hpp). The first byte chooses: mails of any_composition.hpp, which must be
// read back as they were; or each value made of raw bytes, which may be refused, but never ill-formed.
#include "mail/compose.hpp"

#include "mail/compose_quote.hpp"
#include "mail/read.hpp"
#include "tests/fuzz/checks.hpp"
#include "tests/mail/any_composition.hpp"

#include <utility>

namespace {

class Bytes {
  public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

    unsigned char byte() {
        if (bytes_.empty()) return 0;
        const auto first = static_cast<unsigned char>(bytes_.front());
        bytes_.remove_prefix(1);
        return first;
    }

    std::size_t below(std::size_t limit) {
        std::size_t number = 0;
        for (std::size_t reach = 1; reach < limit; reach <<= 8U) number = number << 8U | byte();
        return number % limit;
    }

    std::string some() {
        const std::string_view value = bytes_.substr(0, byte());
        bytes_.remove_prefix(value.size());
        return std::string(value);
    }

    [[nodiscard]] bool empty() const { return bytes_.empty(); }

  private:
    std::string_view bytes_;
};

mail::Composition raw(Bytes& bytes) {
    const auto person = [&] {
        mail::NamedAddress one{bytes.some(), bytes.some()};
        if (bytes.byte() % 2 == 0) one.address += "@client.example";
        return one;
    };
    mail::Composition mail;
    mail.from = person();
    mail.to = {person()};
    mail.subject = bytes.some();
    mail.message_id = bytes.some() + "@desk.example";
    mail.text = bytes.some();
    mail.html = bytes.some();
    mail.in_reply_to = bytes.some();
    mail.thread_index = bytes.some();
    mail.thread_topic = bytes.some();
    mail.extra = {{"X-" + bytes.some(), bytes.some()}};
    while (!bytes.empty()) {
        mail.references.push_back(bytes.some());
        mail.attachments.push_back(
            {bytes.some(), bytes.some(), bytes.some(), bytes.byte() % 2 == 0, bytes.some()});
        mail.cc.push_back(person());
    }
    return mail;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(fuzz::view(data, size));
    const bool is_any = bytes.byte() % 2 == 0;
    const mail::Composition mail =
        is_any ? mail::any::composition([&](std::size_t limit) { return bytes.below(limit); },
                                        mail::any::Manners::wild)
               : raw(bytes);
    const auto composed = mail::compose(mail);
    if (!composed) {
        fuzz::check(!is_any, "a mail that can be sent is refused");
        fuzz::check_text(composed.error().text);
        return 0;
    }
    const std::string wrong = mail::any::ill_form(mail, *composed);
    fuzz::check(wrong.empty(), wrong.c_str());
    const std::string difference = is_any ? mail::any::difference(mail, *composed) : std::string();
    fuzz::check(difference.empty(), difference.c_str());
    const mail::QuotedMail quoted{mail.from.name, mail.from.address, mail.text, mail.html, mail.subject};
    fuzz::check_text(mail::quoted_text(quoted));
    fuzz::check_text(mail::quoted_html(quoted));
    return 0;
}
