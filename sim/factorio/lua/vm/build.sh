#!/usr/bin/env bash
# Makes lua-5.2.4.wasm again: build.sh FOLDER, where FOLDER holds the unpacked sources of Lua 5.2.4. Needs patch, clang and
# wasm-ld 14 or newer and wasi-libc; on Debian: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32 && apt-get source lua5.2
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$1/src" "$work/src"
patch -s -d "$work" -p1 < "$here/insertion-order.patch"
files=()
for name in lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate lstring ltable ltm lundump lvm \
  lzio lauxlib lbaselib lbitlib ldblib lmathlib lstrlib ltablib; do files+=("src/$name.c"); done
exports=()
for name in malloc __stack_pointer luaL_loadbufferx lua_pcallk lua_getglobal lua_pushlstring lua_tolstring lua_settop lua_close; do
  exports+=("-Wl,--export=$name")
done
cp "$here"/host.[ch] "$work"
mkdir "$work/shim"
cp "$here/setjmp.h" "$work/shim"
cd "$work"
"${CC:-clang}" --target=wasm32-wasi -O2 -mexec-model=reactor -include host.h -I shim -I src -o lua.wasm host.c "${files[@]}" \
  "${exports[@]}" -Wl,--strip-all -Wl,-z,stack-size=1048576
cp lua.wasm "$here/lua-5.2.4.wasm"
cd "$here"
sha256sum build.sh host.c host.h insertion-order.patch lua-5.2.4.wasm setjmp.h > lua-5.2.4.sha256
