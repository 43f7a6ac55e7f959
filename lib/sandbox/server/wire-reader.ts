/** A field of a message, in the form that its wire type has; the others are empty. */
export interface WireField {
  readonly number: number;
  readonly bytes: Buffer;
  /** Signed. */
  readonly integer: bigint;
  readonly double: number;
}

const NONE = Buffer.alloc(0);

/** Reads the fields of one message of protobuf, one after the other. */
export class WireReader {
  private at = 0;

  constructor(private readonly data: Buffer) {}

  /** @throws Error when the message is cut off or has a wire type that Kubernetes does not use */
  * fields(): Generator<WireField> {
    while (this.at < this.data.length) {
      const tag = Number(this.varint());
      const number = Math.floor(tag / 8);
      switch (tag % 8) {
        case 0: yield { number, bytes: NONE, integer: BigInt.asIntN(64, this.varint()), double: 0 }; break;
        case 1: yield { number, bytes: NONE, integer: 0n, double: this.take(8).readDoubleLE() }; break;
        case 2: yield { number, bytes: this.take(Number(this.varint())), integer: 0n, double: 0 }; break;
        case 5: yield { number, bytes: NONE, integer: 0n, double: this.take(4).readFloatLE() }; break;
        default: throw new Error(`proto: illegal wireType ${tag % 8}`);
      }
    }
  }

  /** Seven bits a byte, the lowest first. */
  private varint(): bigint {
    let value = 0n;
    for (let factor = 1n; ; factor *= 128n) {
      const byte = this.take(1)[0];
      value += BigInt(byte % 128) * factor;
      if (byte < 128) return value;
    }
  }

  private take(length: number): Buffer {
    if (this.at + length > this.data.length) throw new Error('unexpected EOF');
    const bytes = this.data.subarray(this.at, this.at + length);
    this.at += length;
    return bytes;
  }
}
