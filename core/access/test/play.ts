import { type Book, book as bookShape, emptyBook, withRoots } from "#core/access/book";
import { type Context, decideAccess, decideJoin, decideRenewal } from "#core/access/decide";
import { type AccessCommand, type AccessRequest, accessCommands } from "#core/events/access";

export const NOW = 1_700_000_000_000;
export const key = (letter: string) => `U${letter.repeat(55)}`;
export const instances = ["eu-north", "eu-south", "us-east"];
export const begun = withRoots(emptyBook(NOW), { admins: [{ id: "root", publicKey: key("R") }], slaves: [] }, NOW);

/** A book, commanded by one after another. */
export class Play {
  constructor(
    public book: Book = begun,
    public now = NOW,
  ) {}
  instances: readonly string[] = instances;
  as<C extends AccessCommand>(caller: string, command: C, request: AccessRequest<C>) {
    const context: Context = { book: this.book, caller, instances: this.instances, now: this.now };
    const decision = decideAccess(context, command, accessCommands[command].parse(request) as AccessRequest<C>);
    this.book = bookShape.parse(decision.book);
    return decision;
  }
  join(token: string, publicKey: string, name?: string, days?: number) {
    const decision = decideJoin({ book: this.book, now: this.now }, { token, publicKey, name, days });
    this.book = decision.book;
    return decision;
  }
  renew(slave: string, publicKey: string) {
    const decision = decideRenewal({ book: this.book, now: this.now }, { slave, publicKey });
    this.book = bookShape.parse(decision.book);
    return decision;
  }
  user(id: string, ...roles: string[]) {
    return this.as("root", "user.create", { user: id, roles, publicKey: key("A") });
  }
}
