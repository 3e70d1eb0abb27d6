import { readFileSync } from "node:fs";
import { packagePath, runtimeFiles } from "#sim/factorio/package-files";

/**
 * One real Lua 5.2.4 state, compiled to WebAssembly, with the stand-in's runtime loaded. Strings in, strings out: there
 * are no callbacks into JavaScript, so nothing that the host does can get between two Lua statements.
 *
 * Each state has a WebAssembly instance of its own: its memory goes when the state does. `next` goes by the order of
 * insertion, as the game's does: lua/vm/README.md.
 */
export class LuaState {
  readonly #lua: Lua;
  readonly #state: number;
  readonly #length: number;
  #buffer = 0;
  #capacity = 0;
  #closed = false;

  constructor() {
    this.#lua = instantiate();
    this.#state = this.#lua.si_new();
    this.#length = this.#lua.malloc(4);
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
    if (!this.#closed) this.#lua.lua_close(this.#state);
    this.#closed = true;
  }

  #execute(source: string): void {
    const { pointer, length } = this.#put(source);
    if (this.#lua.luaL_loadbufferx(this.#state, pointer, length, pointer, 0) !== 0) throw new LuaError(this.#failure());
    if (this.#lua.lua_pcallk(this.#state, 0, 0, 0, 0, 0) !== 0) throw new LuaError(this.#failure());
  }

  #invoke(name: string, args: readonly (string | Uint8Array)[], results: 0 | 1): Uint8Array {
    if (this.#closed) throw new Error("this Lua state is closed");
    this.#lua.lua_getglobal(this.#state, this.#put(name).pointer);
    for (const argument of args) {
      const { pointer, length } = this.#put(argument);
      this.#lua.lua_pushlstring(this.#state, pointer, length);
    }
    if (this.#lua.lua_pcallk(this.#state, args.length, results, 0, 0, 0) !== 0) throw new LuaError(this.#failure());
    const bytes = results === 0 ? new Uint8Array() : this.#top();
    this.#lua.lua_settop(this.#state, 0);
    return bytes;
  }

  /** Copies text into Lua's memory, with a zero behind it; valid until the next put. */
  #put(text: string | Uint8Array): { readonly pointer: number; readonly length: number } {
    const needed = (typeof text === "string" ? text.length * 3 : text.length) + 1;
    if (needed > this.#capacity) {
      this.#capacity = Math.max(needed * 2, 1 << 16);
      this.#buffer = this.#lua.malloc(this.#capacity);
    }
    const heap = new Uint8Array(this.#lua.memory.buffer, this.#buffer, this.#capacity);
    const length = typeof text === "string" ? encoder.encodeInto(text, heap).written : text.length;
    if (typeof text !== "string") heap.set(text);
    heap[length] = 0;
    return { pointer: this.#buffer, length };
  }

  #top(): Uint8Array {
    const pointer = this.#lua.lua_tolstring(this.#state, -1, this.#length);
    const size = new DataView(this.#lua.memory.buffer).getUint32(this.#length, true);
    return new Uint8Array(this.#lua.memory.buffer, pointer, size).slice();
  }

  #failure(): string {
    const text = decoder.decode(this.#top());
    this.#lua.lua_settop(this.#state, 0);
    return text;
  }
}

/** What Lua code raised, a mod's error included. */
export class LuaError extends Error {
  override readonly name = "LuaError";
}

/** What lua/vm/build.sh exports. */
interface Lua {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __stack_pointer: { value: number };
  _initialize(): void;
  malloc(bytes: number): number;
  si_new(): number;
  si_run(f: number, state: number, context: number): void;
  luaL_loadbufferx(state: number, text: number, length: number, name: number, mode: number): number;
  lua_pcallk(state: number, args: number, results: number, handler: number, context: number, k: number): number;
  lua_getglobal(state: number, name: number): void;
  lua_pushlstring(state: number, text: number, length: number): void;
  lua_tolstring(state: number, index: number, length: number): number;
  lua_settop(state: number, index: number): void;
  lua_close(state: number): void;
}

/** What of the WebAssembly interface is used: it is in no library that a Node program without a browser's types has. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

const PLUS = 43;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

let compiled: object | undefined;

/** What Lua's errors unwind the WebAssembly stack with: lua/vm/host.h. */
const THROWN = new Error("a Lua error outside of a protected call");

/** What the C library asks of the system: there are no files, whichever it means. */
const BAD_DESCRIPTOR = 8;
const noFiles = new Proxy({}, { get: () => () => BAD_DESCRIPTOR });

/** A fresh instance of the Lua module, with a memory of its own. */
const instantiate = (): Lua => {
  compiled ??= new WebAssembly.Module(readFileSync(packagePath("sim/factorio/lua/vm/lua-5.2.4.wasm")));
  const host = {
    throw: () => {
      throw THROWN;
    },
    try: (f: number, state: number, context: number) => {
      const stack = lua.__stack_pointer.value;
      try {
        lua.si_run(f, state, context);
      } catch (error) {
        if (error !== THROWN) throw error;
        lua.__stack_pointer.value = stack;
      }
    },
  };
  const instance = new WebAssembly.Instance(compiled, { host, wasi_snapshot_preview1: noFiles });
  const lua = instance.exports as Lua;
  lua._initialize();
  return lua;
};
