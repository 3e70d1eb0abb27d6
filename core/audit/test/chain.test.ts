import fc from "fast-check";
import { audit, historyStep, ledgerOf, resealed, stored } from "#core/audit/test/kit";
import { contended, lastRound } from "#core/audit/test/trade";
import type { LedgerMessage, LedgerMessages } from "#core/events/ledger";
import { PLATE } from "#core/fold/test/kit";

/** V1, V2 and V11: what the hashes, numbers and times of a ledger tell. */
const steps = fc.array(historyStep, { maxLength: 50, size: "max" });

describe("somebody who does not put the hashes right", () => {
  test("a removed message is missed where it stood, with and without its sequence", () => {
    fc.assert(
      fc.property(steps, fc.nat(), (history, pick) => {
        const messages = ledgerOf(history);
        const index = pick % (messages.length - 1);
        const whole = stored(messages);
        const cut = whole.filter((_, at) => at !== index);
        expect(audit(cut).finding).toMatchObject({ rule: "sequence", seq: index + 1 });
        const renumbered = cut.map((message, at) => ({ ...message, seq: at + 1 }));
        expect(audit(renumbered).finding).toMatchObject({ rule: "chain", seq: index + 1 });
        const relinked = messages.filter((_, at) => at !== index);
        expect(audit(stored(resealed(relinked))).finding).toMatchObject({ rule: "header", seq: index + 1 });
      }),
      { seed: 20_261_135, numRuns: 40 },
    );
  });

  test("one changed byte is found at its message, by the sum that the message carries", () => {
    fc.assert(
      fc.property(steps, fc.nat(), (history, pick) => {
        const messages = stored(ledgerOf(history));
        const index = pick % (messages.length - 1);
        const text = new TextDecoder().decode(messages[index]!.data);
        const data = new TextEncoder().encode(`${text} `);
        const changed = messages.map((message, at) => (at === index ? { ...message, data } : message));
        expect(audit(changed).finding).toMatchObject({ rule: "format", seq: index + 1 });
      }),
      { seed: 20_261_136, numRuns: 40 },
    );
  });

  test("any one byte changed, any message dropped, doubled or put elsewhere: each is found", () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (history, pick, place, bits) => {
        const messages = stored(ledgerOf(history));
        // What follows the last message is not there to tell of it.
        const at = pick % (messages.length - 1);
        const to = place % (messages.length - 1);
        const data = messages[at]!.data.slice();
        data[place % data.length]! ^= bits;
        const moved = messages.toSpliced(at, 1).toSpliced(to, 0, messages[at]!);
        const numbered = (some: typeof messages) => some.map((message, index) => ({ ...message, seq: index + 1 }));
        expect(audit(messages.with(at, { ...messages[at]!, data })).finding).toBeDefined();
        expect(audit(numbered(messages.toSpliced(at, 1))).finding).toBeDefined();
        expect(audit(numbered(messages.toSpliced(to, 0, messages[at]!))).finding).toBeDefined();
        if (at !== to) expect(audit(numbered(moved)).finding).toBeDefined();
      }),
      { seed: 20_261_137, numRuns: 30 },
    );
  });

  test("negative storage and what is no JSON are found where they stand", () => {
    const messages = contended(10, [3, 4]);
    lastRound(messages).storage![PLATE] = -3;
    expect(audit(stored(resealed(messages))).finding).toMatchObject({ rule: "format", seq: messages.length });
    const broken = stored(contended(10, [3, 4]));
    broken[4] = { ...broken[4]!, data: new TextEncoder().encode("{") };
    expect(audit(broken).finding).toMatchObject({ rule: "format", seq: 5 });
  });

  test("time, number and leader that go back are found", () => {
    for (const change of [{ closedAt: 1 }, { round: 1 }, { boot: "000000000-aaaa" as never }]) {
      const messages = contended(10, [3, 4]);
      Object.assign(lastRound(messages), change);
      expect(audit(stored(resealed(messages))).finding).toMatchObject({ rule: "header", seq: messages.length });
    }
  });
});

describe("void messages", () => {
  const voidOf = (messages: readonly LedgerMessage[], boot: string): LedgerMessage => {
    const { data } = structuredClone(messages.at(-1)!) as LedgerMessages["round"];
    return { type: "round", data: { ...data, boot: boot as never, prev: "x".repeat(43) } };
  };

  test("the word of a leader whose history was cut off is skipped, counted and shown", () => {
    const messages = contended(10, [3, 4]);
    const at = messages.length - 1;
    const all = [...messages.slice(0, at), voidOf(messages.slice(0, at), "00000000a-0000"), messages[at]!];
    const { finding, auditor } = audit(stored(all));
    expect(finding).toBeUndefined();
    expect(auditor.chain.voids).toMatchObject([{ seq: at + 1, boot: "00000000a-0000" }]);
    expect(auditor.tally.valid).toBe(messages.length);
  });

  test("a leader that contradicts itself has broken the chain, also when it goes on", () => {
    const messages = contended(10, [3, 4]);
    const at = messages.length - 1;
    const contradiction = voidOf(messages.slice(0, at), messages[at - 1]!.data.boot);
    const all = [...messages.slice(0, at), contradiction, messages[at]!];
    expect(audit(stored(all)).finding).toMatchObject({ rule: "chain", seq: at + 1 });
  });

  test("a later leader's messages that nothing continues are a broken chain", () => {
    const messages = contended(10, [3, 4]);
    const later = voidOf(messages, "zzzzzzzzz-aaaa");
    expect(audit(stored([...messages, later])).finding).toMatchObject({ rule: "chain", seq: messages.length + 1 });
  });
});
