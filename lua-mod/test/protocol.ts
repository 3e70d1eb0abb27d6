// The game protocol's replies as these tests read them.

export type Vector = Record<string, number>;

export interface WholeState {
  v: number;
  mod: string;
  game: string;
  token: string;
  instance: string;
  world: string;
  tick: number;
  seed: number;
  names: string[];
  exported: Vector;
  received: Vector;
  wanted: Vector;
  atLoad: Vector;
  untakeable: string[];
  renamed?: Record<string, string>;
  file: string;
}

export interface Report {
  token: string;
  seq: number;
  tick: number;
  full?: true;
  names: Record<string, string>;
  exported: Vector;
  received: Vector;
  wanted: Vector;
  untakeable?: string[];
}

export interface Refusal {
  error: string;
  message: string;
}

/** A reader of one session: folds its whole state and its reports into totals by resource name. */
export class Mirror {
  readonly names: string[];
  readonly exported: Vector = {};
  readonly received: Vector = {};
  readonly wanted: Vector = {};
  seq = 0;

  constructor(state: WholeState) {
    this.names = [...state.names];
    this.take(state);
  }

  read(report: Report): void {
    expect(report.seq).toBe(this.seq + 1);
    this.seq = report.seq;
    for (const [number, name] of Object.entries(report.names)) this.names[Number(number)] = name;
    for (const number of Object.keys(report.wanted)) expect(report.received).toHaveProperty(number);
    this.take(report);
  }

  private take(vectors: Pick<Report, "exported" | "received" | "wanted">): void {
    for (const key of ["exported", "received", "wanted"] as const) {
      for (const [number, total] of Object.entries(vectors[key])) {
        const name = this.names[Number(number)];
        if (name === undefined) throw new Error(`number ${number} was never given a name`);
        this[key][name] = total;
      }
    }
  }

  /** Without zeros, to compare with what the mod says of itself. */
  totals(): { exported: Vector; received: Vector } {
    return { exported: withoutZeros(this.exported), received: withoutZeros(this.received) };
  }
}

export function withoutZeros(vector: Vector): Vector {
  return Object.fromEntries(Object.entries(vector).filter(([, total]) => total !== 0));
}
