import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface CertificateOptions {
  /** Common name. */
  readonly name: string;
  /** Also the organization, by which Kubernetes knows groups. */
  readonly organization?: string;
  /** Who signs. @default itself: an authority */
  readonly issuer?: Certificate;
  readonly dnsNames?: readonly string[];
  /** Whether it is for 127.0.0.1. @default true */
  readonly loopback?: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface Certificate {
  /** PEM */
  readonly cert: string;
  /** PEM */
  readonly key: string;
  readonly subject: Buffer;
  readonly privateKey: KeyObject;
}

/** Makes a certificate, so that tests need neither openssl nor private keys in the repo. Written by hand after RFC 5280: Node reads X.509 but writes none. */
export function certificate(options: CertificateOptions): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = distinguishedName(options.name, options.organization);
  const names = [
    ...(options.dnsNames ?? []).map(name => der(0x82, Buffer.from(name))),
    ...(options.loopback ?? true ? [der(0x87, Buffer.from([127, 0, 0, 1]))] : []),
  ];
  const extensions = [
    ...(options.issuer ? [] : [extension('2.5.29.19', sequence(der(0x01, Buffer.from([0xff]))))]),
    ...(names.length > 0 ? [extension('2.5.29.17', sequence(...names))] : []),
  ];
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    options.issuer?.subject ?? subject,
    sequence(time(options.notBefore ?? new Date(Date.now() - 3600_000)), time(options.notAfter ?? new Date(Date.now() + 3600_000))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, options.issuer?.privateKey ?? privateKey);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    subject,
    privateKey,
  };
}

/** A tag, the length, the content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function time(date: Date): Buffer {
  return der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));
}

/** The first two numbers share a byte; the others are written in sevens of bits. */
function objectId(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap(number => {
    const sevens = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) sevens.unshift(128 + left % 128);
    return sevens;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), der(0x04, value));
}

function distinguishedName(name: string, organization?: string): Buffer {
  const part = (id: string, value: string) => der(0x31, sequence(objectId(id), der(0x0c, Buffer.from(value))));
  return sequence(...(organization === undefined ? [] : [part('2.5.4.10', organization)]), part('2.5.4.3', name));
}
