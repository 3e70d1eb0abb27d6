import { COMMAND_BYTES_MAX, type RconAddress, type RconClient, RconError, REQUESTS_MAX } from "#bridge/rcon/client";
import { FramedRcon } from "#bridge/rcon/framed-rcon";
import { badInput, messageOf, unavailable } from "#core/errors";

const PORT_MAX = 65_535;

/**
 * Connects and logs in.
 * @throws ClusterioError `bad-input` for a wrong password or an address that can't be one, `unavailable` for the rest
 */
export const connectRcon = async ({ host, port, password, timeoutMs }: RconAddress): Promise<RconClient> => {
  const where = `RCON at ${host}:${port}`;
  if (host.trim() === "") throw badInput("RCON needs a host");
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) throw badInput(`${port} is no port for RCON`);
  if (password.trim() === "") throw badInput(`${where} needs a password`);
  const rcon = new FramedRcon({ host, port, password });
  try {
    await within(timeoutMs, rcon.connect());
    if (rcon.closedBecause !== undefined) throw new Error(rcon.closedBecause);
  } catch (error) {
    rcon.abandon("connecting failed");
    if (rcon.passwordRefused) throw badInput(`${where} refused the password`);
    throw unavailable(`${where} can't be used: ${causeOf(error)}`, error);
  }
  return new Connection(rcon, where, timeoutMs);
};

class Connection implements RconClient {
  #underWay = 0;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly rcon: FramedRcon,
    private readonly where: string,
    private readonly timeoutMs: number,
  ) {}

  async send(command: string, timeoutMs = this.timeoutMs): Promise<string> {
    this.#refuseUnsendable(command);
    this.#underWay++;
    const answer = this.rcon.send(command).finally(() => {
      this.#underWay--;
    });
    try {
      return await within(timeoutMs, answer);
    } catch (error) {
      const message = `${this.where} didn't answer: ${causeOf(error)}; the command may have been carried out`;
      throw new RconError("unavailable", message, true, { cause: error });
    }
  }

  onClose(listener: (reason: string) => void): () => void {
    let wanted = true;
    const call = (reason: string) => {
      if (wanted) listener(reason);
      wanted = false;
    };
    if (this.rcon.closedBecause !== undefined) call(this.rcon.closedBecause);
    else this.rcon.closed.then(call);
    return () => {
      wanted = false;
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.rcon.closed.then(() => {});
    this.rcon.abandon("closed by this side");
    return this.#closing;
  }

  #refuseUnsendable(command: string): void {
    const refuse = (code: "bad-input" | "unavailable", message: string) => new RconError(code, message, false);
    if (this.rcon.closedBecause !== undefined)
      throw refuse("unavailable", `${this.where} is gone: ${this.rcon.closedBecause}`);
    if (command.trim() === "") throw refuse("bad-input", "the game never answers an empty command: none was sent");
    if (command.includes("\0"))
      throw refuse("bad-input", "a zero character would end the command early: none was sent");
    const bytes = Buffer.byteLength(command);
    if (bytes > COMMAND_BYTES_MAX)
      throw refuse("bad-input", `a command of ${bytes} bytes was not sent: ${COMMAND_BYTES_MAX} are the most`);
    if (this.#underWay >= REQUESTS_MAX)
      throw refuse("unavailable", `${this.where} owes ${REQUESTS_MAX} answers: no more are asked for`);
  }
}

/** The promise's result, or an error when it takes longer; what comes later is ignored. */
const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing came within ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });

/** rcon-ts wraps what the socket said. */
const causeOf = (error: unknown): string => {
  const inner = error instanceof Error && "innerException" in error ? error.innerException : undefined;
  return inner === undefined ? messageOf(error) : causeOf(inner);
};
