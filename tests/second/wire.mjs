// Values as bytes: section W of docs/PROTOCOL.md.

export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  raw(count) {
    if (this.at + count > this.bytes.length) throw new Error('the message breaks off');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  u8() {
    return this.raw(1)[0];
  }

  i8() {
    return (this.u8() << 24) >> 24;
  }

  /** W1 */
  unsigned() {
    const first = this.u8();
    if (first < 251) return first;
    const length = { 251: 2, 252: 4, 253: 8 }[first];
    if (!length) throw new Error(`marker ${first}`);
    return this.raw(length).reduceRight((number, byte) => number * 256 + byte, 0);
  }

  /** W2 */
  signed() {
    const folded = this.unsigned();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  f32() {
    const bytes = this.raw(4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  }

  angle() {
    const [low, high] = this.raw(2);
    return low | (high << 8);
  }

  bool() {
    return this.u8() === 1;
  }

  option(read) {
    return this.bool() ? read() : undefined;
  }

  list(read) {
    return Array.from({ length: this.unsigned() }, read);
  }

  text() {
    return this.raw(this.unsigned());
  }

  point() {
    return [this.signed(), this.signed()];
  }

  /** W5 */
  end() {
    if (this.at !== this.bytes.length) throw new Error('bytes follow the end of the message');
  }
}
