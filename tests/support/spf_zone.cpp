#include "tests/support/spf_zone.hpp"

#include <set>

namespace json = boost::json;

namespace test {
namespace {

using net::RecordType;

std::string text(const json::value& value) {
    return std::string(value.as_string());
}

std::string strings(const json::value& value) {
    if (value.is_string()) return text_rdata({text(value)});
    std::vector<std::string> parts;
    for (const json::value& part : value.as_array()) parts.push_back(text(part));
    return text_rdata(parts);
}

}  // namespace

void add_spf_zone(FakeDns& dns, const std::string& name, const json::array& records) {
    std::set<RecordType> given;
    bool txt_given = false, times_out = false;
    for (const json::value& record : records) {
        if (record.is_object() && record.as_object().contains("TXT")) txt_given = true;
    }
    dns.exists(name);
    for (const json::value& record : records) {
        if (record.is_string()) {
            times_out = true;
            continue;
        }
        const auto& [type, value] = *record.as_object().begin();
        if (type == "TXT" ? value != "NONE" : type == "SPF" && !txt_given) {
            dns.record(name, RecordType::txt, strings(value));
            given.insert(RecordType::txt);
        } else if (type == "A" || type == "AAAA") {
            dns.a(name, text(value));
            given.insert(type == "A" ? RecordType::a : RecordType::aaaa);
        } else if (type == "MX") {
            const json::array& pair = value.as_array();
            dns.mx(name, static_cast<std::uint16_t>(pair[0].to_number<int>()), text(pair[1]));
            given.insert(RecordType::mx);
        } else if (type == "PTR") {
            dns.record(name, RecordType::ptr, name_rdata(text(value)));
            given.insert(RecordType::ptr);
        } else if (type == "CNAME") {
            dns.cname(name, text(value));
        }
    }
    for (const auto type :
         {RecordType::a, RecordType::aaaa, RecordType::mx, RecordType::txt, RecordType::ptr}) {
        if (times_out && !given.contains(type)) dns.fails(name, type);
    }
}

}  // namespace test
