import { open } from "node:fs/promises";

/** After a power cut a name is in its folder for sure only once the folder itself was flushed. */
export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};
