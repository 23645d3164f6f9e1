#include "mail/kind_words.hpp"

#include "mail/text.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <vector>

namespace mail {
namespace {

using What = SubjectWords::What;

// What Exchange, Notes, GroupWise, vacation programs and webmails begin the subject of an absence note with.
constexpr const char* away_subjects[] = {
    // English
    "automatic reply",
    "automated reply",
    "automatic response",
    "out of office",
    "out of the office",
    "out of office autoreply",
    "out of office auto reply",
    "out of office auto-reply",
    "out of office reply",
    "out of office automatic reply",
    "out of office notification",
    "out of office response",
    "out of office message",
    "away from my mail",
    "away from the office",
    "vacation",
    "vacation reply",
    "vacation response",
    "vacation message",
    "on vacation",
    "vacation autoreply",
    "on leave",
    "annual leave",
    "away",
    "away notice",
    "away message",
    "absence notice",
    "absence notification",
    "ooo",
    // German
    "automatische antwort",
    "automatische abwesenheitsnotiz",
    "abwesenheitsnotiz",
    "abwesenheitsnachricht",
    "abwesenheitsmeldung",
    "abwesenheitsmitteilung",
    "abwesenheitsbenachrichtigung",
    "abwesenheitshinweis",
    "abwesenheitsassistent",
    "abwesenheitsinfo",
    "abwesenheit",
    "abwesend",
    "außer haus",
    "ausser haus",
    "urlaub",
    "urlaubsabwesenheit",
    "nicht im büro",
    "nicht im buero",
    "ich bin nicht im büro",
    // French
    "réponse automatique",
    "absence du bureau",
    "absent du bureau",
    "absente du bureau",
    "message d'absence",
    "notification d'absence",
    "avis d'absence",
    "réponse automatique d'absence du bureau",
    "absence",
    "absent",
    "absente",
    "en congé",
    "en congés",
    "en vacances",
    "hors du bureau",
    // Spanish, Catalan, Galician, Basque
    "respuesta automática",
    "fuera de la oficina",
    "fuera de oficina",
    "ausente de la oficina",
    "ausencia",
    "aviso de ausencia",
    "mensaje de ausencia",
    "de vacaciones",
    "resposta automàtica",
    "fora de l'oficina",
    "erantzun automatikoa",
    "bulegotik kanpo",
    // Portuguese
    "resposta automática",
    "ausência temporária",
    "fora do escritório",
    "ausente do escritório",
    "ausência",
    "aviso de ausência",
    "em férias",
    "de férias",
    // Italian
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "fuori dall'ufficio",
    "assenza dall'ufficio",
    "assente dall'ufficio",
    "messaggio di assenza",
    "avviso di assenza",
    "assente",
    "assenza",
    "in ferie",
    // Dutch, Frisian
    "automatisch antwoord",
    "automatische beantwoording",
    "afwezig",
    "afwezigheid",
    "afwezigheidsbericht",
    "afwezigheidsmelding",
    "niet aanwezig",
    "niet op kantoor",
    "niet op kantoor aanwezig",
    "bericht van afwezigheid",
    "automatysk antwurd",
    // Danish, Norwegian, Swedish, Icelandic, Finnish
    "automatisk svar",
    "autosvar",
    "ikke til stede",
    "ikke tilstede",
    "fraværsmeddelelse",
    "fraværsbesked",
    "fraværsmelding",
    "fraværsassistent",
    "fravær",
    "ikke på kontoret",
    "automatiskt svar",
    "frånvarande",
    "frånvaro",
    "frånvaromeddelande",
    "frånvarobesked",
    "ej på kontoret",
    "ej på plats",
    "sjálfvirkt svar",
    "automaattinen vastaus",
    "poissa",
    "poissa toimistosta",
    "poissaoloilmoitus",
    "poissaoloviesti",
    "lomalla",
    // Polish, Czech, Slovak
    "odpowiedź automatyczna",
    "automatyczna odpowiedź",
    "poza biurem",
    "nieobecność",
    "nieobecny",
    "nieobecna",
    "nieobecność w biurze",
    "informacja o nieobecności",
    "automatická odpověď",
    "mimo kancelář",
    "odpověď v nepřítomnosti",
    "nepřítomnost",
    "automatická odpoveď",
    "mimo kancelárie",
    "mimo kancelárii",
    "neprítomnosť",
    "odpoveď v neprítomnosti",
    // Hungarian, Romanian, Albanian
    "automatikus válasz",
    "házon kívül",
    "irodán kívül",
    "távollét",
    "távolléti értesítés",
    "szabadságon vagyok",
    "răspuns automat",
    "absent de la birou",
    "în afara biroului",
    "plecat din birou",
    "absență",
    "përgjigje automatike",
    // Slovene, Croatian, Bosnian, Serbian, Macedonian, Bulgarian
    "samodejni odgovor",
    "odsoten",
    "odsotnost",
    "izven pisarne",
    "automatski odgovor",
    "izvan ureda",
    "odsutan",
    "odsutnost",
    "van kancelarije",
    "аутоматски одговор",
    "автоматски одговор",
    "автоматичен отговор",
    "извън офиса",
    "отсъствие",
    // Russian, Ukrainian, Belarusian, Kazakh
    "автоматический ответ",
    "вне офиса",
    "нет на работе",
    "отсутствие на рабочем месте",
    "отсутствие",
    "в отпуске",
    "нет в офисе",
    "автоматична відповідь",
    "поза офісом",
    "відсутність",
    "відсутній на робочому місці",
    "аўтаматычны адказ",
    "автоматты жауап",
    // Estonian, Latvian, Lithuanian
    "automaatvastus",
    "automaatne vastus",
    "kontorist väljas",
    "automātiska atbilde",
    "automātiskā atbilde",
    "ārpus biroja",
    "prombūtne",
    "prombūtnē",
    "automatinis atsakymas",
    "ne biure",
    "nesu darbe",
    "nebuvimas darbe",
    // Greek, Turkish, Georgian, Armenian
    "αυτόματη απάντηση",
    "εκτός γραφείου",
    "απουσία",
    "otomatik yanıt",
    "otomatik cevap",
    "ofis dışında",
    "ofis dışındayım",
    "işyeri dışında",
    "iş yeri dışında",
    "izindeyim",
    "ავტომატური პასუხი",
    "ինքնաշխատ պատասխան",
    // Hebrew, Arabic, Persian, Urdu, Hindi
    "תשובה אוטומטית",
    "מענה אוטומטי",
    "מחוץ למשרד",
    "הודעת היעדרות",
    "رد تلقائي",
    "الرد التلقائي",
    "خارج المكتب",
    "رد آلي",
    "پاسخ خودکار",
    "خارج از دفتر",
    "خودکار جواب",
    "स्वचालित उत्तर",
    "स्वत: उत्तर",
    // Thai, Vietnamese, Indonesian, Malay, Filipino
    "ตอบกลับอัตโนมัติ",
    "การตอบกลับอัตโนมัติ",
    "ไม่อยู่ที่สำนักงาน",
    "ไม่อยู่ในสำนักงาน",
    "trả lời tự động",
    "thư trả lời tự động",
    "vắng mặt",
    "balasan otomatis",
    "jawaban otomatis",
    "di luar kantor",
    "balasan automatik",
    "di luar pejabat",
    "awtomatikong tugon",
    // Chinese, Japanese, Korean
    "自动答复",
    "自动回复",
    "外出自动回复",
    "不在办公室",
    "外出",
    "休假",
    "自動回覆",
    "自動答覆",
    "自動回復",
    "不在辦公室",
    "外出自動回覆",
    "自動応答",
    "自動返信",
    "不在通知",
    "不在",
    "不在のお知らせ",
    "不在連絡",
    "休暇中",
    "外出中",
    "자동 회신",
    "자동회신",
    "자동 응답",
    "자동응답",
    "부재 중",
    "부재중",
    // Irish, Welsh
    "freagra uathoibríoch",
    "ateb awtomatig",
};

// Answers of machines which don't say that anybody is away.
constexpr const char* automatic_subjects[] = {
    "auto",
    "autoreply",
    "auto reply",
    "auto-reply",
    "[autoreply]",
    "[auto-reply]",
    "[auto reply]",
    "auto response",
    "auto-response",
    "autoresponse",
    "autoresponder",
    "auto responder",
    "automatic acknowledgement",
    "automatic acknowledgment",
    "automatic confirmation",
    "automatische eingangsbestätigung",
    "automatische empfangsbestätigung",
    "accusé de réception automatique",
    "acuse de recibo automático",
    "confirmação automática",
    "conferma automatica",
    "automatische ontvangstbevestiging",
    "automatyczne potwierdzenie",
    "autoodpowiedź",
    "autorespuesta",
    "auto-réponse",
    "автоответ",
    "автоответчик",
    "автовідповідь",
    "【自動返信】",
    "[自動返信]",
    "自動配信メール",
    "自動返信メール",
};

// What mail servers write over the mail that they could not deliver.
constexpr const char* bounce_subjects[] = {
    "undelivered mail",
    "undeliverable",
    "undelivered",
    "undeliverable mail",
    "undeliverable message",
    "message undeliverable",
    "mail undeliverable",
    "delivery status notification",
    "delivery notification",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery error",
    "delivery report",
    "delivery delayed",
    "failed delivery",
    "failure notice",
    "failure delivery",
    "failed mail",
    "mail delivery",
    "mail failure",
    "mail error",
    "mail system error",
    "mail could not be delivered",
    "message could not be delivered",
    "message delivery",
    "message not delivered",
    "message delayed",
    "message status",
    "non-delivery",
    "non delivery",
    "nondeliverable mail",
    "not delivered",
    "returned mail",
    "returned message",
    "returned to sender",
    "return to sender",
    "returning message to sender",
    "rejected",
    "rejected mail",
    "email rejected",
    "could not send message",
    "could not deliver",
    "unable to deliver",
    "user unknown",
    "warning: could not send",
    "warning: message",
    "warning: mail",
    "warning. mail delayed",
    "dsn",
    "ndr",
    "ndn",
    "ihre e-mail konnte nicht",
    "unzustellbar",
    "nicht zustellbar",
    "zustellung fehlgeschlagen",
    "zustellungsfehler",
    "mail konnte nicht zugestellt werden",
    "unzustellbare",
    "zurückgewiesen",
    "non remis",
    "non distribuable",
    "non livré",
    "échec de la remise",
    "échec de remise",
    "courrier non remis",
    "notification d'échec",
    "message non distribué",
    "no se puede entregar",
    "no entregado",
    "no se entregó",
    "error de entrega",
    "devuelto",
    "correo devuelto",
    "não é possível entregar",
    "não entregue",
    "mensagem não entregue",
    "falha na entrega",
    "non recapitabile",
    "impossibile recapitare",
    "mancata consegna",
    "messaggio non consegnato",
    "onbestelbaar",
    "niet bezorgd",
    "niet afgeleverd",
    "kan ikke leveres",
    "ikke leveret",
    "ulevert",
    "kan ikke leverast",
    "olevererbart",
    "kan inte levereras",
    "ej levererat",
    "ei voitu toimittaa",
    "toimittaminen ei onnistunut",
    "niedostarczalne",
    "niedostarczona",
    "nie można dostarczyć",
    "zwrot wiadomości",
    "nedoručitelné",
    "nedoručiteľné",
    "nelze doručit",
    "kézbesíthetetlen",
    "nelivrabil",
    "imposibil de livrat",
    "не удалось доставить",
    "недоставлено",
    "недоставленное сообщение",
    "не доставлено",
    "сообщение не доставлено",
    "не вдалося доставити",
    "δεν παραδόθηκε",
    "μη παραδόσιμο",
    "teslim edilemedi",
    "teslim edilemiyor",
    "לא ניתן למסירה",
    "تعذر التسليم",
    "لا يمكن تسليمها",
    "无法投递",
    "无法送达",
    "未送达",
    "退信",
    "系统退信",
    "無法傳遞",
    "無法投遞",
    "退件",
    "配信不能",
    "配信できません",
    "メール送信エラー",
    "配送不能",
    "送信エラー",
    "未配信",
    "배달되지 않음",
    "배달할 수 없음",
    "메일 반송",
    "반송",
    "reporte de entrega",
    "thư không gửi được",
    "tidak terkirim",
};

// Only looked for in the words of what is a machine's answer by other signs.
constexpr const char* absence_words[] = {"out of the office",
                                         "out of office",
                                         "out-of-office",
                                         "away from the office",
                                         "away from my desk",
                                         "away from my mail",
                                         "away from my e-mail",
                                         "away from email",
                                         "on vacation",
                                         "on holiday",
                                         "on leave",
                                         "annual leave",
                                         "maternity leave",
                                         "parental leave",
                                         "paternity leave",
                                         "sick leave",
                                         "currently away",
                                         "am away",
                                         "be away",
                                         "i will be back",
                                         "i'll be back",
                                         "back in the office",
                                         "back at work",
                                         "return to the office",
                                         "returning to the office",
                                         "upon my return",
                                         "when i return",
                                         "until i return",
                                         "on my return",
                                         "limited access to e",
                                         "no access to e",
                                         "not in the office",
                                         "on a business trip",
                                         "travelling until",
                                         "traveling until",
                                         "vacation responder",
                                         "vacation message",
                                         "unavailable until",
                                         "nicht im buro",
                                         "nicht im buero",
                                         "nicht im hause",
                                         "nicht im haus",
                                         "außer haus",
                                         "ausser haus",
                                         "im urlaub",
                                         "in urlaub",
                                         "urlaubsbedingt",
                                         "abwesend",
                                         "abwesenheit",
                                         "elternzeit",
                                         "mutterschutz",
                                         "nicht erreichbar",
                                         "wieder erreichbar",
                                         "wieder im buro",
                                         "dienstreise",
                                         "zurück im buro",
                                         "absent",
                                         "en conge",
                                         "en vacances",
                                         "actuellement en deplacement",
                                         "de retour le",
                                         "hors du bureau",
                                         "conge maternite",
                                         "de vacaciones",
                                         "fuera de la oficina",
                                         "fuera de oficina",
                                         "ausente",
                                         "de permiso",
                                         "de baja",
                                         "de ferias",
                                         "em ferias",
                                         "fora do escritorio",
                                         "licenca de maternidade",
                                         "ferias",
                                         "fuori ufficio",
                                         "fuori sede",
                                         "in ferie",
                                         "assente",
                                         "assenza",
                                         "di vacances",
                                         "fora de l'oficina",
                                         "afwezig",
                                         "niet aanwezig",
                                         "op vakantie",
                                         "met vakantie",
                                         "met verlof",
                                         "niet op kantoor",
                                         "buiten kantoor",
                                         "pa ferie",
                                         "ikke pa kontoret",
                                         "ikke til stede",
                                         "fravær",
                                         "pa barsel",
                                         "har ferie",
                                         "foreldrepermisjon",
                                         "pa semester",
                                         "franvar",
                                         "inte pa kontoret",
                                         "tjanstledig",
                                         "bortrest",
                                         "foraldraledig",
                                         "lomalla",
                                         "poissa",
                                         "vuosilomalla",
                                         "i frii",
                                         "fjarverandi",
                                         "na urlopie",
                                         "urlop",
                                         "nieobecn",
                                         "poza biurem",
                                         "na dovolene",
                                         "dovolen",
                                         "nepritom",
                                         "mimo kancelar",
                                         "szabadsag",
                                         "hazon kivul",
                                         "irodan kivul",
                                         "tavollet",
                                         "in concediu",
                                         "concediu",
                                         "absent",
                                         "na dopustu",
                                         "odsot",
                                         "na godisnjem",
                                         "godisnji odmor",
                                         "izvan ureda",
                                         "odsut",
                                         "на годишњем",
                                         "одсутан",
                                         "в отпуск",
                                         "вне офиса",
                                         "отсутств",
                                         "командировк",
                                         "отпуск",
                                         "відпуст",
                                         "поза офіс",
                                         "відсутн",
                                         "извън офиса",
                                         "отсъств",
                                         "в отпуска",
                                         "puhkus",
                                         "kontorist valjas",
                                         "atvalinajum",
                                         "prombutn",
                                         "arpus biroj",
                                         "atostog",
                                         "ne biure",
                                         "σε αδεια",
                                         "εκτος γραφειου",
                                         "απουσιαζω",
                                         "απουσια",
                                         "izindeyim",
                                         "izinli",
                                         "ofis dışında",
                                         "yıllık izin",
                                         "ofiste değilim",
                                         "מחוץ למשרד",
                                         "בחופשה",
                                         "חופשה",
                                         "בחופש",
                                         "איני במשרד",
                                         "خارج المكتب",
                                         "إجازة",
                                         "اجازة",
                                         "خارج از دفتر",
                                         "مرخصی",
                                         "छुट्टी",
                                         "कार्यालय से बाहर",
                                         "ไม่อยู่ที่",
                                         "ลาพักร้อน",
                                         "ลาพัก",
                                         "nghỉ phép",
                                         "vắng mặt",
                                         "đi vắng",
                                         "di luar kantor",
                                         "cuti",
                                         "sedang cuti",
                                         "di luar pejabat",
                                         "休假",
                                         "外出",
                                         "出差",
                                         "不在办公室",
                                         "度假",
                                         "年假",
                                         "不在辦公室",
                                         "不在",
                                         "休暇",
                                         "夏季休業",
                                         "お休み",
                                         "출장",
                                         "휴가",
                                         "부재",
                                         "자리를 비",
                                         "away until",
                                         "away from",
                                         "out until",
                                         "offline until",
                                         "on pto",
                                         "ooo until"};

constexpr const char* no_reply_words[] = {
    "noreply",        "donotreply",     "dontreply",      "noreplies",     "nepasrepondre",
    "nerepondezpas",  "noresponder",    "norespondas",    "naoresponda",   "naoresponder",
    "nonrispondere",  "norispondere",   "nichtantworten", "keineantwort",  "bittenichtantworten",
    "nietantwoorden", "nietbeantwoord", "svarejikke",     "ikkesvar",      "svarainte",
    "ejsvar",         "alavastaa",      "nieodpowiadaj",  "neodpovidejte", "neodpovedat",
    "nevalaszoljon",  "nuraspunde",     "niodgovarjajte", "yanitlamayin",  "cevaplamayin",
    "donotrespond",   "unattended",     "noresponse",
};

constexpr const char* mail_server_words[] = {
    "mailerdaemon",          "maildaemon",         "mdaemon", "mailerdeamon", "doublebounce",
    "maildeliverysubsystem", "maildeliverysystem",
};

// Of Latin, Cyrillic, Greek, ...: the letter without its marks. Hangul has no marks, only letters.
UChar32 base_letter(UChar32 c) {
    if (c < 0x80 || (c >= 0xAC00 && c <= 0xD7A3)) return c;
    UErrorCode status = U_ZERO_ERROR;
    static const UNormalizer2* const nfkc = unorm2_getNFKCInstance(&status);
    UChar buffer[24];
    const std::int32_t length = unorm2_getDecomposition(nfkc, c, buffer, 24, &status);
    if (U_FAILURE(status) || length <= 0) return c;
    UChar32 first = 0;
    U16_GET(buffer, 0, 0, length, first);
    return first;
}

bool is_mark(UChar32 c) {
    return c >= 0x300 && u_charType(c) == U_NON_SPACING_MARK && !(c >= 0x0E00 && c <= 0x0E7F) &&
           !(c >= 0x0900 && c <= 0x0DFF);  // Thai and Indic vowels are no decoration
}

std::vector<std::string> folded_all(const auto& words) {
    std::vector<std::string> out;
    for (const char* word : words) out.push_back(folded(word, 200));
    // The longest first: what stands behind the words decides.
    std::ranges::sort(out, [](const auto& a, const auto& b) { return a.size() > b.size(); });
    return out;
}

std::string without_punctuation(std::string_view name) {
    std::string out;
    for (const char c : name.substr(0, 64))
        if (c != '-' && c != '_' && c != '.' && c != ' ') out += lower(c);
    return out;
}

// Where the beginning of the subject ends, if it is one of these.
std::size_t beginning(std::string_view subject, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        if (!subject.starts_with(word)) continue;
        const std::string_view rest = subject.substr(word.size());
        if (rest.empty() || rest == "." || rest == "!" || word.ends_with(']') ||
            word.ends_with("\xE3\x80\x91") ||
            std::string_view(":-([").find(trim(rest).front()) != std::string_view::npos)
            return word.size();
    }
    return 0;
}

}  // namespace

