import { originsOf } from "#ctl/init/command";

test.each(["https://panel.example", "https://panel.example:8443", "http://localhost:3000"])(
  "%s is a page's origin",
  (origin) => {
    expect(originsOf([origin, origin])).toEqual([origin]);
  },
);

test.each([
  "*",
  "",
  "panel.example",
  "http://panel.example",
  "https://panel.example/x",
  "https://a:b@panel.example",
  "null",
  "https://*.example/",
])("%p is none", (origin) => {
  expect(() => originsOf(["https://panel.example", origin])).toThrow(`--origin ${origin}`);
});
