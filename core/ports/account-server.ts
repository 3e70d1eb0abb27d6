/** The broker as the keeper of accounts' tokens: its system account, as a port. */
export interface AccountServer {
  /** Takes effect on live connections within milliseconds. @throws ClusterioError `unavailable` when the broker did not take it. */
  push(jwt: string): Promise<void>;
}
