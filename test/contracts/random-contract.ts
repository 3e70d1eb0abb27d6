import { type Random, randomText } from "#core/ports/random";

export const randomContract = (name: string, make: () => Random): void => {
  describe(`${name} keeps the contract of chance`, () => {
    test("it gives as many bytes as asked for, other ones each time", () => {
      const random = make();
      for (const count of [0, 1, 3, 4, 33]) expect(random.bytes(count)).toHaveLength(count);
      expect([...random.bytes(16)]).not.toEqual([...random.bytes(16)]);
    });

    test("every value of a byte comes about equally often", () => {
      const counts = new Array<number>(256).fill(0);
      for (const byte of make().bytes(256 * 1_000)) counts[byte]!++;
      // Standard deviation 32: eight of them away is a broken source, not bad luck.
      expect(Math.min(...counts)).toBeGreaterThan(740);
      expect(Math.max(...counts)).toBeLessThan(1_260);
    });

    test("text is drawn from 0-9a-z", () => {
      expect(randomText(make(), 200)).toMatch(/^[0-9a-z]{200}$/);
    });
  });
};
