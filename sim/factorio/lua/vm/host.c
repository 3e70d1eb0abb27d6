/*
** What the host (lua-state.ts) sees of Lua: the libraries that mods may have,
** and errors that unwind through the host instead of longjmp.
*/
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
