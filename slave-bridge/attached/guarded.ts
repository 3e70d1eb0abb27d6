import { isClusterioError, unavailable } from "#core/errors";

/**
 * Files that somebody else owns, on a mount that may go away: what the system refuses there (no right, a stale mount, a file that
 * its owner took away meanwhile) is told to whoever asked, and is no bug of ours.
 */
const refusedBySystem = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^E[A-Z0-9]+$/.test(error.code);

/** @throws ClusterioError `unavailable` for what the system refused. */
export const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (isClusterioError(error) || !refusedBySystem(error)) throw error;
    throw unavailable(`the attached server's folder cannot be used: ${error.message}`, error);
  }
};
