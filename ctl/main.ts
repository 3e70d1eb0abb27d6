#!/usr/bin/env node
import { runCli } from "#core/cli";
import { ROLE_COMMANDS } from "#ctl/access/role";
import { SLAVE_COMMANDS } from "#ctl/access/slave";
import { USER_COMMANDS } from "#ctl/access/user";
import { AUDIT_COMMANDS } from "#ctl/audit/command";
import { CONTEXT_COMMANDS } from "#ctl/context/command";
import { DoctorCommand } from "#ctl/doctor/command";
import { CreateAdminCommand, CreateCtlConfigCommand } from "#ctl/init/bootstrap";
import { InitCommand } from "#ctl/init/command";
import { INSTANCE_COMMANDS } from "#ctl/instance/command";
import { KEY_COMMANDS } from "#ctl/keys/command";
import { LEDGER_COMMANDS } from "#ctl/ledger/command";
import { REPAIR_COMMANDS } from "#ctl/repair/command";
import { STORAGE_COMMANDS } from "#ctl/storage/command";
import { UpCommand } from "#ctl/up/command";
import { WORLD_COMMANDS } from "#ctl/world/command";

void runCli({
  name: "clusterio",
  label: "Clusterio on JetStream",
  commands: [
    ...[UpCommand, InitCommand, CreateAdminCommand, CreateCtlConfigCommand, ...CONTEXT_COMMANDS],
    ...[...USER_COMMANDS, ...ROLE_COMMANDS, ...SLAVE_COMMANDS, ...INSTANCE_COMMANDS, ...KEY_COMMANDS, DoctorCommand],
    ...AUDIT_COMMANDS,
    ...LEDGER_COMMANDS,
    ...REPAIR_COMMANDS,
    ...WORLD_COMMANDS,
    ...STORAGE_COMMANDS,
  ],
});
