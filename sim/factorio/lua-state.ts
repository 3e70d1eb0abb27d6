import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runtimeFiles } from "#sim/factorio/package-files";

/**
 * One real Lua 5.2.4 state, compiled to WebAssembly, with the stand-in's runtime loaded. Strings in, strings out: there
 * are no callbacks into JavaScript, so nothing that the host does can get between two Lua statements.
 *
 * Each state has a WebAssembly instance of its own: its memory goes when the state does, and its string hashes (thus the
 * order of `next`) are the same in every run.
 */
export class LuaState {
  readonly #glue: Glue;
  readonly #state: number;
  readonly #length: number;
  #buffer = 0;
  #capacity = 0;
  #closed = false;

  constructor() {
    this.#glue = instantiate();
    this.#state = atTimeZero(() => this.#glue._luaL_newstate());
    this.#glue._luaL_openlibs(this.#state);
    this.#length = this.#glue._malloc(4);
    const files = runtimeFiles();
    this.#execute(files.get("boot") ?? "");
    for (const [name, source] of files) this.#invoke("SI_FILE", [`${name}\n${source}`], 0);
  }

  /** Runs one of operations.lua; throws what it raised. */
  call(operation: string, argument: string | Uint8Array = ""): string {
    return decoder.decode(this.callBytes(operation, argument));
  }

  callBytes(operation: string, argument: string | Uint8Array = ""): Uint8Array {
    const result = this.#invoke("SI_CALL", [operation, argument], 1);
    const body = result.subarray(1);
    if (result[0] !== PLUS) throw new LuaError(decoder.decode(body));
    return body;
  }

  close(): void {
    if (!this.#closed) this.#glue._lua_close(this.#state);
    this.#closed = true;
  }

  #execute(source: string): void {
    if (this.#glue._luaL_loadstring(this.#state, this.#put(source)) !== 0) throw new LuaError(this.#failure());
    if (this.#glue._lua_pcallk(this.#state, 0, 0, 0, 0, 0) !== 0) throw new LuaError(this.#failure());
  }

  #invoke(name: string, args: readonly (string | Uint8Array)[], results: 0 | 1): Uint8Array {
    if (this.#closed) throw new Error("this Lua state is closed");
    this.#glue._lua_getglobal(this.#state, this.#put(name));
    for (const argument of args) this.#glue._lua_pushstring(this.#state, this.#put(argument));
    if (this.#glue._lua_pcallk(this.#state, args.length, results, 0, 0, 0) !== 0) throw new LuaError(this.#failure());
    const bytes = results === 0 ? new Uint8Array() : this.#top();
    this.#glue._lua_settop(this.#state, 0);
    return bytes;
  }

  /** Copies text into Lua's memory as a C string; valid until the next put. */
  #put(text: string | Uint8Array): number {
    const needed = (typeof text === "string" ? text.length * 3 : text.length) + 1;
    if (needed > this.#capacity) {
      this.#capacity = Math.max(needed * 2, 1 << 16);
      this.#buffer = this.#glue._malloc(this.#capacity);
    }
    const heap = this.#glue.HEAPU8.subarray(this.#buffer, this.#buffer + this.#capacity);
    const written = typeof text === "string" ? encoder.encodeInto(text, heap).written : text.length;
    if (typeof text !== "string") heap.set(text);
    heap[written] = 0;
    return this.#buffer;
  }

  #top(): Uint8Array {
    const pointer = this.#glue._lua_tolstring(this.#state, -1, this.#length);
    const size = new DataView(this.#glue.HEAPU8.buffer).getUint32(this.#length, true);
    return this.#glue.HEAPU8.slice(pointer, pointer + size);
  }

  #failure(): string {
    const text = decoder.decode(this.#top());
    this.#glue._lua_settop(this.#state, 0);
    return text;
  }
}

/** What Lua code raised, a mod's error included. */
export class LuaError extends Error {
  override readonly name = "LuaError";
}

interface Glue {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _luaL_newstate(): number;
  _luaL_openlibs(state: number): void;
  _luaL_loadstring(state: number, text: number): number;
  _lua_pcallk(state: number, args: number, results: number, handler: number, context: number, k: number): number;
  _lua_getglobal(state: number, name: number): void;
  _lua_pushstring(state: number, text: number): void;
  _lua_tolstring(state: number, index: number, length: number): number;
  _lua_settop(state: number, index: number): void;
  _lua_close(state: number): void;
}

/** What of the WebAssembly interface is used: it is in no library that a Node program without a browser's types has. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

interface Overrides {
  instantiateWasm(imports: object, done: (instance: { readonly exports: object }) => void): object;
  printErr(text: string): void;
}

const PLUS = 43;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const load = createRequire(__filename);
const GLUE = "lua-wasm-bindings/dist/glue/glue-lua-5.2.4";

let compiled: object | undefined;

/** A fresh instance of the Lua module, without the process-wide handlers that its glue installs. */
const instantiate = (): Glue => {
  compiled ??= new WebAssembly.Module(readFileSync(load.resolve(`${GLUE}.wasm`)));
  const wasm = compiled;
  const factory = load(`${GLUE}.js`) as (overrides: Overrides) => Glue;
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => new Set(process.rawListeners(event)));
  const glue = factory({
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(wasm, imports);
      done(instance);
      return instance.exports;
    },
    printErr: () => {},
  });
  for (const [i, event] of events.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[i]?.has(listener)) process.removeListener(event, listener as (...args: unknown[]) => void);
    }
  }
  return glue;
};

/** Lua mixes the time into its string hashes when a state is made; a constant keeps runs alike. */
const atTimeZero = <T>(make: () => T): T => {
  const now = Date.now;
  Date.now = () => 0;
  try {
    return make();
  } finally {
    Date.now = now;
  }
};
