let bytesRead: Uint8Array = new Uint8Array();
let content: unknown;

/**
 * What a message of JSON says. Several look at the same one right after another, and nobody changes it: it is read once for them.
 */
export const contentOf = <T>(bytes: Uint8Array): T => {
  if (bytes !== bytesRead) {
    content = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    bytesRead = bytes;
  }
  return content as T;
};
