import { copyFile, stat, truncate } from "node:fs/promises";

/**
 * Keeps a file that another process appends to below a size: what it held moves to `<path>.1`. The writer has it open for appending, so it
 * goes on at the new end; a line that is written in between is lost.
 */
export const boundFile = async (path: string, bytesMax: number): Promise<void> => {
  const size = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  if (size <= bytesMax) return;
  await copyFile(path, `${path}.1`);
  await truncate(path, 0);
};