std::string folded(std::string_view utf8, std::size_t bytes) {
    utf8 = cut_utf8(utf8, bytes);
    std::string out;
    out.reserve(utf8.size());
    const auto size = static_cast<std::int32_t>(utf8.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 c = static_cast<unsigned char>(utf8[static_cast<std::size_t>(at)]);
        if (c < 0x80) {
            ++at;
            if (c <= ' ') {
                if (!out.empty() && out.back() != ' ') out += ' ';
            } else {
                out += lower(static_cast<char>(c));
            }
            continue;
        }
        U8_NEXT(utf8.data(), at, size, c);
        if (c < 0 || is_mark(c)) continue;
        if (c == 0x2019) c = '\'';
        if (c == 0x2013 || c == 0x2014) c = '-';
        c = u_foldCase(base_letter(c), U_FOLD_CASE_DEFAULT);
        if (u_isUWhiteSpace(c)) {
            if (!out.empty() && out.back() != ' ') out += ' ';
            continue;
        }
        char buffer[4];
        std::int32_t length = 0;
        UBool failed = false;
        U8_APPEND(buffer, length, 4, c, failed);
        if (!failed) out.append(buffer, static_cast<std::size_t>(length));
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

SubjectWords words_of_subject(std::string_view subject) {
    static const auto away = folded_all(away_subjects), automatic = folded_all(automatic_subjects),
                      bounce = folded_all(bounce_subjects);
    if (subject.empty()) return {};
    for (const auto& [words, what] : {std::pair(&away, What::away), std::pair(&automatic, What::automatic)})
        if (const std::size_t end = beginning(subject, *words))
            return {what, trim(subject.substr(end)).starts_with(':') || subject.front() == '[' ||
                              subject.starts_with("\xE3\x80\x90")};
    // Lotus Notes: `Kim Doe is out of the office.`
    if (subject.find("is out of the office") != std::string_view::npos) return {What::away, false};
    for (const std::string& word : bounce)
        if (const std::size_t at = subject.find(word); at == 0 || (at != subject.npos && word.size() > 10))
            return {What::bounce, at == 0};
    return {};
}

bool speaks_of_absence(std::string_view text) {
    static const auto words = folded_all(absence_words);
    return std::ranges::any_of(
        words, [&](const std::string& word) { return text.find(word) != std::string_view::npos; });
}

bool is_no_reply(std::string_view local_part) {
    const std::string plain = without_punctuation(local_part);
    return std::ranges::any_of(no_reply_words, [&](std::string_view word) {
        return plain.starts_with(word) || plain.ends_with(word);
    });
}

bool is_mail_server(std::string_view name) {
    const std::string plain = without_punctuation(name);
    if (plain.starts_with("microsoftexchange") && plain.size() > 40) return true;
    return std::ranges::any_of(mail_server_words,
                               [&](std::string_view word) { return plain.starts_with(word); });
}

}  // namespace mail
