// Every bound of the mod in one place, with its unit in its name.

/** A total stays below this, so that it is exact in a double and sums of a few stay exact too. */
export const total_max = 2 ** 53 - 2 ** 32;

/** A port that gave or lacked something this recently is visited in the fast half of the round (two seconds: a slow inserter still swings). */
export const active_ticks = 120;

/** Requests change without an event when a section is switched or a group edited elsewhere: read again after ten seconds. */
export const requests_age_ticks_max = 600;

/** What nobody requested for a minute goes back to the cluster. */
export const leftover_ticks = 3600;

/** A whole report every five minutes, so that one lost line is never lost for long. */
export const full_report_ticks = 18000;

/** A report file is closed when it passes this, so that the bridge can delete what it has read. */
export const report_file_bytes_max = 256 * 1024;

/**
 * Of a bridge that says nothing, so much stands in report files at the most: a bridge that is there says something every fifteen
 * seconds, and no world has as much to say within that.
 */
export const unheard_bytes_max = 4 * 1024 * 1024;

/** What waits for a bridge that pulls: it comes within a second, and what is said beyond it waits or is refused. */
export const outbox_bytes_max = 64 * 1024;

/** One answer to it, at least a line: replies of this length arrive in one packet. */
export const pull_bytes_max = 64 * 1024;

/** One hour: a bridge that is gone for longer than its lease must not be able to have promised for ever. */
export const lease_ticks_max = 216000;

/** Enough characters for 2^53 in base 32; more is no number of ours. */
export const compact_digits_max = 11;

/** A world's or an instance's id is short; a longer one is a mistake. */
export const id_bytes_max = 80;

/** Single precision at the highest temperatures of the game (5,000 degrees) is off by half of a thousandth. */
export const degrees_slack = 1 / 1024;

/** Energy is counted in whole units of so many joules. */
export const joules_per_unit = 1e6;

/** The finest part of a unit that is told apart: that of the engine's own fluid amounts. Sums of such parts are exact. */
export const unit_grain = 1 / 2 ** 24;

/** More than any tank holds, and exact in every number format on the way. */
export const tank_amount_max = 1e9;

/** No fluid of the game or of a mod is hotter; the resource's name has room for seven digits. */
export const degrees_max = 9999999;

/** Ten seconds: a port that was served within them does not wait, and a text does not flicker. */
export const supply_window_ticks = 600;

export const ticks_per_second = 60;

/** Of each list in the overview: a window that fits the screen. */
export const overview_rows_max = 12;

/** Resources whose figures in the cluster are asked for while somebody looks: two dozen bytes each every few seconds. */
export const looked_at_max = 16;

/** Figures are said again every six seconds while somebody looks; older ones are history. */
export const figures_age_ticks_max = 600;

/** A signal is a signed 32-bit number. */
export const signal_max = 2 ** 31 - 1;

/** Orders of other mods: more than a mod for all items of a modpack would place, and still nothing beside ten thousand chests. */
export const orders_max = 10000;

/** In one call or order: more than any base holds, and far below total_max. */
export const remote_count_max = 1e9;

/** A message: ten ticks of RCON to ten players. */
export const message_bytes_max = 1000;

/** What is said in the game, for a log: longer words are cut. */
export const happening_bytes_max = 500;

/** As a mod's name and a word after it. */
export const channel_bytes_max = 64;

/** As the cluster's ids. */
export const instance_bytes_max = 32;

/** Two messages a second in the long run: with a hundred such worlds a game still takes in all of it. */
export const message_ticks = 30;

/** So many at once after a silence. */
export const message_allowance_max = 20;

/** Messages come one a tick at most; only a game that does not tick has more of them waiting. */
export const inbox_messages_max = 100;

export const wrap_modulus = 2 ** 32;

/** One transmitter's: more than a circuit network is ever shown with. */
export const channel_signals_max = 2000;

/** Of one feed, a hundred bytes each in the save: all items of a large modpack. */
export const feed_slots_max = 5000;

/** Changes that wait to be shown; beyond them it is cheaper to write everything anew. */
export const feed_log_max = 10000;

/** The game's own limit for one section (max_logistic_filter_count). */
export const section_slots_max = 1000;

/** Six statements a second about a channel: what changes faster is said as it is then. */
export const say_ticks = 10;

/** As the cluster's: a name that fits into the window and, encoded, into a subject. */
export const signal_channel_bytes_max = 40;

/** Signals that one inventory combinator can be limited to: what its window has room for. */
export const filters_max = 20;

/** Storage levels that one mod watches: as many as change in a second still go into a game beside everything else. */
export const watched_signals_max = 500;
