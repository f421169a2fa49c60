/**
 * PostgreSQL's binary array format, written straight into one reusable buffer per column. It costs half of what
 * '{1,2,3}' texts cost in this process, and the same bytes feed the hash chain (DESIGN 4).
 */
const OID = { int8: 20, int2: 21, uuid: 2950 } as const;
const WIDTH = { int8: 8, int2: 2, uuid: 16 } as const;
export type ColumnType = keyof typeof OID;

/** Dimensions, null flag, element type, then length and lower bound of the one dimension: five int32. */
const HEADER_BYTES = 20;
const EMPTY_BYTES = 12;
const LENGTH_BYTES = 4;

const DASH = 45;
const NIBBLE = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) NIBBLE[digit.charCodeAt(0)] = value;

/** One array parameter under construction. Methods append; `encoded` gives the bytes, valid until the next `clear`. */
export class Column {
  readonly type: ColumnType;
  length = 0;
  #end = HEADER_BYTES;
  #bytes: Buffer;
  #view: DataView;

  constructor(type: ColumnType, rows = 1024) {
    this.type = type;
    this.#bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + rows * (LENGTH_BYTES + WIDTH[type]));
    this.#view = new DataView(this.#bytes.buffer);
    this.#writeHeader();
  }

  clear(): void {
    this.length = 0;
    this.#end = HEADER_BYTES;
  }

  /** An int8 given as bigint: money. */
  bigint(value: bigint): void {
    const at = this.#open(8); // first: it may replace the view
    this.#view.setBigInt64(at, value);
  }

  /** An int8 given as a safe integer: ids, sequence numbers, versions. */
  integer(value: number): void {
    const at = this.#open(8);
    this.#view.setInt32(at, Math.floor(value / 0x1_0000_0000));
    this.#view.setUint32(at + 4, value >>> 0);
  }

  /** An int2. */
  small(value: number): void {
    const at = this.#open(2);
    this.#view.setInt16(at, value);
  }

  /** A UUID in its canonical, lower-case form. */
  uuid(text: string): void {
    let at = this.#open(16);
    for (let i = 0; i < 36; i += 2) {
      if (text.charCodeAt(i) === DASH) i++;
      this.#bytes[at++] = ((NIBBLE[text.charCodeAt(i)] ?? 0) << 4) | (NIBBLE[text.charCodeAt(i + 1)] ?? 0);
    }
  }

  encoded(): Buffer {
    this.#view.setInt32(0, this.length > 0 ? 1 : 0);
    this.#view.setInt32(12, this.length);
    return this.#bytes.subarray(0, this.length > 0 ? this.#end : EMPTY_BYTES);
  }

  #open(width: number): number {
    if (this.#end + LENGTH_BYTES + width > this.#bytes.length) this.#grow();
    const at = this.#end;
    this.#view.setInt32(at, width);
    this.#end = at + LENGTH_BYTES + width;
    this.length++;
    return at + LENGTH_BYTES;
  }

  #grow(): void {
    const next = Buffer.allocUnsafeSlow(this.#bytes.length * 2);
    this.#bytes.copy(next, 0, 0, this.#end);
    this.#bytes = next;
    this.#view = new DataView(next.buffer);
  }

  #writeHeader(): void {
    this.#view.setInt32(4, 0); // no nulls
    this.#view.setInt32(8, OID[this.type]);
    this.#view.setInt32(16, 1); // lower bound
  }
}
