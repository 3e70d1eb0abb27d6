import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { FACT_VERSION, type FactBody } from "#core/events/facts";
import type { InstanceId, SlaveId } from "#core/ids";

/** The bytes of one fact: a CloudEvent in structured JSON. `number` rises within the bridge's boot. */
export const encodeFact = (
  from: { readonly slave: SlaveId; readonly instance: InstanceId; readonly boot: Boot; readonly number: number },
  now: number,
  body: FactBody,
): Uint8Array =>
  encodeJson({
    specversion: "1.0",
    id: `${from.boot}-${from.number}`,
    type: body.type,
    v: FACT_VERSION,
    time: new Date(now).toISOString(),
    source: `${from.slave}/${from.instance}`,
    data: body.data,
  });
