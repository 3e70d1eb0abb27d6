/*
** What the host (lua-state.ts) sees of Lua: the libraries that mods may have,
** and errors that unwind through the host instead of longjmp.
*/
#include <stdint.h>
#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

__attribute__((export_name("si_run")))
void si_run (void (*f)(lua_State *, void *), lua_State *L, void *ud) {
  f(L, ud);
}

__attribute__((export_name("si_new")))
lua_State *si_new (void) {
  static const luaL_Reg libraries[] = {
    {"_G", luaopen_base}, {LUA_TABLIBNAME, luaopen_table},
    {LUA_STRLIBNAME, luaopen_string}, {LUA_BITLIBNAME, luaopen_bit32},
    {LUA_MATHLIBNAME, luaopen_math}, {LUA_DBLIBNAME, luaopen_debug},
    {NULL, NULL}
  };
  const luaL_Reg *lib;
  lua_State *L = luaL_newstate();
  for (lib = libraries; lib->func; lib++) {
    luaL_requiref(L, lib->name, lib->func, 1);
    lua_pop(L, 1);
  }
  return L;
}

/*
** The C library's allocator grows by one page of 64 kB at a time, and each growth costs the host a millisecond: it
** gets 16 MB at once, of which the machine gives what is touched. Takes the place of wasi-libc's own.
*/
#define PAGE	((uintptr_t)65536)
#define STEP	((uintptr_t)16 << 20)

void *sbrk (intptr_t increment) {
  static uintptr_t end = 0;  /* of what was given out */
  uintptr_t there = __builtin_wasm_memory_size(0) * PAGE;
  uintptr_t old = end == 0 ? there : end;
  if (old + increment > there) {
    uintptr_t missing = old + increment - there;
    uintptr_t more = (missing + STEP - 1) / STEP * STEP;
    if (__builtin_wasm_memory_grow(0, more / PAGE) == (uintptr_t)-1 &&
        __builtin_wasm_memory_grow(0, (missing + PAGE - 1) / PAGE) == (uintptr_t)-1)
      return (void *)-1;
  }
  end = old + increment;
  return (void *)old;
}
