/** What an operator should look at about one instance, by who says it: each of them takes back only its own. */
export class Alarms {
  #said: { supervisor?: string; saves?: string; link?: string } = {};

  /** All of them, or undefined. */
  get text(): string | undefined {
    const { supervisor, saves, link } = this.#said;
    const all = [supervisor, saves, link].filter((one) => one !== undefined);
    return all.length === 0 ? undefined : all.join("\n");
  }

  /** True when that is another one than before. */
  set(of: "supervisor" | "saves" | "link", message: string | undefined): boolean {
    if (this.#said[of] === message) return false;
    const { [of]: _, ...others } = this.#said;
    this.#said = message === undefined ? others : { ...others, [of]: message };
    return true;
  }
}
