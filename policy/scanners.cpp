#include "policy/scanners.hpp"

#include "mail/text.hpp"

#include <algorithm>

namespace policy {
namespace {

constexpr std::size_t longest_words = 200;

// What a scanner wrote, fit for a reply: one line of printable ASCII (RFC 5321 §4.2).
std::string reply_text(std::string_view words, std::string_view otherwise) {
    std::string out;
    for (const char c : mail::one_line(words).substr(0, longest_words)) out += c >= ' ' && c <= '~' ? c : '?';
    return out.empty() ? std::string(otherwise) : out;
}

std::string evidence_of(const Scan& scan) {
    std::string out = scan.scanner + ": " + std::string(name(scan.found));
    for (const std::string& symbol : scan.symbols) out += " " + mail::one_line(symbol);
    if (!scan.why.empty()) out += " (" + scan.why + ")";
    return out;
}

Decision later(std::string reason, const Scan& scan, std::string text) {
    return {.action = Action::refuse,
            .reason = std::move(reason),
            .evidence = evidence_of(scan),
            .words = {451, "4.7.1", std::move(text)}};
}

Decision of(const Scan& scan, const ScanChoices& choices) {
    const auto chosen = [&](Action action, std::string reason, std::string_view text) {
        return Decision{.action = action,
                        .reason = std::move(reason),
                        .evidence = evidence_of(scan),
                        .words = {550, "5.7.1", std::string(text)}};
    };
    switch (scan.found) {
        case Found::nothing:
            return {};
        case Found::spam:
            return chosen(choices.spam, "spam", "The message looks like spam");
        case Found::refuse:
            return chosen(choices.refused, "spam", reply_text(scan.words, "The message looks like spam"));
        case Found::defer:
            return later("deferred", scan, reply_text(scan.words, "Please try again later"));
        case Found::virus:
            return chosen(choices.virus, "virus", "The message contains malware");
        case Found::listed:
            return chosen(choices.listed, "block_list",
                          reply_text(scan.words, "Your address is on the block list " + scan.scanner));
        case Found::away:
            if (!choices.defer_when_away) return {};
            return later("scanner_away", scan, "The message can't be checked now; please try again later");
    }
    return {};
}

// Refusing for good, then for now, then what is done with a mail that is taken.
int gravity(const Decision& decision) {
    if (decision.action != Action::refuse) return static_cast<int>(decision.action);
    return decision.words.code < 500 ? 10 : 11;
}

}  // namespace

std::string_view name(Found found) {
    switch (found) {
        case Found::nothing:
            return "nothing";
        case Found::spam:
            return "spam";
        case Found::refuse:
            return "refuse";
        case Found::defer:
            return "defer";
        case Found::virus:
            return "virus";
        case Found::listed:
            return "listed";
        case Found::away:
            return "away";
    }
    return "away";
}

Decision decide(std::span<const Scan> scans, const ScanChoices& choices) {
    Decision gravest;
    for (const Scan& scan : scans) {
        Decision one = of(scan, choices);
        if (gravity(one) > gravity(gravest)) gravest = std::move(one);
    }
    return gravest;
}

}  // namespace policy
