import { sizeText } from "#core/terminal/size";

test.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_024, "1.0 KiB"],
  [209_715, "204.8 KiB"],
  [2_202_010, "2.1 MiB"],
  [4_096 * 1_024 ** 2, "4.00 GiB"],
  [3 * 1_024 ** 5, "3072.00 TiB"],
])("%d bytes are %s wherever they are told", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
