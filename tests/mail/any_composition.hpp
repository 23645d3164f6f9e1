// Mails of every kind to compose, what of them arrives, and what must hold of their bytes: for the property
// test, the fuzz target, and the readers of others (compose_mails.cpp).
#pragma once

#include "mail/compose.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mail::any {

// A number below `limit`.
using Pick = std::function<std::size_t(std::size_t limit)>;

enum class Manners {
    wild,    // any bytes at all
    polite,  // what an editor would let through: where readers may differ by their taste is left out
};
Composition composition(const Pick& pick, Manners manners);

// The mail as a reader should have it.
struct Arrival {
    std::string subject;
    NamedAddress from;
    std::vector<NamedAddress> to, cc, reply_to;
    std::string text, html;               // with LF, ended by one
    std::vector<Attachment> attachments;  // those in the HTML first
    std::string message_id;
    std::vector<std::string> in_reply_to, references;
};
Arrival arrival(const Composition& mail);

// What our own reader makes otherwise of the composed bytes; empty: nothing.
std::string difference(const Composition& mail, const std::string& bytes);

// What is wrong with the bytes as such: line ends, lengths, characters outside ASCII, the block's fields.
std::string ill_form(const Composition& mail, const std::string& bytes);

}  // namespace mail::any
