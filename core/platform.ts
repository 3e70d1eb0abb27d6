/** Undefined where the programs run, else one line on what to do. */
export const platformProblem = (platform: string, arch: string): string | undefined => {
  if (platform === "linux" && (arch === "x64" || arch === "arm64")) return undefined;
  const here = `${platform} on ${arch}`;
  if (platform === "win32") return `clusterio does not run on ${here}: use WSL2 (Linux x64 or arm64) on this machine`;
  return `clusterio does not run on ${here}: it needs Linux on x64 or arm64`;
};
