/** A copy that its giver cannot change any more. From a pool: memory of its own would cost more than the copying. */
export const copyOf = (bytes: Uint8Array): Uint8Array => {
  const { buffer, byteOffset, byteLength } = Buffer.from(bytes);
  return new Uint8Array(buffer, byteOffset, byteLength);
};
