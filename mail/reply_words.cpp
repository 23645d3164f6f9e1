#include "mail/reply_words.hpp"

#include <array>

namespace mail::reply_words {
namespace {

template <typename... Words>
constexpr auto words(Words... all) {
    return std::array<std::string_view, sizeof...(all)>{all...};
}

// Before the date.
constexpr auto openers_table =
    words("on ", "at ", "am ", "a.m. ", "an ", "den ", "d. ", "le ", "el ", "il ", "il giorno ", "in data ",
          "em ", "no dia ", "a ", "op ", "på ", "dne ", "dňa ", "dna ", "dnia ", "w dniu ", "dana ", "u ",
          "în data ", "in data de ", "pe ", "la ", "la data ", "în ", "na ", "στις ", "την ", "στις:", "в ",
          "во ", "от ", "у ", "на ", "дана ", "ti ", "ma ", "ke ", "to ", "pe ", "su ", "pada ", "vào ",
          "vào lúc ", "vào ngày ", "lúc ", "ngày ", "เมื่อ ", "ใน ", "在", "於", "于", "në ", "ar ", "an ",
          "el dia ", "missatge de ", "v ", "dne", "tarihinde ", "בתאריך", "ב-", "ביום ", "في ", "بتاريخ ",
          "در ", "در تاریخ ", "vào thứ ", "kl. ", "- on ", "em:", "il:");

// Who wrote is named before these, or after them and then the line ends with a colon.
constexpr auto verbs_table = words(
    "wrote", "has written", "wrote the following", "wrote in message", "schrieb", "schrieben", "geschrieben",
    "schrieb folgendes", "a écrit", "a ecrit", "a écrit ", "écrivait", "écrivit", "nous a dit", "escribió",
    "escribio", "ha escrito", "escribiu", "va escriure", "ha escrit", "ha scritto", "scrisse", "escreveu",
    "escreveste", "schreef", "schreef het volgende", "het volgende geschreven", "geschreven", "geskryf",
    "skrev", "skrev följande", "skrev følgende", "skrifaði", "kirjoitti", "kirjutas", "napisał", "napisała",
    "napisał(a)", "napisał/a", "pisze", "napsal", "napsala", "napsal(a)", "napsal/a", "napísal", "napísala",
    "napísal(a)", "napisal", "napisala", "napisal(a)", "napisao", "napisao/la", "napisala je", "napisao je",
    "napisao(la)", "написао", "написала", "написао/ла", "írta", "ezt írta", "a scris", "написа", "написал",
    "написала", "написал(а)", "написал(-а)", "пишет", "писал(а)", "писал", "писала", "написав", "написав(ла)",
    "написав(-ла)", "написала(в)", "пише", "напісаў", "напісаў(ла)", "έγραψε", "έγραψε τα εξής", "yazdı",
    "şunu yazdı", "şunları yazdı", "yazmış", "كتب", "كتبت", "كتب ما يلي", "כתב", "כתבה", "כתב/ה",
    "כתב:", "מאת", "نوشت", "نوشته است", "نوشته‌است", "ने लिखा", "लिखा", "লিখেছেন", "লিখেছে",
    "menulis", "menulis:", "đã viết", "viết", "เขียนว่า", "เขียน", "写道", "写到", "寫道", "寫到", "のメール",
    "さんは書きました", "は書きました", "が書きました", "님이 작성", "님의 말", "님이 쓴 글",
    "님이 작성한 글", "님이 썼습니다", "님이 다음을 작성", "작성함", "작성", "rašė", "parašė", "rakstīja",
    "idatzi du", "shkroi", "напиша", "жазды", "գրել է", "მისწერა", "aliandika", "sumulat", "ysgrifennodd");

constexpr auto spoken_table = words("said", "says", "writes", "scrive", "schreibt", "écrit", "escribe",
                                    "escreve", "schrijft", "skriver", "kirjoittaa", "píše");

constexpr auto quoting_table =
    words("quoting ", "zitat von ", "citando ", "citation de ", "citaat van ", "citat från ", "citat fra ",
          "cytowanie ", "cituji ", "citování ", "citazione di ", "missatge de ", "цитирование ", "lainaus ");

constexpr auto separators_table = words(
    "original message", "original email", "original mail", "original appointment", "mail original",
    "mail d'origine", "e-mail original", "email original", "courrier original", "forwarded message",
    "forwarded mail", "forwarded email", "forwarded by", "forward message", "reply message",
    "replied message", "begin forwarded message", "start forwarded message", "message from",
    "ursprüngliche nachricht", "urspruengliche nachricht", "originalnachricht", "original-nachricht",
    "originale nachricht", "weitergeleitete nachricht", "weitergeleitet von", "weitergeleitete mail",
    "anfang der weitergeleiteten nachricht", "anfang weitergeleitete nachricht",
    "beginn der weitergeleiteten nachricht", "message original", "message d'origine", "message d’origine",
    "message initial", "courriel original", "message transféré", "message transmis", "mail transféré",
    "courriel transféré", "transféré par", "début du message réexpédié", "début du message transféré",
    "début du message transmis", "mensaje original", "mensaje reenviado", "inicio del mensaje reenviado",
    "mensaje reenviado por", "mensagem original", "mensagem encaminhada", "mensagem reencaminhada",
    "início da mensagem encaminhada", "início da mensagem reencaminhada", "início da mensagem reenviada",
    "messaggio originale", "messaggio inoltrato", "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato", "oorspronkelijk bericht", "oorspronkelijke bericht",
    "origineel bericht", "doorgestuurd bericht", "doorgestuurde bericht", "begin doorgestuurd bericht",
    "ursprungligt meddelande", "originalmeddelande", "ursprungsmeddelande", "vidarebefordrat meddelande",
    "vidarebefordrat brev", "vidarebefordrat mejl", "oprindelig meddelelse", "original meddelelse",
    "oprindelig besked", "videresendt meddelelse", "videresendt besked", "start på videresendt besked",
    "opprinnelig melding", "opprinnelig epost", "videresendt melding", "videresendt e-post",
    "alkuperäinen viesti", "välitetty viesti", "edelleenlähetetty viesti", "välitetty viesti alkaa",
    "oryginalna wiadomość", "wiadomość oryginalna", "wiadomość pierwotna", "przekazana wiadomość",
    "wiadomość przekazana", "treść przekazanej wiadomości", "początek przekazywanej wiadomości",
    "původní zpráva", "původní e-mail", "přeposlaná zpráva", "předaná zpráva", "pôvodná správa",
    "preposlaná správa", "eredeti üzenet", "továbbított üzenet", "továbbított levél", "mesaj original",
    "mesajul original", "mesaj redirecționat", "mesaj redirectionat", "mesaj înaintat",
    "оригинално съобщение", "препратено съобщение", "αρχικό μήνυμα", "προωθημένο μήνυμα",
    "исходное сообщение", "исходное письмо", "оригинальное сообщение", "пересылаемое сообщение",
    "пересланное сообщение", "перенаправленное сообщение", "пересылаемое письмо", "пересланное письмо",
    "начало переадресованного сообщения", "начало пересылаемого сообщения", "конец пересылаемого сообщения",
    "оригінальне повідомлення", "вихідне повідомлення", "початкове повідомлення", "переслане повідомлення",
    "пересланий лист", "оригинална порука", "прослеђена порука", "originalna poruka", "izvorna poruka",
    "proslijeđena poruka", "prosleđena poruka", "prosleđena poruka", "izvirno sporočilo",
    "posredovano sporočilo", "orijinal mesaj", "orijinal ileti", "özgün ileti", "özgün mesaj",
    "iletilen mesaj", "iletilmiş mesaj", "yönlendirilmiş ileti", "iletilen ileti", "الرسالة الأصلية",
    "رسالة أصلية", "رسالة محولة", "رسالة مُعاد توجيهها", "رسالة معاد توجيهها", "الرسالة المعاد توجيهها",
    "ההודעה המקורית", "הודעה מקורית", "הודעה שהועברה", "הודעה מועברת", "پیام اصلی", "پیام بازارسال شده",
    "پیام ارجاعی", "मूल संदेश", "अग्रेषित संदेश", "মূল বার্তা", "ফরোয়ার্ড করা বার্তা", "pesan asli", "pesan terusan",
    "pesan yang diteruskan", "pesan diteruskan", "mesej asal", "mesej dimajukan", "thư gốc", "tin nhắn gốc",
    "thư đã chuyển tiếp", "tin nhắn đã chuyển tiếp", "ข้อความต้นฉบับ", "ข้อความดั้งเดิม", "ข้อความที่ส่งต่อ", "原始邮件",
    "原邮件", "原始信息", "转发邮件信息", "转发的邮件", "转发邮件", "转发信息", "回复的原邮件", "原始郵件",
    "原始訊息", "轉寄郵件", "轉寄的郵件", "已轉寄的郵件", "轉寄訊息", "元のメッセージ", "元のメール",
    "オリジナルメッセージ", "転送メッセージ", "転送されたメッセージ", "転送されたメール", "원본 메시지",
    "원본메시지", "원본 메일", "전달된 메시지", "전달된 메일", "missatge original", "missatge reenviat",
    "originalus laiškas", "pradinis pranešimas", "persiųstas laiškas", "sākotnējais ziņojums",
    "oriģinālais ziņojums", "pārsūtīts ziņojums", "algne sõnum", "algne kiri", "edastatud kiri",
    "edastatud sõnum");

constexpr auto reply_above_table =
    words("reply above this line", "your reply above", "reply above the line", "write above this line",
          "type above this line", "respond above this line", "response above this line", "reply above this",
          "please type your reply above", "add your comment above", "oberhalb dieser linie",
          "oberhalb dieser zeile", "über dieser linie", "über dieser zeile", "au-dessus de cette ligne",
          "au dessus de cette ligne", "por encima de esta línea", "encima de esta línea",
          "arriba de esta línea", "acima desta linha", "sopra questa riga", "sopra questa linea",
          "sopra di questa riga", "boven deze regel", "boven deze lijn", "ovanför den här raden",
          "ovanför denna rad", "over denne linje", "over denne linjen", "tämän rivin yläpuolelle",
          "powyżej tej linii", "nad tímto řádkem", "nad tento řádek", "выше этой строки", "над этой строкой",
          "вище цього рядка", "bu satırın üzerine", "bu satırın üstüne", "この行より上に", "この線より上に",
          "이 줄 위에", "在此行上方", "在此線上方", "在此行之上");

constexpr auto device_openers_table = words(
    "sent from", "sent via", "sent with", "sent by", "sent using", "sent through", "sent on my",
    "sent on the go", "sent on the new ", "sent over ", "sent on the move", "sent while", "get outlook for",
    "get the outlook app", "download outlook for", "from my ", "posted from my", "composed on",
    "composed with", "typed on", "typed with", "written on my", "via mobile", "via my ", "envoyé de ",
    "envoyé depuis", "envoyé à partir", "envoyé avec", "envoyé par", "envoyé via", "envoyé du ", "envoyé d'",
    "envoyé d’", "obtenez outlook", "obtenir outlook", "télécharger outlook", "téléchargez outlook",
    "provenance : courrier", "von meinem", "von meiner", "gesendet von", "gesendet mit", "gesendet aus",
    "gesendet über", "gesendet vom", "geschickt von", "diese nachricht wurde v", "diese nachricht wurde m",
    "diese e-mail wurde v", "holen sie sich outlook", "outlook für ", "laden sie outlook", "enviado desde",
    "enviado con", "enviado do", "enviado de ", "enviado a partir", "enviado via", "enviado pelo",
    "enviado por", "enviada do", "obtener outlook", "obtenga outlook", "descargar outlook", "obter o outlook",
    "obter outlook", "baixe o outlook", "inviato d", "inviato con", "inviata da", "scarica outlook",
    "ottieni outlook", "verzonden vanaf", "verzonden met", "verzonden via", "verzonden vanuit",
    "verstuurd vanaf", "verstuurd met", "verstuurd via", "verstuurd vanuit", "download outlook voor",
    "outlook voor ", "skickat från", "skickat via", "skickat med", "skickades från", "från min",
    "hämta outlook", "skaffa outlook", "sendt fra", "sendt via", "sendt med", "få outlook", "hent outlook",
    "last ned outlook", "lähetetty", "hanki outlook", "wysłane z", "wysłano z", "wysłane przy",
    "wysłane przez", "pobierz outlook", "pobierz program outlook", "odesláno z", "odesláno pomocí",
    "odoslané z", "odoslané pomocou", "získat outlook", "získajte outlook", "elküldve", "küldve ",
    "trimis de pe", "trimis din", "trimis cu", "изпратено от", "изпратено с", "στάλθηκε από", "εστάλη από",
    "отправлено с", "отправлено из", "отправлено от", "отправлено через", "отправлено мобиль", "послано с",
    "надіслано з", "відправлено з", "надіслано через", "послато са", "poslano s", "poslano iz", "poslano z",
    "poslano putem", "poslato s", "أرسلت من", "أُرسلت من", "تم الإرسال من", "مرسل من", "مُرسل من", "مرسلة من",
    "أرسل من", "נשלח מ", "ارسال شده از", "فرستاده شده از", "dikirim dari", "dihantar dari",
    "dihantar daripada", "được gửi từ", "đã gửi từ", "gửi từ", "ส่งจาก", "ส่งมาจาก", "发自", "来自我的",
    "來自我的", "发送自", "從我的", "从我的", "寄自", "傳送自", "使用我的", "获取 outlook", "取得 outlook",
    "enviat des de", "išsiųsta iš", "nosūtīts no", "saadetud ", "bidalia", "enviado dende", "iphone'umdan",
    "aangeboden door");

constexpr auto device_ends_table =
    words("gesendet", "から送信", "より送信", "を使って送信", "に送信", "から送信されました", "에서 보냄",
          "에서 보냈습니다", "에서 전송", "보냄", "gönderildi", "küldve", "से भेजा गया", "भेजा गया",
          "থেকে পাঠানো", "传送", "傳送", "发送", "发出", "from mobile", "from my phone", "from phone",
          "ile gönderildi", "outlook を入手", "を入手する");

constexpr auto devices_table = words(
    "iphone", "ipad", "ipod", "apple", "android", "samsung", "galaxy", "blackberry", "mobile", "mobil",
    "mobiel", "móvil", "móvel", "celular", "handy", "phone", "smartphone", "tablet", "tablette", "htc",
    "nokia", "lumia", "huawei", "honor", "xiaomi", "redmi", "mi ", "oppo", "vivo", "realme", "pixel", "sony",
    "xperia", "oneplus", "motorola", "moto ", "zte", "lg ", "treo", "palm", "handheld", "wireless", "verizon",
    "at&t", "t-mobile", "outlook", "mail", "yahoo", "gmail", "proton", "spark", "k-9", "thunderbird",
    "windows", "surface", "aol", "device", "gerät", "appareil", "dispositivo", "cellulare", "telefon",
    "téléphone", "teléfono", "puhelin", "komórk", "телефон", "смартфон", "iphona", "мобил", "手机", "手機",
    "电脑", "app", "watch", "hey", "superhuman", "front", "mailspring", "fairmail", "nine", "postbox",
    "zimbra", "zoho", "newton", "boxer", "bluemail", "aqua", "canary", "tutanota", "tuta", "epost",
    "courrier", "posta", "пошта", "почт", "邮", "郵", "メール", "스마트폰", "메일", "stationary", "imac",
    "macbook", "mac", "pc", "laptop", "computer", "tutao", "commodore", "office 365");

constexpr auto formulas_table = words(
    "thanks", "thank you", "many thanks", "thanks again", "thx", "tks", "thanks in advance",
    "thank you in advance", "thanks and regards", "thanks & regards", "thank you and regards", "regards",
    "best regards", "best", "all the best", "best wishes", "kind regards", "kindest regards", "warm regards",
    "warmest regards", "warmly", "with regards", "with best regards", "with kind regards", "rgds", "brgds",
    "br", "kr", "cheers", "sincerely", "sincerely yours", "yours sincerely", "yours faithfully",
    "yours truly", "yours", "respectfully", "respectfully yours", "cordially", "love", "take care",
    "your friend", "your pal", "hugs", "hugs and kisses", "xoxo", "respectfully submitted", "lots of love",
    "much love", "with love", "with appreciation", "with gratitude", "with thanks", "best to all", "bests",
    "blessings", "god bless", "peace", "talk to you later", "talk to you soon", "see ya", "have a good one",
    "have a good day", "thnx", "tnx", "thanks much", "thanks so much", "thanks a lot", "thanks very much",
    "thank you very much", "thank you so much", "bis dann", "bis bald", "tschüss", "à bientôt", "à plus",
    "bises", "bisous", "besos", "beijos", "hasta luego", "hasta pronto", "até logo", "tot ziens", "greetings",
    "have a nice day", "have a great day", "talk soon", "see you", "ciao", "later", "later,",
    "mit freundlichen grüßen", "mit freundlichen gruessen", "mit freundlichen grüssen",
    "mit freundlichem gruß", "mit freundlichem gruss", "mit besten grüßen", "mit lieben grüßen",
    "freundliche grüße", "freundliche grüsse", "viele grüße", "viele gruesse", "viele grüsse", "beste grüße",
    "beste grüsse", "liebe grüße", "lieben gruß", "liebe grüsse", "schöne grüße", "herzliche grüße", "gruß",
    "gruss", "grüße", "mfg", "lg", "vg", "vlg", "danke", "vielen dank", "besten dank", "hochachtungsvoll",
    "cordialement", "bien cordialement", "très cordialement", "bien à vous", "bien à toi", "amicalement",
    "sincèrement", "salutations", "meilleures salutations", "sincères salutations", "merci", "merci d'avance",
    "merci beaucoup", "bonne journée", "cdt", "cdlt", "bonne réception", "saludos", "un saludo",
    "saludos cordiales", "cordialmente", "atentamente", "atte", "gracias", "muchas gracias", "un abrazo",
    "abrazos", "cordiali saluti", "distinti saluti", "saluti", "un saluto", "grazie", "grazie mille",
    "a presto", "cari saluti", "buona giornata", "atenciosamente", "att", "abraço", "abraços", "obrigado",
    "obrigada", "cumprimentos", "com os melhores cumprimentos", "melhores cumprimentos",
    "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten",
    "groet", "groeten", "groetjes", "mvg", "bedankt", "alvast bedankt", "dank u", "hälsningar",
    "med vänliga hälsningar", "vänliga hälsningar", "mvh", "hälsning", "tack", "tack på förhand",
    "med venlig hilsen", "venlig hilsen", "venlige hilsner", "hilsen", "vh", "tak", "mange tak",
    "med vennlig hilsen", "vennlig hilsen", "takk", "ystävällisin terveisin", "terveisin", "t.", "yst. terv.",
    "kiitos", "kiitos etukäteen", "pozdrawiam", "z poważaniem", "pozdrawiam serdecznie", "dziękuję",
    "s pozdravem", "s přáním hezkého dne", "děkuji", "zdravím", "s pozdravom", "ďakujem", "üdvözlettel",
    "tisztelettel", "üdv", "köszönöm", "köszönettel", "cu stimă", "cu respect", "mulțumesc", "multumesc",
    "с уважение", "поздрави", "благодаря", "με εκτίμηση", "ευχαριστώ", "φιλικά", "с уважением",
    "с наилучшими пожеланиями", "всего доброго", "спасибо", "всего наилучшего", "з повагою", "дякую",
    "s poštovanjem", "srdačan pozdrav", "lijep pozdrav", "lep pozdrav", "hvala", "с поштовањем", "поздрав",
    "saygılarımla", "saygılarımızla", "iyi çalışmalar", "teşekkürler", "sevgiler", "مع التحية", "تحياتي",
    "مع خالص التحية", "شكرا", "בברכה", "תודה", "با احترام", "با تشکر", "सादर", "धन्यवाद", "ধন্যবাদ",
    "hormat saya", "salam", "terima kasih", "trân trọng", "cảm ơn", "ขอแสดงความนับถือ", "ขอบคุณ", "此致", "谢谢",
    "祝好", "敬上", "謝謝", "よろしくお願いします", "よろしくお願いいたします", "ありがとうございます",
    "감사합니다", "고맙습니다", "salutacions", "atentament", "gràcies", "pagarbiai", "ačiū", "ar cieņu",
    "paldies", "lugupidamisega", "tervitades", "aitäh");

}  // namespace

const std::span<const std::string_view> openers = openers_table;
const std::span<const std::string_view> verbs = verbs_table;
const std::span<const std::string_view> spoken_verbs = spoken_table;
const std::span<const std::string_view> quoting = quoting_table;
const std::span<const std::string_view> separators = separators_table;
const std::span<const std::string_view> reply_above = reply_above_table;
const std::span<const std::string_view> device_openers = device_openers_table;
const std::span<const std::string_view> device_ends = device_ends_table;
const std::span<const std::string_view> devices = devices_table;
const std::span<const std::string_view> formulas = formulas_table;

}  // namespace mail::reply_words
