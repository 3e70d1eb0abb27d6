/* Included before every file of Lua: see host.c. */
struct lua_State;
__attribute__((import_module("host"), import_name("try")))
void host_try (void (*f)(struct lua_State *, void *), struct lua_State *L, void *ud);
__attribute__((import_module("host"), import_name("throw"), noreturn))
void host_throw (void);

#define LUAI_TRY(L,c,a)		host_try(f, L, ud);
#define LUAI_THROW(L,c)		host_throw()
#define luai_jmpbuf		int
#define luai_makeseed()		0u
#define LUA_IEEE754TRICK
#define LUA_IEEEENDIAN		0
#define l_signalT		int
