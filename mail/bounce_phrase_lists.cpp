#include "mail/bounce_phrase_lists.hpp"

namespace mail {
namespace {

constexpr BouncePhrases common[] = {
    {Reason::auth_failure, R"(//spf.pobox.com|bad spf records for|dmarc policy|dmarc verification
please inspect your spf settings|sender policy framework (spf) fail|sender policy framework violation
spf (sender policy framework) domain authentication fail|spf check: fail|spf check failed|spf hard fail
spf validation failed|fails spf|failed spf|spf fail|fail (spf|rejected by spf|does not pass spf
does not pass dkim|dkim check failed|dkim verification failed|dkim signature*fail|dkim = did not pass
spf = did not pass|multiple authentication checks failed|authentication checks failed
unauthenticated email from|does not have authentication information|fails to pass authentication
this mail is unauthenticated|sender is unauthenticated|per spf record|per it's spf record
is not allowed to send mail|not permitted by spf|not authorized to send*spf|openspf.*/why|openspf.net
dmarc: reject|dmarc reject|failed dmarc|dmarc fail|due to dmarc|dmarc evaluation|violates dmarc
email rejected per dmarc|rejected per spf|rejected per dkim|rejected by dmarc|no spf record*reject
unauthenticated mail is prohibited|does not pass dmarc|domain authentication fail|_dmarc
must be authenticated*spf|message does not pass*authentication|senderid*fail|sender id*fail
authentication-results:*fail|anti-spoofing policy|anti-spoofing)"},
    {Reason::bad_reputation,
     R"(a poor email reputation score|has been temporarily rate limited due to ip reputation
ip/domain reputation problems|due to the very low reputation|very low reputation of the sending
temporarily deferred due to unexpected volume or user complaints|temporarily deferred due to user complaints
the sending mta's poor reputation|poor reputation|bad reputation|low reputation|reputation of the sending
no or bad reputation|none/bad reputation|reputation is too low|due to reputation|senderscore|sender score
sender reputation|ip reputation|domain reputation|reputation score|too low reputation|reputation filter
[tss04]|[tss09]|[tss11])"},
    {Reason::blocked, R"(access from ip address|administrative lockout|all servers have been blacklisted
an unusual rate of unsolicited mail|bad sender ip address|banned sending ip|blacklisted by|blacklisted at
black listed|in our blacklist|in a blacklist|blocked using|blocked - see|blocked by earthlink|blocked for abuse
blocked by the recipient's server|bulk email|client host blocked|client host rejected: may not be mail exchanger
client host rejected: was not authenticated|client host rejected: abus|client host*blocked|connection denied
connection dropped|connection refused|connection reset by peer|connection was dropped by remote host
connections not accepted from ip addresses on spamhaus|currently sending spam see|dns lookup failure:*try again later
dnsbl|confirm this mail server|domain*mismatches client ip|dynamic ip address|dynamic ip|dynamic/generic
email blocked by|esmtp not accepting connections|esmtp not accepting|extreme bad ip profile|go away
helo command rejected:|helo*does not resolve|host name is not allowed|http://*rbl|http://www.spamcop.net
https://www.spamhaus.org|//www.spamhaus.org|spamhaus|spamcop|sorbs|barracudacentral|surbl|sbl-|/rbl|.rbl.
invalid ip for sending mail of domain|invalid ip for sending|ip address is blocked|ip blocked|ip is blocked
ip rejected|is blocked by|is blocked from|is in a black list|is in an rbl|is blacklisted|is listed in|is listed on
is not currently accepting mail from your ip|in blacklist|listed in*dnsbl|listed in*rbl|listed in*bl.|listed at
mail not accepted from dialup|mail server at*is blocked|mail from*is blocked|mail refused from host|mail server*blacklist
message rejected*blacklist|messages from*temporarily deferred|messages from*weren't sent|no access from mail server
not currently accepting mail from your ip|our block list|part of their network is on our block list
please use the smtp server of your isp|not a trusted host|refused - see|refused to talk to me|rejected - multi-blacklist
rejected because the sending mta or the sender has not passed validation|rejected because of*blacklist
rejecting open proxy|sender ip address rejected|sender ip*blocked|server access forbidden by your ip
service not available, closing transmission channel|service refused, please use another|service refused, please try
sorry, your remotehost looks suspiciously like spammer|source ip*block|temporarily blocked*ip|the ip*blocked
smtp service refused|smtp service not available|to or through your server*block|too many spams from your ip
too many spam|too many unwanted messages have been sent from the following ip address above|unresolvable relay host
the ip you're using to send mail is not authorized|transaction failed*your ip|unable to accept*your ip
was blocked by|was blocked*ldap|blocked by ldap|we do not accept mail from dynamic ips|you are not allowed to connect
you are sending spam|your access to this mail system has been rejected|your host is blacklisted|your host*blocked
your ip*blacklist|your ip address is listed|your ip*is blocked|your ip*blocked|your ip has been|your mail server*blocked
your network is temporary blacklisted|your server requires confirmation|your server*blacklist|your domain*blacklist
using the*blocklist|using the*block list|a block list|veuillez essayer plus tard. service refused|ofr_10|[ofr_10
connection not authorized|connection rejected by policy|connection rejected|unacceptable*sender ip
smtp connection refused|ip*suspicious|ip address*denied|banned host|banned ip|cxbl|dnsbl:attrbl|hostkarma|rejected: abuse
550 error - blocked|550 access denied..|access denied*rbl|ip frequency limited|suspected bounce attacks|resimta
not allowed to talk to|bad ip|not permitted to send*from this ip|client address*black|connection from*refused
ib1*refused|no longer accept*from your)"},
    {Reason::content_error, R"(because it contains*header|bare lf|bare linefeed|bare line feed|bare <lf>
because the recipient is not accepting mail with attachments|non-ascii characters*header|8bit*not supported
because the recipient is not accepting mail with embedded images|improper use of 8-bit data
message contain invalid mime headers|message contains invalid header|message header size, or recipient list, exceeds
message contain improperly-formatted binary content|message contains improperly-formatted|invalid mime
message contain text that uses unnecessary base64 encoding|message mime complexity exceeds|malformed mime
routing loop detected -- too many received: headers|too many "received" headers|too many received headers
message headers fail syntax check|mail content contains*illegal|content type*not accepted|nested mime
unsupported charset|the headers in this message contain improperly|header contains illegal|invalid content
mime error|content not accepted|unable to convert message)"},
    {Reason::exceed_limit, R"(message too large|message header size*exceed|mail size limit exceeded
size limit exceeded*recipient)"},
    {Reason::expired,
     R"(connection timed out|connect*timed out|could not find a gateway for|delivery attempts will continue
delivery expired|delivery time expired|delivery timed out|envelope expired|failed to deliver to domain|giving up on it
have been failing for a long time|has been delayed|is delayed|it has not been collected after|retried for the last
unable to deliver in|your message was not delivered within|message expired after sitting in queue|message expired, cannot connect|message expired, connection|message expired
message timed out|operation timed out|retry time not reached for any host|retry timeout exceeded|server did not respond
did not respond|has been in the queue too long|queue too long|been in queue too long|unable to deliver message after
was not reachable within the allowed queue period|could not be delivered for|not been delivered after
will keep trying until|will be retried for|too many retries|retry limit|gave up|recipient server did not accept our requests
undeliverable after|last attempt*timeout|timed out while|not respond within|delivery attempts*fail|queue lifetime
not yet been delivered|remote host is not responding|maximum*retries|timeout during|time out|timeout exceeded
deferred: connection timed|could not deliver for the last|giving up.|conversation*timed out|lost connection|socket error)"},
    {Reason::failed_starttls,
     R"(starttls is required|a tls session is required|tls required but not supported|must issue a starttls command first
requires tls|tls is required|tls negotiation failed|cannot start tls|starttls failed|tls handshake failed
unable to negotiate tls|tls not available|certificate*not trusted|encryption required|tls is not available)"},
    {Reason::filtered,
     R"(because the recipient is only accepting mail from specific email addresses|bounced address
due to extended inactivity new mail is not currently being accepted|has restricted sms e-mail|is not accepting any mail
message filtered|message rejected due to user rules|not found recipient account|not accepting mail from this sender
refused due to recipient preferences|resolver.rst.notauthorized|this account is protected by|user not found
user reject|we failed to deliver mail because the following address recipient id refuse to receive mail
you have been blocked by the recipient|recipient has blocked|recipient refuse|destination server refuse
blocked by recipient|blocked by user|restricted recipient|restricted mailbox|recipient's preferences
user refuse|user doesn't want|mail refused by user|recipient does not accept|recipient not accepting
domain filter|filtered by|rejected by user|unable to access the mailbox)"},
    {Reason::has_moved,
     R"(has been replaced by|user has moved|user has been moved|new address is|has moved to|address has changed
mailbox has moved|no longer uses this address)"},
    {Reason::host_unknown,
     R"(domain does not exist|domain is not reachable|domain must exist|host or domain name not found
host unknown|host unreachable|mail domain mentioned in email address is unknown|name or service not known|no such domain
no such host|recipient address rejected: unknown domain name|recipient domain must exist|the account or domain may not exist
unknown host|unroutable address|unrouteable address|unroutable mail domain|404 unknown host|553*does not exist
domain not found|could not find any host|couldn't find any host|couldn't find a host|bad destination system
invalid domain name|unknown domain|nonexistent domain|domain name not found|domain*couldn't be found|no dns information
dns error:*domain name not found|domain name*not exist|can't find*domain|domain not exist|host not found|non-existent hosts
host lookup did not complete|all host address lookups failed permanently|all relevant mx records point to non-existent
unknown mail host|non-existent domain|bad hostname|illegal host/domain name found|no valid hosts
domain could not be found|address lookup*failed|no valid host)"},
    {Reason::mailbox_full,
     R"(452 insufficient disk space|account disabled temporarly for exceeding receiving limits|account is full
account is exceeding their quota|account is over quota|account is temporarily over quota|boite du destinataire pleine
delivery failed: over quota|disc quota exceeded|disk quota exceeded|diskspace quota|does not have enough space
exceeded storage allocation|exceeding its mailbox quota|full mailbox|mailbox*full|inbox*full|quota full|inbox full
is over disk quota|is over quota|over quota|over the quota|overquota|mail box full|mail box is full
mail file size exceeds the maximum size allowed|mail quota exceeded|mailbox exceeded the local limit
exceeded the local limit|mailbox has exceeded|mailbox quota|mailbox size limit|mailbox size exceed|mailbox exceeds
maildir over quota|maildir delivery failed: userdisk quota|maildir delivery failed: domaindisk quota|mailfolder is full
no more space*mailbox|not enough storage space|not enough disk space|not enough free space|over the allowed quota
quota exceed|exceeded*quota|exceeds*quota|exceed*quota|quota violation|quota limit|out of quota|recipient reached disk quota
mailbox would exceed maximum allowed storage|recipient*storage*exceeded|exceeded its disk space limit
the user's space has been used up|the user you are trying to reach is over|too much mail data|user has exhausted
user has too many messages|user is over|would be over the allowed|would exceed the quota|storage quota|out of storage
storage limit|exceeded its storage|exceeds allowed size|exceeds allocated quota|storage space exceeded|mailbox storage
mailbox for*is full|dd this user doesn't have enough|mailbox has reached|not enough space|insufficient storage
stockage insuffisant|quota depasse|mail folder is full|casella piena|casilla llena|buzon lleno|buzón lleno
boîte pleine|postfach voll|postfach ist voll|mailbox voll|as their mailbox is full|user's mailbox*limit|box full
data size would exceed|exceeded the maximum*storage|is currently full|mailbox is currently*full)"},
    {Reason::mailer_error,
     R"(exit status|exit 1|exit 2|exit 7|procmail:|bin/procmail|bin/maildrop|command failed|command died with status
command output:|mailer error|pipe to |pipe command|x-unix;|returned error code|child process*fail|unknown mailer error
error running|mailer*prog|pipe delivery|local delivery agent|generated error|command time limit exceeded)"},
    {Reason::message_too_big,
     R"(exceeded maximum inbound message size|line limit exceeded|max message size exceeded|maximum message size
message file too big|message length exceeds|message size exceeds|message size limit|message too big|message too large for this
message is too large|message is too big|message size*exceed|size limit|taille limite du message atteinte|too large for
mail too large|mail is too big|mail size*exceed|mail size too large|message larger than|exceeds the maximum*size
exceeds*size limit|exceeds maximum*size|message exceeded*size|message exceeds*size|message*too large|file size*too large
resolver.rst.sendsizelimit|resolver.rst.recipsizelimit|rst.sendsizelimit|rst.recipsizelimit|larger than the maximum
message with this size|size exceeds|too big for)"},
    {Reason::network_error,
     R"(could not connect and send the mail to|dns records for the destination computer could not be found|no valid route to|loop detected|bad dns lookup
address family mismatch|all routes to destination blocked|could not retrieve source address|lowest numbered mx
hop count exceeded|host is unreachable|host not found, try again|mail forwarding loop for|mail loop|forwarding loop
malformed name server reply|malformed or unexpected name server reply|maximum forwarding loop count exceeded
message looping|message probably in a routing loop|no route to host|too many hops|unable to resolve route|routing loop
network is unreachable|network unreachable|network error|wasn't able to establish an smtp connection
host name lookup failure|temporary failure in name resolution|temporarily unable to look up|dns lookup fail|dns query failed
dns server returned|no answer from host|unable to connect|couldn't connect|could not connect|cannot connect
connection failed|failed to connect|bad connection|host map: lookup|hop count|mail delivery loop|relaying loop
destination unreachable|unreachable for too long|exceeded the maximum hop|queue.expired; message expired)"},
    {Reason::no_relaying,
     R"(as a relay|email address is not verified|is not permitted to relay|not permitted to relay|relaying not permitted
mail server requires authentication when attempting to send to a non-local|no relaying|not a gateway
not allowed to relay|not local host|not an open relay|relay access denied|relay access requires|relay denied
relay not permitted|relay not allowed|relaying denied|relaying mail to|relaying is not|relay is not|relay operation
specified domain is not allowed|isn't in my list of allowed rcpthosts|is not in my list of allowed rcpthosts
this system is not configured to relay|unable to relay|we don't handle mail for|we do not relay|mail relay denied
cannot relay|can't relay|relaying prohibited|relaying blocked|attempt to relay|does not relay|doesn't relay|open relay
domain isn't allowed to be relayed|tenantattribution|relaying temporarily denied|no relay|relay prohibited
relaying disallowed|not our customer)"},
    {Reason::not_accept,
     R"(does not accept mail|seem to reject all mails|host/domain does not accept mail|mail receiving disabled|no smtp service
smtp protocol returned a permanent error|name server: .: host not found|no mx record found for domain|nullmx|null mx
no route for current request|domain accepts no mail|accepts no mail|couldn't find a mail exchanger or ip address
no host found for existing smtp connection|has a null mx|receiving mail is disabled)"},
    {Reason::not_compliant_rfc,
     R"(duplicate header|duplicate headers|not rfc 5322 compliant|rfcmessagenoncompliant|not rfc compliant
not rfc 2822 compliant|not compliant with rfc|missing a valid address in from|missing a valid messageid|missing from header
messages with multiple addresses in from|rfc 5322|rfc5322|rfc 2822|rfc2822|from header is missing|missing date header
multiple from headers|more than one from|missing required header|headers are required|invalid from header
message-id header is missing|missing or malformed|violates rfc|non-rfc|bad header line|bare carriage return)"},
    {Reason::policy_violation,
     R"(an encrypted attachment|closed mailing list|denied by policy|blocked by policy|email not accepted for policy
because the recipient is not accepting mail with|delivery not authorized, message refused|header are not accepted|header error
email rejected due to security policies|local policy violation|message bounced due to organizational settings
message given low priority|message not accepted for policy reasons|message rejected due to local policy|policy violation
messages with multiple addresses|rejected for policy reasons|rejected by policy|policy restrictions|policy rejection
rejected due to policy|refused by local policy|security policy|organization policy|organizational policy
the email address used to send your message is not subscribed to this group|presents a potential|violates*policy
we do not accept messages containing images|you're using a mass mailer|local policy|attachment*not allowed
attachments are not allowed|executable attachment|prohibited attachment|attachment type|file type*not allowed
email content denied|content policy|does not comply*policy|against*policy|mail refused for policy|potential security issue
policy reasons|protocol violation|blocked file|forbidden file|banned file|banned content|disallowed attachment|denied by our policy)"},
    {Reason::rejected,
     R"(<> invalid sender|administrative prohibition|batv fail|batv valid|batv defense|(batv: no tag
backscatter protection|bad sender|bogus mail from|by non-member|can't determine purported responsible address
connections not accepted from servers without a valid sender domain|denied [bouncedeny]|denied by secumail
does not exist e2110|domain of sender address*does not exist|domain of sender|email address is on senderfilterconfig
emetteur invalide|empty envelope senders not allowed|error: no third-party dsns|from: domain is invalid
fully qualified email address required|has been denied because|invalid domain, see|invalid sender|from address*invalid
is not a registered gateway user|mail from not owned by user|message refused by*sender|mx records for*violate
null sender is not allowed|null sender|recipient addresses rejected : access denied|returned mail not accepted here
rfc 1035 violation|rule imposed mailbox access for|sender address has been|sender address rejected|sender email address
sender is in my black list|sender is blocked|sender is spammer|sender not pre-approved|sender rejected|sender denied
sender was rejected|sender refused|sender verif|sender domain|sender's domain|sender domain is empty|sender domain listed
sender not allowed|sender not authorized|spammer|syntax error: empty email address|the message has been rejected by batv
this server does not accept mail from|transaction failed unsigned dsn|unroutable sender|unverified sender|unknown sender
you are sending to/from an address that has been blacklisted|your access to submit messages to this e-mail system
your email address has been blacklisted|verify sender|sending address|from domain|mail from domain|domain owner discourage
sender unknown|not on the list of senders|has blocked your address|message was rejected by the recipient
the group*may not exist|may not have permission to post|non-member|not a member|members-only|ignored non-member
you are not a member|not allowed to post|post to this|not subscribed|mail sending denied|unable to verify sender)"},
    {Reason::require_ptr,
     R"(access denied. ip name lookup failed|ip name lookup failed|all mail servers must have a ptr|bad dns ptr
cannot find your hostname|cannot find your reverse hostname|cannot resolve your address|fix reverse dns|ips with missing ptr
no ptr record|no ptr|missing ptr|without ptr|ptr record|ptr records|rdns|reverse dns|reverse-dns|get a custom reverse dns
sender ip reverse lookup rejected|the ip address sending this message does not have a ptr|forward dns entry does not point
servers/devices with no reverse dns|unresolvable relay host name|generic dns ptr|reverse hostname|hostname*not resolve
reverse lookup|unknown[*]*ptr|no valid reverse|in-addr.arpa|cxdns|unverifyable sending|unverifiable sending)"},
    {Reason::security_error,
     R"(account not subscribed to ses|authentication credentials invalid|authentication fail|authentication required
authentication failed|authentication turned off|codes d'authentification invalide|executable files are not allowed
insecure mail relay|access denied|recipient address rejected: access denied|sorry, you don't authenticate|you must log in
tls required but was not offered|unauthenticated senders not allowed|verification failure|unauthenticated
you are not authorized to send|not authorized|not authenticated|permission denied|must authenticate|auth required
smtp auth|login failed|resolver.rst.authrequired|authrequired|invalid login|password)"},
    {Reason::spam_detected,
     R"( - spam|// spam|appears to be unsolicited|blacklisted url|block for spam|blocked by policy: no spam please
blocked by spamassassin|classified as spam|content filter rejection|denied due to spam|is a bulk email|high probability of spam
listed in work.drbl|mail appears to be|mail content denied|message*is spam|may consider spam|considered as spam|considered spam
message content rejected|contains spam|detected as spam|message filtered|message looks like spam|looks like spam
message refused by mailmarshal spamprofiler|rejected as spam|rejected because of unacceptable content|mail rejete
suspected spam|possible spam|probable spam|reject bulk.advertising|rejected due to spam|rejected : spam|rejecting spam
rejecting banned content|spam appears|spam blocked|spam check|spam content|spam detected|spam email|spam message
spam not accepted|spam refused|spamming not allowed|spam score|spam limit|spamassassin|looked like spam|to be spam
identified as spam|scored*spam points|recurrent pattern detection|spam message not queued|we dont accept spam
our system has detected that this message is|similar to spam|breaches local uribl|your email is considered
had spam-like|temporarily blocked by our filter|message as spam| as spam|as a spam|spam, |spam content matched|spam rejected|is spam
unsolicited|junk mail|this message scored|spam-related|spam filter|anti-spam|antispam|bulk mail|like spam|reject spam
spam mail|blocked as spam|mail refused due to spam|spam-|ofr_506|content rejected|spam classification|spam or virus
spam signature|no spam|hit spam|triggered spam|message content*spam|spamhaus*content|rejected by spam
message was blocked*spam|content of your message*rejected|unwanted mail)"},
    {Reason::speeding,
     R"(please try again slower|receiving mail at a rate|receiving mail too quickly|mail sent too fast|sending too fast
too fast|sent too many messages too|receiving email too quickly|at a rate that prevents|slow down)"},
    {Reason::suspend,
     R"(is currently suspended|temporary locked|account inactive|archived recipient|boite du destinataire archivee
you tried to reach is disabled|you tried to reach is inactive|has been suspended|has been disabled|inactive account
invalid/inactive user|is a deactivated mailbox|is deactivated|user is terminated|mailbox currently suspended
mailbox disabled|mailbox is disabled|mailbox is frozen|mailbox is inactive|mailbox unavailable or access denied
mailbox is unavailable or access denied|recipient rejected: temporarily inactive|recipient suspend the service
disabled or discontinued|been temporarily suspended|account temporarily suspended|user temporarily suspended|this mailbox is disabled|user or domain is disabled|user suspended
account is locked|account disabled|account is disabled|user disabled|is disabled|suspended account|account suspended
recipient is suspended|address suspended|is suspended|temporarily disabled|temporarily inactive|account is inactive
account closed|account has been closed|account locked|account expired|mailbox locked|user locked|user is inactive
user inactive|is inactive|no longer active|deactivated|frozen mailbox|disabled user|mailbox suspended|temporarily limited
this email account is disabled|recipient suspended|recipient is disabled|terminated account)"},
    {Reason::system_error,
     R"(aliasing/forwarding loop broken|can't create user output file|could not load drd for domain
internal error reading data|internal server error|interrupted system call|local configuration error|local error in processing
encountered an error while|it would create a mail loop|loop was found in the mail exchanger|loops back to myself
mail system configuration error|queue file write error|recipient deferred because there is no mdb
remote server is misconfigured|server configuration error|service currently unavailable|config error
temporary local problem|timeout waiting for input|transaction failed|cname lookup failed|system resource|internal error
configuration error|server error|internal system error|temporary system|local error|unable to read system users
temporary system problem|cannot open mailbox|input/output error|read-only file system|bad interpreter|insufficient permission
unexpected failure|several matches found|server misconfigured|best-preference mx|points back to|unable to open database|can't open mailbox
local delivery failed|delivery to file forbidden|delivery to pipe forbidden|delivery to directory forbidden|storedrv.deliver
server is temporarily unavailable|message could not be processed|temporary server error|lookup failure|system failure)"},
    {Reason::system_full,
     R"(mail system full|requested mail action aborted: exceeded storage allocation|insufficient system storage
no space left on device|insufficient disk space|system storage exceeded|disk full|not enough free space on|insufficient system
storage system full|out of disk space|system is full|out of memory)"},
    {Reason::too_many_connections,
     R"(at maximum connection limit|connection rate limit exceeded|max emails per hour|per-domain connection limit
throttling failure|too many connections|too many concurrent|too many errors from your ip|too many recipients
too many smtp sessions|trop de connexions|we have already made numerous attempts|connection limit|rate limit
too many messages|too many mails|rate control|concurrent connections|connection frequency|sending limit|exceeded the rate
rate exceeded|message limit|exceeded*recipients|maximum number of connections|too many sessions|hourly*limit|daily*limit
per hour|per minute|max connections|frequency limited|mailing limit|throttled|throttling|rcpt limit|cxthrt|receive limit
daily message quota|maximum sending rate|too many emails|too much email|limit*recipients|domain has exceeded)"},
    {Reason::user_unknown,
     R"(#5.1.1 bad address|550 address invalid|5.1.0 address rejected|address does not exist|address not present
address unknown|badrcptto|can't accept user|destination addresses were unknown|destination server rejected recipients
email address does not exist|email address could not be found|email address couldn't be found|address couldn't be found
invalid address|invalid mailbox|invalid recipient|is not a known user|is not a valid mailbox|is not a valid user
mailbox does not exist|mailbox invalid|mailbox is inactive|mailbox is unavailable|mailbox not present|mailbox not found
mailbox unavailable|mailbox unknown|nessun utente simile|no account by that name|no existe dicha persona|no existe ese usuario
no mailbox here|no mailbox by that name|no mail box available|no matching address|no such address|no such mailbox|no such person
no such recipient|no such user|no such account|no such local user|not a valid recipient|not listed in|not known at this site
recipient address rejected: access denied|recipient address rejected: invalid|recipient address rejected: user
recipient address rejected: undeliverable|recipient address rejected: unknown|recipient address rejected: unverified
invalid user|unknown recipient|userunknown|recipient does not exist|recipient is not accepted|recipient is not local
recipient not exist|recipient not found|recipient not ok|recipient not recognized|recipient name is not recognized
recipient refuses to accept your mail|recipient unknown|requested action not taken: mailbox unavailable|recipnotfound
recipient*notfound|recipient rejected|sorry, user unknown|sorry, badrcptto|sorry, your envelope recipient|bad recipient
that domain or user isn't in my list|the following recipients was undeliverable|name is not found|unknown local
there is no one at this address|no longer accepts mail|no longer valid|badrecipientto|validrcptto|no longer exist
this spectator does not exist|unknown mailbox|unknown user|unknown address|unknown account|unknown login|user does not exist
user missing home directory|user not active|user not exist|user not known|user not listed|user unknown|user is unknown
utilisateur inconnu|vdeliver: invalid or unknown|envelope recipient is in my badrcptto|does not have an account
user*does not exist|account*does not exist|recipient*does not exist|doesn't exist|doesn't have a*account|address invalid|not our user|not a local|bad destination mailbox
unknown or illegal alias|unknown alias|illegal alias|nonexistent user|non-existent user|non existent user|unknown name
user not local|address not found|account not found|account unknown|account does not|recipient invalid|bad mailbox
user doesn't exist|no user by that name|no valid recipients|empfänger unbekannt|empfaenger unbekannt|unbekannter empf
adresse inconnue|destinataire inconnu|adresse d au moins un destinataire invalide|usuario desconocido|user does not
utente sconosciuto|destinatario sconosciuto|destinatario desconocido|unable to find user|could not find user
not a user here|is not our customer|resolver.adr.exrecipnotfound|no local user|unknown virtual user|who are you
invalid user name|the email account that you tried to reach does not|mailbox not available|mailbox*not found
illegal user|undeliverable address|unknown e-mail address|alias*not found|addressee unknown|address error
not in directory|not found in directory|not deliverable|no mail-enabled|badmailbox|nicht gefunden|mailbox does not)"},
    {Reason::virus_detected,
     R"(it has a potentially executable attachment|contains prohibited virus|recent viruses or other malware
virus detected|virus phishing|was infected with a virus|contains a virus|infected|virus found|virus was|malware|viruses
virus in|clamav|trojan|worm|message contains virus|virus infected|with virus|a virus)"},
};

constexpr BouncePhrases certain[] = {
    {Reason::suspend, R"(this mailbox is disabled (554.30)|the user(s) account is disabled|mail.i.ua/err/3
the user(s) account is temporarily limited|mailaddress is administrative)"},
    {Reason::mailbox_full,
     R"(as their mailbox is full|the user(s) account is temporarily over quota|mailfolder is full
mailbox over quota|the message exeeded the maximum number)"},
    {Reason::message_too_big, "the message exeeded the maximum size the user accepts"},
    {Reason::message_too_big, "resolver.rst.recipsizelimit|resolver.rst.sendsizelimit"},
    {Reason::expired, "delivery failed * attempts: |host not reachable|queue.expired"},
    {Reason::too_many_connections, "resolver.adr.reciplimit"},
    {Reason::rejected,
     "not member article|are not member|reject mail |spam mail from a spammer|resolver.rst.notauthorized|not "
     "authorized to post|you are not a member of this ml"},
    {Reason::security_error, "resolver.rst.authrequired|(000b0981)"},
    {Reason::content_error, "(00050311)|(000502cc)"},
    {Reason::network_error,
     R"(smtpsend.dns.mxloopback|(00120270)|wasn't able to establish an smtp connection|this message is looping|listed as a best-preference mx
name server:*host name lookup failure)"},
    {Reason::not_accept,
     "couldn't find a mail exchanger or ip address|mx or srv record indicated no smtp service"},
    {Reason::host_unknown,
     R"(smtpsend.dns.nonexistentdomain|couldn't find any host named|couldn't find any host by that name|as the remote domain doesnt exist
dns server returned answer with no data|all relevant mx records point to non-existent hosts)"},
    {Reason::system_error,
     R"(resolver.adr.badprimary|resolver.adr.invalidinsmtp|resolver.adr.ambiguous|(00010256)|(000d06b5)
cname lookup failed temporarily|loop alert: |loop back warning: |unix from loop|fml system error|bad interpreter: no such file|unable to contact ldap server
automatic homedir creator crashed|illegal value in ldap attribute|ldap attribute is not given but mandatory|(state 6)
timeout while performing search on ldap|too many results returned but needs to be unique|temporary failure in ldap lookup
permanent error while executing qmail-forward|temporary error in automatic homedir|unable to login into ldap server
temporary error while executing qmail-forward)"},
    {Reason::filtered, "(state 18)|(000c0595)|cannot route mail to user|rcp-p2|rcp-p3"},
    // Facebook's codes (postmaster.facebook.com/response_codes)
    {Reason::blocked,
     "pol-p1 |pol-p2 |pol-p3 |pol-p4 |but my name was rejected|mail server after helo|mail server after "
     "ehlo"},
    {Reason::rejected, "dns-p1 |dns-p2 "},
    {Reason::require_ptr, "dns-p3 "},
    {Reason::message_too_big, "msg-p1 |int-p2 "},
    {Reason::content_error, "msg-p2 "},
    {Reason::policy_violation, "pol-p8 "},
    {Reason::spam_detected, "int-p6 "},
    {Reason::virus_detected, "int-p7 |pol-p6 "},
    {Reason::auth_failure, "pol-p7 "},
    {Reason::too_many_connections, "con-t1 |con-t3 "},
    {Reason::speeding, "con-t2 |con-t4 "},
    {Reason::no_relaying, "mail.i.ua/err/1|due to the following smtp relay error"},
    {Reason::user_unknown,
     R"(mail.i.ua/err/2|is not listed in domino directory|not listed in public name|not listed in domino
delivery error: dd this user doesn't have a|delivery error: dd not a valid|delivery error: dd requested mail action aborted, mailbox not
user * not listed in|unknown user: @|invalid final delivery userid|no valid recipients for this mm|(000c05a6)
error: 550 - requested action not taken|rcp-p1 |int-p1 |int-p3 |int-p4 |dans l'annuaire domino|en el directorio de domino
domino ディレクトリ|the email account that you tried to reach does not exist|recipnotfound|recipientnotfound)"},
    {Reason::virus_detected, "rejected because it has a potentially executable attachment"},
    {Reason::require_ptr, "ipv6 sending guidelines regarding ptr"},
    {Reason::syntax_error,
     "angle-brackets nested too deep|domain missing in source-routed address|malformed address:"},
};

}  // namespace

const std::span<const BouncePhrases> common_phrases = common;
const std::span<const BouncePhrases> certain_phrases = certain;

}  // namespace mail
