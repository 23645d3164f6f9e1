#include "mail/kind_phrases.hpp"

namespace mail {
namespace {

// What Exchange, Notes, GroupWise, vacation programs and webmails begin the subject of an absence note with.
const char* const away[] = {
    // English
    "automatic reply", "automated reply", "automatic response", "out of office", "out of the office",
    "out of office autoreply", "out of office auto reply", "out of office auto-reply", "out of office reply",
    "out of office automatic reply", "out of office notification", "out of office response",
    "out of office message", "away from my mail", "away from the office", "vacation", "vacation reply",
    "vacation response", "vacation message", "on vacation", "vacation autoreply", "on leave", "annual leave",
    "away", "away notice", "away message", "absence notice", "absence notification", "ooo",
    // German
    "automatische antwort", "automatische abwesenheitsnotiz", "abwesenheitsnotiz", "abwesenheitsnachricht",
    "abwesenheitsmeldung", "abwesenheitsmitteilung", "abwesenheitsbenachrichtigung", "abwesenheitshinweis",
    "abwesenheitsassistent", "abwesenheitsinfo", "abwesenheit", "abwesend", "außer haus", "ausser haus",
    "urlaub", "urlaubsabwesenheit", "nicht im büro", "nicht im buero", "ich bin nicht im büro",
    // French
    "réponse automatique", "absence du bureau", "absent du bureau", "absente du bureau", "message d'absence",
    "notification d'absence", "avis d'absence", "réponse automatique d'absence du bureau", "absence",
    "absent", "absente", "en congé", "en congés", "en vacances", "hors du bureau",
    // Spanish, Catalan, Galician, Basque
    "respuesta automática", "fuera de la oficina", "fuera de oficina", "ausente de la oficina", "ausencia",
    "aviso de ausencia", "mensaje de ausencia", "de vacaciones", "resposta automàtica", "fora de l'oficina",
    "erantzun automatikoa", "bulegotik kanpo",
    // Portuguese
    "resposta automática", "ausência temporária", "fora do escritório", "ausente do escritório", "ausência",
    "aviso de ausência", "em férias", "de férias",
    // Italian
    "risposta automatica", "fuori sede", "fuori ufficio", "fuori dall'ufficio", "assenza dall'ufficio",
    "assente dall'ufficio", "messaggio di assenza", "avviso di assenza", "assente", "assenza", "in ferie",
    // Dutch, Frisian
    "automatisch antwoord", "automatische beantwoording", "afwezig", "afwezigheid", "afwezigheidsbericht",
    "afwezigheidsmelding", "niet aanwezig", "niet op kantoor", "niet op kantoor aanwezig",
    "bericht van afwezigheid", "automatysk antwurd",
    // Danish, Norwegian, Swedish, Icelandic, Finnish
    "automatisk svar", "autosvar", "ikke til stede", "ikke tilstede", "fraværsmeddelelse", "fraværsbesked",
    "fraværsmelding", "fraværsassistent", "fravær", "ikke på kontoret", "automatiskt svar", "frånvarande",
    "frånvaro", "frånvaromeddelande", "frånvarobesked", "ej på kontoret", "ej på plats", "sjálfvirkt svar",
    "automaattinen vastaus", "poissa", "poissa toimistosta", "poissaoloilmoitus", "poissaoloviesti",
    "lomalla",
    // Polish, Czech, Slovak
    "odpowiedź automatyczna", "automatyczna odpowiedź", "poza biurem", "nieobecność", "nieobecny",
    "nieobecna", "nieobecność w biurze", "informacja o nieobecności", "automatická odpověď", "mimo kancelář",
    "odpověď v nepřítomnosti", "nepřítomnost", "automatická odpoveď", "mimo kancelárie", "mimo kancelárii",
    "neprítomnosť", "odpoveď v neprítomnosti",
    // Hungarian, Romanian, Albanian
    "automatikus válasz", "házon kívül", "irodán kívül", "távollét", "távolléti értesítés",
    "szabadságon vagyok", "răspuns automat", "absent de la birou", "în afara biroului", "plecat din birou",
    "absență", "përgjigje automatike",
    // Slovene, Croatian, Bosnian, Serbian, Macedonian, Bulgarian
    "samodejni odgovor", "odsoten", "odsotnost", "izven pisarne", "automatski odgovor", "izvan ureda",
    "odsutan", "odsutnost", "van kancelarije", "аутоматски одговор", "автоматски одговор",
    "автоматичен отговор", "извън офиса", "отсъствие",
    // Russian, Ukrainian, Belarusian, Kazakh
    "автоматический ответ", "вне офиса", "нет на работе", "отсутствие на рабочем месте", "отсутствие",
    "в отпуске", "нет в офисе", "автоматична відповідь", "поза офісом", "відсутність",
    "відсутній на робочому місці", "аўтаматычны адказ", "автоматты жауап",
    // Estonian, Latvian, Lithuanian
    "automaatvastus", "automaatne vastus", "kontorist väljas", "automātiska atbilde", "automātiskā atbilde",
    "ārpus biroja", "prombūtne", "prombūtnē", "automatinis atsakymas", "ne biure", "nesu darbe",
    "nebuvimas darbe",
    // Greek, Turkish, Georgian, Armenian
    "αυτόματη απάντηση", "εκτός γραφείου", "απουσία", "otomatik yanıt", "otomatik cevap", "ofis dışında",
    "ofis dışındayım", "işyeri dışında", "iş yeri dışında", "izindeyim", "ავტომატური პასუხი",
    "ինքնաշխատ պատասխան",
    // Hebrew, Arabic, Persian, Urdu, Hindi
    "תשובה אוטומטית", "מענה אוטומטי", "מחוץ למשרד", "הודעת היעדרות", "رد تلقائي", "الرد التلقائي",
    "خارج المكتب", "رد آلي", "پاسخ خودکار", "خارج از دفتر", "خودکار جواب", "स्वचालित उत्तर", "स्वत: उत्तर",
    // Thai, Vietnamese, Indonesian, Malay, Filipino
    "ตอบกลับอัตโนมัติ", "การตอบกลับอัตโนมัติ", "ไม่อยู่ที่สำนักงาน", "ไม่อยู่ในสำนักงาน", "trả lời tự động",
    "thư trả lời tự động", "vắng mặt", "balasan otomatis", "jawaban otomatis", "di luar kantor",
    "balasan automatik", "di luar pejabat", "awtomatikong tugon",
    // Chinese, Japanese, Korean
    "自动答复", "自动回复", "外出自动回复", "不在办公室", "外出", "休假", "自動回覆", "自動答覆", "自動回復",
    "不在辦公室", "外出自動回覆", "自動応答", "自動返信", "不在通知", "不在", "不在のお知らせ", "不在連絡",
    "休暇中", "外出中", "자동 회신", "자동회신", "자동 응답", "자동응답", "부재 중", "부재중",
    // Irish, Welsh
    "freagra uathoibríoch", "ateb awtomatig"};

// Answers of machines which don't say that anybody is away.
const char* const automatic[] = {
    // English
    "auto", "autoreply", "auto reply", "auto-reply", "[autoreply]", "[auto-reply]", "[auto reply]",
    "auto response", "auto-response", "autoresponse", "autoresponder", "auto responder",
    "automatic acknowledgement", "automatic acknowledgment", "automatic confirmation",
    // German, French, Spanish, Portuguese, Italian, Dutch, Polish
    "automatische eingangsbestätigung", "automatische empfangsbestätigung", "accusé de réception automatique",
    "acuse de recibo automático", "confirmação automática", "conferma automatica",
    "automatische ontvangstbevestiging", "automatyczne potwierdzenie", "autoodpowiedź", "autorespuesta",
    "auto-réponse",
    // Russian, Ukrainian, Japanese
    "автоответ", "автоответчик", "автовідповідь", "【自動返信】", "[自動返信]", "自動配信メール",
    "自動返信メール"};

// What mail servers write over the mail that they could not deliver.
const char* const bounce[] = {
    // English
    "undelivered mail", "undeliverable", "undelivered", "undeliverable mail", "undeliverable message",
    "message undeliverable", "mail undeliverable", "delivery status notification", "delivery notification",
    "delivery failure", "delivery failed", "delivery has failed", "delivery error", "delivery report",
    "delivery delayed", "failed delivery", "failure notice", "failure delivery", "failed mail",
    "mail delivery", "mail failure", "mail error", "mail system error", "mail could not be delivered",
    "message could not be delivered", "message delivery", "message not delivered", "message delayed",
    "message status", "non-delivery", "non delivery", "nondeliverable mail", "not delivered", "returned mail",
    "returned message", "returned to sender", "return to sender", "returning message to sender", "rejected",
    "rejected mail", "email rejected", "could not send message", "could not deliver", "unable to deliver",
    "user unknown", "warning: could not send", "warning: message", "warning: mail", "warning. mail delayed",
    "dsn", "ndr", "ndn", "could not be delivered", "couldn't be delivered", "returning to sender",
    "delivery unsuccessful", "delivery incomplete", "automatically rejected mail", "notice of undelivered",
    // German
    "ihre e-mail konnte nicht", "unzustellbar", "nicht zustellbar", "zustellung fehlgeschlagen",
    "zustellungsfehler", "mail konnte nicht zugestellt werden", "unzustellbare", "zurückgewiesen",
    // French
    "non remis", "non distribuable", "non livré", "échec de la remise", "échec de remise",
    "courrier non remis", "notification d'échec", "message non distribué",
    // Spanish, Portuguese, Italian
    "no se puede entregar", "no entregado", "no se entregó", "error de entrega", "devuelto",
    "correo devuelto", "não é possível entregar", "não entregue", "mensagem não entregue", "falha na entrega",
    "non recapitabile", "impossibile recapitare", "mancata consegna", "messaggio non consegnato",
    // Dutch, Danish, Norwegian, Swedish, Finnish
    "onbestelbaar", "niet te bezorgen", "niet bezorgd", "niet afgeleverd", "kunne ikke leveres",
    "kan ikke leveres", "ikke leveret", "ulevert", "kan ikke leverast", "olevererbart", "kan inte levereras",
    "ej levererat", "ei voitu toimittaa", "toimittaminen ei onnistunut",
    // Polish, Czech, Slovak, Hungarian, Romanian
    "niedostarczalne", "niedostarczona", "nie można dostarczyć", "zwrot wiadomości", "nedoručitelné",
    "nedoručiteľné", "nelze doručit", "kézbesíthetetlen", "nelivrabil", "imposibil de livrat",
    // Russian, Ukrainian, Greek, Turkish
    "не удалось доставить", "недоставлено", "недоставленное сообщение", "не доставлено",
    "сообщение не доставлено", "не вдалося доставити", "δεν παραδόθηκε", "μη παραδόσιμο", "teslim edilemedi",
    "teslim edilemiyor",
    // Hebrew, Arabic
    "לא ניתן למסירה", "تعذر التسليم", "لا يمكن تسليمها",
    // Chinese, Japanese, Korean
    "无法投递", "投递失败", "无法送达", "未送达", "退信", "系统退信", "無法傳遞", "無法投遞", "退件",
    "配信不能", "配信できません", "配信エラー", "送信できません", "メール送信エラー", "配送不能",
    "送信エラー", "未配信", "배달되지 않음", "배달할 수 없음", "메일 반송", "반송",
    // Spanish, Vietnamese, Indonesian
    "reporte de entrega", "thư không gửi được", "tidak terkirim"};

// Only looked for in the words of what is a machine's answer by other signs.
const char* const absence[] = {
    // English
    "out of the office", "out of office", "out-of-office", "away from the office", "away from my desk",
    "away from my mail", "away from my e-mail", "away from email", "on vacation", "on holiday", "on leave",
    "annual leave", "maternity leave", "parental leave", "paternity leave", "sick leave", "currently away",
    "am away", "be away", "i will be back", "i'll be back", "back in the office", "back at work",
    "return to the office", "returning to the office", "upon my return", "when i return", "until i return",
    "on my return", "limited access to e", "no access to e", "not in the office", "on a business trip",
    "travelling until", "traveling until", "vacation responder", "vacation message", "unavailable until",
    // German
    "nicht im buro", "nicht im buero", "nicht im hause", "nicht im haus", "außer haus", "ausser haus",
    "im urlaub", "in urlaub", "urlaubsbedingt", "abwesend", "abwesenheit", "elternzeit", "mutterschutz",
    "nicht erreichbar", "wieder erreichbar", "wieder im buro", "dienstreise", "zurück im buro", "absent",
    // French
    "en conge", "en vacances", "actuellement en deplacement", "de retour le", "hors du bureau",
    "conge maternite",
    // Spanish, Portuguese, Italian, Catalan
    "de vacaciones", "fuera de la oficina", "fuera de oficina", "ausente", "de permiso", "de baja",
    "de ferias", "em ferias", "fora do escritorio", "licenca de maternidade", "ferias", "fuori ufficio",
    "fuori sede", "in ferie", "assente", "assenza", "di vacances", "fora de l'oficina",
    // Dutch, Danish, Norwegian, Swedish, Finnish, Icelandic
    "afwezig", "niet aanwezig", "op vakantie", "met vakantie", "met verlof", "niet op kantoor",
    "buiten kantoor", "pa ferie", "ikke pa kontoret", "ikke til stede", "fravær", "pa barsel", "har ferie",
    "foreldrepermisjon", "pa semester", "franvar", "inte pa kontoret", "tjanstledig", "bortrest",
    "foraldraledig", "lomalla", "poissa", "vuosilomalla", "i frii", "fjarverandi",
    // Polish, Czech, Slovak, Hungarian, Romanian
    "na urlopie", "urlop", "nieobecn", "poza biurem", "na dovolene", "dovolen", "nepritom", "mimo kancelar",
    "szabadsag", "hazon kivul", "irodan kivul", "tavollet", "in concediu", "concediu", "absent",
    // Slovene, Croatian, Serbian, Russian, Ukrainian, Bulgarian
    "na dopustu", "odsot", "na godisnjem", "godisnji odmor", "izvan ureda", "odsut", "на годишњем", "одсутан",
    "в отпуск", "вне офиса", "отсутств", "командировк", "отпуск", "відпуст", "поза офіс", "відсутн",
    "извън офиса", "отсъств", "в отпуска",
    // Estonian, Latvian, Lithuanian
    "puhkus", "kontorist valjas", "atvalinajum", "prombutn", "arpus biroj", "atostog", "ne biure",
    // Greek, Turkish
    "σε αδεια", "εκτος γραφειου", "απουσιαζω", "απουσια", "izindeyim", "izinli", "ofis dışında",
    "yıllık izin", "ofiste değilim",
    // Hebrew, Arabic, Persian, Hindi, Thai, Vietnamese, Indonesian, Malay
    "מחוץ למשרד", "בחופשה", "חופשה", "בחופש", "איני במשרד", "خارج المكتب", "إجازة", "اجازة", "خارج از دفتر",
    "مرخصی", "छुट्टी", "कार्यालय से बाहर", "ไม่อยู่ที่", "ลาพักร้อน", "ลาพัก", "nghỉ phép", "vắng mặt", "đi vắng",
    "di luar kantor", "cuti", "sedang cuti", "di luar pejabat",
    // Chinese, Japanese, Korean
    "休假", "外出", "出差", "不在办公室", "度假", "年假", "不在辦公室", "不在", "休暇", "夏季休業", "お休み",
    "출장", "휴가", "부재", "자리를 비",
    // English
    "away until", "away from", "out until", "offline until", "on pto", "ooo until"};

const char* const no_reply[] = {
    "noreply",        "donotreply",     "dontreply",      "noreplies",     "nepasrepondre",
    "nerepondezpas",  "noresponder",    "norespondas",    "naoresponda",   "naoresponder",
    "nonrispondere",  "norispondere",   "nichtantworten", "keineantwort",  "bittenichtantworten",
    "nietantwoorden", "nietbeantwoord", "svarejikke",     "ikkesvar",      "svarainte",
    "ejsvar",         "alavastaa",      "nieodpowiadaj",  "neodpovidejte", "neodpovedat",
    "nevalaszoljon",  "nuraspunde",     "niodgovarjajte", "yanitlamayin",  "cevaplamayin",
    "donotrespond",   "unattended",     "noresponse"};

const char* const mail_server[] = {"mailerdaemon",      "maildaemon",   "mdaemon",
                                   "mailerdeamon",      "doublebounce", "maildeliverysubsystem",
                                   "maildeliverysystem"};

}  // namespace

Phrases away_subjects() {
    return away;
}
Phrases automatic_subjects() {
    return automatic;
}
Phrases server_subjects() {
    return bounce;
}
Phrases absence_phrases() {
    return absence;
}
Phrases no_reply_words() {
    return no_reply;
}
Phrases mail_server_words() {
    return mail_server;
}

}  // namespace mail
