// The commands that need the database, each a function from options to exit status.
//
// They print results to standard output. Bad input (an unknown workspace, an address that is none) is
// a message on standard error and status 2; a database that can't be reached is status 1.
#pragma once

#include "daemon/cli.hpp"
#include "daemon/config.hpp"

namespace program {

[[nodiscard]] int run(const Config& config, const Serve& options);
[[nodiscard]] int run(const Config& config, const Migrate& options);
[[nodiscard]] int run(const Config& config, const WorkspaceAdd& options);
[[nodiscard]] int run(const Config& config, const WorkspaceList& options);
[[nodiscard]] int run(const Config& config, const WorkspaceSet& options);
[[nodiscard]] int run(const Config& config, const WorkspaceRemove& options);
[[nodiscard]] int run(const Config& config, const DomainAdd& options);
[[nodiscard]] int run(const Config& config, const DomainList& options);
[[nodiscard]] int run(const Config& config, const DomainPostmaster& options);
[[nodiscard]] int run(const Config& config, const DomainRemove& options);
[[nodiscard]] int run(const Config& config, const MailboxAdd& options);
[[nodiscard]] int run(const Config& config, const MailboxSet& options);
[[nodiscard]] int run(const Config& config, const MailboxAcknowledge& options);
[[nodiscard]] int run(const Config& config, const MailboxList& options);
[[nodiscard]] int run(const Config& config, const MailboxRemove& options);
[[nodiscard]] int run(const Config& config, const TicketList& options);
[[nodiscard]] int run(const Config& config, const TicketShow& options);
[[nodiscard]] int run(const Config& config, const ExportTickets& options);
[[nodiscard]] int run(const Config& config, const Import& options);
[[nodiscard]] int run(const Config& config, const InteractionRaw& options);
[[nodiscard]] int run(const Config& config, const AttachmentSave& options);
[[nodiscard]] int run(const Config& config, const HeldList& options);
[[nodiscard]] int run(const Config& config, const HeldShow& options);
[[nodiscard]] int run(const Config& config, const HeldRelease& options);
[[nodiscard]] int run(const Config& config, const HeldDelete& options);
[[nodiscard]] int run(const Config& config, const TrustList& options);
[[nodiscard]] int run(const Config& config, const TrustRemove& options);
[[nodiscard]] int run(const Config& config, const Audit& options);
[[nodiscard]] int run(const Config& config, const Explain& options);
[[nodiscard]] int run(const Config& config, const Reprocess& options);
[[nodiscard]] int run(const Config& config, const TicketStatus& options);
[[nodiscard]] int run(const Config& config, const TicketAssign& options);
[[nodiscard]] int run(const Config& config, const TicketTag& options);
[[nodiscard]] int run(const Config& config, const TicketMove& options);
[[nodiscard]] int run(const Config& config, const TicketMerge& options);
[[nodiscard]] int run(const Config& config, const TicketSplit& options);
[[nodiscard]] int run(const Config& config, const AgentAdd& options);
[[nodiscard]] int run(const Config& config, const AgentList& options);
[[nodiscard]] int run(const Config& config, const AgentSet& options);
[[nodiscard]] int run(const Config& config, const AgentRemove& options);
[[nodiscard]] int run(const Config& config, const Purge& options);
[[nodiscard]] int run(const Config& config, const PersonErase& options);
[[nodiscard]] int run(const Config& config, const PersonMarks& options);
[[nodiscard]] int run(const Config& config, const PersonUnmark& options);
[[nodiscard]] int run(const Config& config, const BanAdd& options);
[[nodiscard]] int run(const Config& config, const BanList& options);
[[nodiscard]] int run(const Config& config, const BanShow& options);
[[nodiscard]] int run(const Config& config, const BanLift& options);
[[nodiscard]] int run(const Config& config, const BanHistory& options);
[[nodiscard]] int run(const Config& config, const BanWordsCommand& options);
[[nodiscard]] int run(const Config& config, const BanRuleAdd& options);
[[nodiscard]] int run(const Config& config, const BanRuleList& options);
[[nodiscard]] int run(const Config& config, const BanRuleRemove& options);
[[nodiscard]] int run(const Config& config, const BanReasonAdd& options);
[[nodiscard]] int run(const Config& config, const BanReasonList& options);
[[nodiscard]] int run(const Config& config, const BanReasonRemove& options);
[[nodiscard]] int run(const Config& config, const RuleAdd& options);
[[nodiscard]] int run(const Config& config, const RuleSetOptions& options);
[[nodiscard]] int run(const Config& config, const RuleList& options);
[[nodiscard]] int run(const Config& config, const RuleShow& options);
[[nodiscard]] int run(const Config& config, const RuleMove& options);
[[nodiscard]] int run(const Config& config, const RuleEnable& options);
[[nodiscard]] int run(const Config& config, const RuleDisable& options);
[[nodiscard]] int run(const Config& config, const RuleRemove& options);
[[nodiscard]] int run(const Config& config, const RuleTest& options);
[[nodiscard]] int run(const Config& config, const TeamAdd& options);
[[nodiscard]] int run(const Config& config, const TeamList& options);
[[nodiscard]] int run(const Config& config, const TeamRemove& options);
[[nodiscard]] int run(const Config& config, const TicketReply& options);
[[nodiscard]] int run(const Config& config, const TicketOpen& options);
[[nodiscard]] int run(const Config& config, const TicketNote& options);
[[nodiscard]] int run(const Config& config, const NoteEdit& options);
[[nodiscard]] int run(const Config& config, const NoteDelete& options);
[[nodiscard]] int run(const Config& config, const TicketTransfer& options);
[[nodiscard]] int run(const Config& config, const TicketDescribe& options);
[[nodiscard]] int run(const Config& config, const TicketSender& options);
[[nodiscard]] int run(const Config& config, const TicketRevoke& options);
[[nodiscard]] int run(const Config& config, const SenderAdd& options);
[[nodiscard]] int run(const Config& config, const SenderSet& options);
[[nodiscard]] int run(const Config& config, const SenderList& options);
[[nodiscard]] int run(const Config& config, const SenderRemove& options);
[[nodiscard]] int run(const Config& config, const AliasAdd& options);
[[nodiscard]] int run(const Config& config, const AliasSet& options);
[[nodiscard]] int run(const Config& config, const AliasDefault& options);
[[nodiscard]] int run(const Config& config, const AliasList& options);
[[nodiscard]] int run(const Config& config, const AliasRemove& options);
[[nodiscard]] int run(const Config& config, const TemplateAdd& options);
[[nodiscard]] int run(const Config& config, const TemplateSet& options);
[[nodiscard]] int run(const Config& config, const TemplateList& options);
[[nodiscard]] int run(const Config& config, const TemplateShow& options);
[[nodiscard]] int run(const Config& config, const TemplateRemove& options);
[[nodiscard]] int run(const Config& config, const TemplateVariables& options);
[[nodiscard]] int run(const Config& config, const DomainSet& options);
[[nodiscard]] int run(const Config& config, const DomainCheckOptions& options);
[[nodiscard]] int run(const Config& config, const DkimAdd& options);
[[nodiscard]] int run(const Config& config, const DkimActivate& options);
[[nodiscard]] int run(const Config& config, const DkimRetire& options);
[[nodiscard]] int run(const Config& config, const DkimList& options);
[[nodiscard]] int run(const Config& config, const AddressKeyList& options);
[[nodiscard]] int run(const Config& config, const AddressKeyRotate& options);
[[nodiscard]] int run(const Config& config, const AddressKeyRemove& options);
[[nodiscard]] int run(const Config& config, const QueueList& options);
[[nodiscard]] int run(const Config& config, const QueueShow& options);
[[nodiscard]] int run(const Config& config, const QueueChange& options);

}  // namespace program
