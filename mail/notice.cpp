#include "mail/notice.hpp"

#include "mail/compose_body.hpp"
#include "mail/date.hpp"
#include "mail/header_writer.hpp"
#include "mail/kind.hpp"

namespace mail {

std::string message_id_of(const Notice& notice) {
    return own_message_id(notice.unique, notice.installation, notice.from.domain);
}

std::string compose(const Notice& notice) {
    std::string mail;
    HeaderWriter header(mail);
    header.field("Date", date_time(notice.date));
    header.begin("From");
    header.address(notice.from_name, notice.from, false);
    header.end();
    header.begin("To");
    header.address("", notice.to, false);
    header.end();
    header.begin("Subject");
    header.text(notice.subject);
    header.end();
    header.field("Message-ID", "<" + message_id_of(notice) + ">");
    if (can_be_written(notice.answers)) {
        header.field("In-Reply-To", "<" + notice.answers + ">");
        header.field("References", "<" + notice.answers + ">");
    }
    header.field("Auto-Submitted", "auto-replied");
    header.field("X-Auto-Response-Suppress", "All");
    header.field(loop_field, notice.installation);
    header.field("MIME-Version", "1.0");
    append_text_entity(mail, "plain", notice.text);
    return mail;
}

}  // namespace mail
