/** A `._` companion as a Mac writes it (RFC 1740 appendix A): Finder information, and dates where given. */
export function appleDouble(facts: { readonly typeAndCreator?: string; readonly createdAt?: Date }): Buffer {
  const entries: { id: number; content: Buffer }[] = [];
  const finderInfo = Buffer.alloc(32);
  finderInfo.write(facts.typeAndCreator ?? '', 'latin1');
  entries.push({ id: 9, content: finderInfo });
  if (facts.createdAt !== undefined) {
    const dates = Buffer.alloc(16);
    dates.writeInt32BE((facts.createdAt.getTime() - Date.UTC(2000, 0, 1)) / 1000);
    entries.push({ id: 8, content: dates });
  }
  const head = Buffer.alloc(26 + 12 * entries.length);
  head.write('0005160700020000', 'hex');
  head.writeUInt16BE(entries.length, 24);
  let at = head.length;
  entries.forEach(({ id, content }, index) => {
    head.writeUInt32BE(id, 26 + 12 * index);
    head.writeUInt32BE(at, 30 + 12 * index);
    head.writeUInt32BE(content.length, 34 + 12 * index);
    at += content.length;
  });
  return Buffer.concat([head, ...entries.map(({ content }) => content)]);
}
