// No art of our own: a base prototype's graphics with a colour over them.
import type { Color } from "factorio:prototype";

type Layer = { filename?: string; draw_as_shadow?: boolean; tint?: Color };

/** Sets the colour on every drawn layer below `graphics`; shadows keep theirs. */
export function tintLayers(graphics: unknown, tint: Color): void {
  if (typeof graphics !== "object" || graphics === undefined) return;
  const layer = graphics as Layer;
  if (layer.filename !== undefined && layer.draw_as_shadow !== true) layer.tint = tint;
  for (const [, inner] of pairs(graphics as LuaTable<string, unknown>)) {
    if (inner !== tint) tintLayers(inner, tint);
  }
}
