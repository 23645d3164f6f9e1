#include "mail/bounce_dialects.hpp"

namespace mail {
namespace {

constexpr std::string_view recipients[] = {
    "recipient address:",
    "recipient:",
    "failed recipient:",
    "addressed to:",
    "invalid recipient:",
    "unknown user:",
    "user mailbox exceeds allowed size:",
    "invalid final delivery userid:",
    "undeliverable to",
    "attempts:",
    "not be delivered to:",
    "not be delivered to <",
    "did not reach the following recipient:",
    "unable to deliver message to:",
    "unable to deliver message to <",
    "there was an error delivering your mail to",
    "wasn't delivered to",
    "was not delivered to",
    "couldn't be delivered to",
    "could not be delivered to",
    "could not deliver mail to",
    "could not deliver your message to",
    "problem delivering your message to",
    "delivering your message to",
    "rejected recipient",
    "error, address:",
    "the user(s) <",
    "your message to <",
    "message to <",
    "failed permanently: <",
    "delivery failed to",
    "user unknown: <",
    "sent <<< rcpt to:",
    "rcpt to:",
    "to: <*> could not",
};

constexpr std::string_view originals[] = {
    "--- below this line is a copy of",
    "--- below the next line is",
    "--- original message follows",
    "--- enclosed is a copy of",
    "--- enclosed are the original headers",
    "--- mensaje original adjunto",
    "--- the header of the original message",
    "--- header of the original message",
    "--- undelivered message follows",
    "--- message non-deliverable",
    "--- this is a copy of",
    "--- the body of the message is",
    "--- returned message",
    "--- original message",
    "--- unsent message",
    "--- no message was collected",
    "--- message header",
    "--- message text follows",
    "--- message original",
    "--- mensaje original",
    "--- mensagem original",
    "--- messaggio originale",
    "--- ursprüngliche nachricht",
    "--- oorspronkelijk bericht",
    "--- исходное сообщение",
    "--- 元のメッセージ",
    "--- 原始邮件",
    "--- original article",
    "---original message",
    "---original mail",
    "message text follows: ---",
    "original message follows.",
    "original message headers:",
    "original message header:",
    "original message details:",
    "original mail as follows",
    "below is a copy of the original message",
    "message headers follow.",
    "included is a copy of the message header",
    "the header of the original message is following",
    "here is a copy of the original",
    "the first * lines of the original",
    "en-têtes de message d'origine",
    "en-têtes du message d'origine",
    "encabezados de mensajes originales",
    "encabezados del mensaje original",
    "ursprüngliche nachrichtenkopfzeilen",
    "intestazioni originali del messaggio",
    "intestazioni messaggio originale",
    "cabeçalhos de mensagens originais",
    "oorspronkelijke berichtkoppen",
    "oryginalne nagłówki",
    "元のメッセージ ヘッダー",
    "content-type: message/rfc822",
    "content-type: text/rfc822-headers",
    "----- original",
};

constexpr std::string_view delays[] = {
    "this is a warning message only",
    "this is a warning only",
    "you do not need to resend your message",
    "no action is required on your part",
    "will keep trying until",
    "has been delayed",
    "will be retried",
    "has not yet been delivered",
    "delivery is delayed",
    "is delayed for more than",
    "have yet to be delivered",
    "delivery attempts will continue",
    "message delayed",
    "we'll keep trying",
    "will retry",
    "gmail will retry",
    "** delivery incomplete **",
    "still being retried",
};

}  // namespace

std::span<const std::string_view> recipient_phrases() {
    return recipients;
}
std::span<const std::string_view> original_markers() {
    return originals;
}
std::span<const std::string_view> delay_phrases() {
    return delays;
}

}  // namespace mail
