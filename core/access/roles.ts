/** The roles that every cluster begins with. `admin` stays as it is; the others are an operator's to change. */
export const ADMIN = "admin";

const VIEWER = [
  ...["ask.all", "slave.status"],
  ...["events", "deliveries", "telemetry", "chat", "messages", "signals", "storage", "state"].map(
    (kind) => `see.${kind}`,
  ),
];

export const DEFAULT_ROLES: Readonly<Record<string, readonly string[]>> = {
  [ADMIN]: ["*"],
  /** Runs the cluster: everything but who may do what. */
  operator: [
    ...["instance.*", "world.*", "policy.*", "storage.*", "ledger.*", "player.*", "see.*", "ask.*"],
    ...["slave.status", "slave.list", "slave.show", "slave.factorio-install", "slave.factorio-status"],
    ...["slave.factorio-list", "slave.factorio-remove"],
  ],
  /** Keeps games going. Not RCON: whoever has that may do anything in the game. */
  moderator: [
    ...[...VIEWER, "see.log", "see.audit", "instance.start", "instance.stop", "instance.restart"],
    ...["instance.players", "instance.player-kick", "instance.player-ban", "instance.player-unban"],
    ...["player.ban", "player.unban"],
  ],
  viewer: VIEWER,
};
