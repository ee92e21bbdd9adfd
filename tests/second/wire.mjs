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

  /** W1: of 2, 4 or 8 bytes. */
  unsigned(widest = 4) {
    const first = this.u8();
    if (first < 251) return first;
    const length = { 251: 2, 252: 4, 253: 8 }[first];
    if (!length || length > widest) throw new Error(`marker ${first}`);
    return this.raw(length).reduceRight((number, byte) => number * 256 + byte, 0);
  }

  /** W2 */
  signed() {
    return unfolded(this.unsigned());
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
    const byte = this.u8();
    if (byte > 1) throw new Error(`bool ${byte}`);
    return byte === 1;
  }

  option(read) {
    return this.bool() ? read() : undefined;
  }

  /** W7: an entry has a byte at least. */
  length() {
    const length = this.unsigned(8);
    if (length > this.bytes.length - this.at) throw new Error(`a length of ${length}`);
    return length;
  }

  list(read) {
    return Array.from({ length: this.length() }, read);
  }

  text() {
    const bytes = this.raw(this.length());
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return bytes;
  }

  point() {
    return [this.signed(), this.signed()];
  }

  /** W5 */
  end() {
    if (this.at !== this.bytes.length) throw new Error('bytes follow the end of the message');
  }
}

/** W1 */
function unsignedBytes(number) {
  const raw = (count) => Array.from({ length: count }, (_, i) => Math.floor(number / 256 ** i) % 256);
  if (number < 251) return [number];
  if (number < 2 ** 16) return [251, ...raw(2)];
  return number < 2 ** 32 ? [252, ...raw(4)] : [253, ...raw(8)];
}

const word = (number) => [number & 255, number >> 8];

/** H1 */
export function hello({ version, ticket, resume, checksums, in_full }) {
  const credential = new TextEncoder().encode(ticket ?? resume);
  const wants = [Number(checksums), Number(in_full)];
  const kind = ticket === undefined ? 1 : 0;
  return [0, ...unsignedBytes(version), kind, ...unsignedBytes(credential.length), ...credential, ...wants];
}

/** I1: inputs are [steering, aim, buttons]. */
export function inputs({ first_tick, seen_ago, inputs: list }) {
  const input = ([steer, aim, buttons]) => [steer, ...word(aim), buttons];
  return [1, ...unsignedBytes(first_tick), ...word(seen_ago), list.length, ...list.flatMap(input)];
}

/** C6 */
export const ping = ({ nonce }) => [2, ...unsignedBytes(nonce)];

/** K1 */
export function chat({ channel, phrase, text }) {
  if (phrase !== undefined) return [4, channel, 0, phrase];
  const words = new TextEncoder().encode(text);
  return [4, channel, 1, ...unsignedBytes(words.length), ...words];
}

/** S3: a row of bits, the lowest of each byte first. */
export class BitReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  bits(count) {
    let number = 0;
    for (let i = 0; i < count; i++, this.at++) {
      if (this.at >= this.bytes.length * 8) throw new Error('the state breaks off');
      number += ((this.bytes[this.at >> 3] >> (this.at & 7)) & 1) * 2 ** i;
    }
    return number;
  }

  flag() {
    return this.bits(1) === 1;
  }

  group(width) {
    let number = 0;
    for (let shift = 0; ; shift += width) {
      number += this.bits(width) * 2 ** shift;
      if (number > 0xffffffff || shift > 40) throw new Error('a number of more than 32 bits');
      if (!this.flag()) return number;
    }
  }

  signed(width) {
    return unfolded(this.group(width));
  }

  position() {
    const part = () => (this.bits(21) << 11) >> 11;
    return [part(), part()];
  }

  motion() {
    return { pos: this.position(), vel: [this.signed(6), this.signed(6)], steer: steering(this.bits(8)) };
  }

  /** A count, then before each entry the gap. */
  ids(each) {
    let next = 0;
    for (let count = small(this.group(4)); count > 0; count--) {
      const id = small(next + this.group(5));
      each(id);
      next = id + 1;
    }
  }

  /** What is left is 0, and less than a byte. */
  end() {
    const left = this.bytes.length * 8 - this.at;
    if (left >= 8 || this.bits(left) !== 0) throw new Error('the state is followed by more');
  }
}

/** Bits that hold 0 to max. */
export const width = (max) => (max > 0 ? 32 - Math.clz32(max) : 0);

export function small(number) {
  if (number > 65535) throw new Error('an id or a count beyond 65535');
  return number;
}

/** I3, dashes as well */
export function steering(code) {
  if (code > 224) throw new Error(`steering ${code}`);
  return code;
}

function unfolded(number) {
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
}
