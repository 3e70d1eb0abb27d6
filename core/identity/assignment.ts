import { isSignedBy, keyOf } from "#core/adapters/node-keys";
import { badInput } from "#core/errors";
import { type InstanceId, instanceId, isId, type SlaveId, slaveId } from "#core/ids";

/** "This instance belongs to this slave since this epoch", as the leader says it. */
export interface Assignment {
  readonly instance: InstanceId;
  readonly slave: SlaveId;
  readonly epoch: number;
}

/** `v1.<instance>.<slave>.<epoch>.<signature>`: ids have no dots. */
const SIGNED = /^v1\.([^.]+)\.([^.]+)\.(0|[1-9][0-9]{0,15})\.([A-Za-z0-9_-]{86})$/;
const LENGTH_MAX = 256;

/** What is signed names its own kind, so that no other signature of this key can stand for an assignment. */
const statement = ({ instance, slave, epoch }: Assignment): Uint8Array =>
  new TextEncoder().encode(`clusterio assignment v1.${instance}.${slave}.${epoch}`);

export const signAssignment = (assignment: Assignment, seed: string): string => {
  const { instance, slave, epoch } = assignment;
  instanceId(instance);
  slaveId(slave);
  if (!Number.isSafeInteger(epoch) || epoch < 0) throw badInput(`${epoch} is not an epoch`);
  const signature = keyOf(seed).sign(statement(assignment));
  return `v1.${instance}.${slave}.${epoch}.${Buffer.from(signature).toString("base64url")}`;
};

/** The assignment, or undefined when the text is not one that this key signed. */
export const verifyAssignment = (text: string, publicKey: string): Assignment | undefined => {
  if (text.length > LENGTH_MAX) return undefined;
  const [, instance, slave, epochText, signature] = SIGNED.exec(text) ?? [];
  if (instance === undefined || slave === undefined || epochText === undefined || signature === undefined)
    return undefined;
  const epoch = Number(epochText);
  if (!isId(instance) || !isId(slave) || !Number.isSafeInteger(epoch)) return undefined;
  const assignment = { instance: instanceId(instance), slave: slaveId(slave), epoch };
  const signed = isSignedBy(publicKey, statement(assignment), Buffer.from(signature, "base64url"));
  return signed ? assignment : undefined;
};
