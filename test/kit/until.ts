/** Polls until the condition gives something truthy and returns that; fails with what it waited for. */
export const until = async <T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, what }: { timeoutMs?: number; what: string },
): Promise<NonNullable<T>> => {
  const deadline = performance.now() + timeoutMs;
  for (let pause = 1; ; pause = Math.min(25, pause * 2)) {
    const value = await condition();
    if (value) return value;
    if (performance.now() >= deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};
