import { CONFIG_COMMANDS } from "#ctl/instance/config";
import { InstanceListCommand, InstanceShowCommand } from "#ctl/instance/list";
import { InstanceLogsCommand } from "#ctl/instance/logs";
import {
  InstanceAssignCommand,
  InstanceCreateCommand,
  InstanceDeleteCommand,
  InstanceRenameCommand,
} from "#ctl/instance/make";
import { POWER_COMMANDS } from "#ctl/instance/power";
import { InstanceConsoleCommand, InstanceSendRconCommand } from "#ctl/instance/rcon";

export const INSTANCE_COMMANDS = [
  ...[InstanceListCommand, InstanceShowCommand, InstanceCreateCommand, InstanceAssignCommand],
  ...[InstanceRenameCommand, InstanceDeleteCommand, ...CONFIG_COMMANDS, ...POWER_COMMANDS],
  ...[InstanceLogsCommand, InstanceSendRconCommand, InstanceConsoleCommand],
] as const;
