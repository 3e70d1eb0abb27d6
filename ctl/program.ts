import type { Program } from "#core/cli";

/**
 * All commands of `clusterio`, by the first word of their names: only the group that was typed is loaded. A test holds that the
 * words are those of the commands.
 */
export const CLUSTERIO: Program = {
  name: "clusterio",
  label: "Clusterio on JetStream",
  printed: async () => (await import("#ctl/printed/all")).PRINTED,
  groups: [
    { words: ["up"], load: async () => [(await import("#ctl/up/command")).UpCommand] },
    { words: ["init"], load: async () => [(await import("#ctl/init/command")).InitCommand] },
    { words: ["bootstrap"], load: async () => (await import("#ctl/init/bootstrap")).BOOTSTRAP_COMMANDS },
    { words: ["context"], load: async () => (await import("#ctl/context/command")).CONTEXT_COMMANDS },
    { words: ["user"], load: async () => (await import("#ctl/access/user")).USER_COMMANDS },
    { words: ["role"], load: async () => (await import("#ctl/access/role")).ROLE_COMMANDS },
    { words: ["slave"], load: async () => (await import("#ctl/access/slave")).SLAVE_COMMANDS },
    {
      words: ["instance"],
      load: async () => [
        ...(await import("#ctl/instance/command")).INSTANCE_COMMANDS,
        ...(await import("#ctl/move/command")).MOVE_COMMANDS,
        ...(await import("#ctl/mods/command")).MOD_COMMANDS,
      ],
    },
    { words: ["save"], load: async () => (await import("#ctl/save/command")).SAVE_COMMANDS },
    { words: ["player"], load: async () => (await import("#ctl/player/command")).PLAYER_COMMANDS },
    { words: ["backup"], load: async () => (await import("#ctl/backup/command")).BACKUP_COMMANDS },
    { words: ["schedule"], load: async () => (await import("#ctl/schedule/command")).SCHEDULE_COMMANDS },
    { words: ["factorio"], load: async () => (await import("#ctl/factorio/command")).FACTORIO_COMMANDS },
    { words: ["rotate", "identity"], load: async () => (await import("#ctl/keys/command")).KEY_COMMANDS },
    { words: ["status"], load: async () => [(await import("#ctl/status/command")).StatusCommand] },
    { words: ["top"], load: async () => [(await import("#ctl/top/command")).TopCommand] },
    { words: ["doctor"], load: async () => [(await import("#ctl/doctor/command")).DoctorCommand] },
    { words: ["audit", "replay", "events"], load: async () => (await import("#ctl/audit/command")).AUDIT_COMMANDS },
    { words: ["ledger"], load: async () => (await import("#ctl/ledger/command")).LEDGER_COMMANDS },
    { words: ["repair"], load: async () => (await import("#ctl/repair/command")).REPAIR_COMMANDS },
    { words: ["world"], load: async () => (await import("#ctl/world/command")).WORLD_COMMANDS },
    { words: ["debt"], load: async () => (await import("#ctl/debt/command")).DEBT_COMMANDS },
    {
      words: ["completion", "__complete"],
      load: async () => (await import("#ctl/completion/command")).COMPLETION_COMMANDS,
    },
    { words: ["storage"], load: async () => (await import("#ctl/storage/command")).STORAGE_COMMANDS },
  ],
};
