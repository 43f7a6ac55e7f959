import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { bits, der, objectId, octets, sequence, time, utf8 } from './der';

/** PEM texts. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateSubject {
  /** Of a client: the user. */
  readonly commonName: string;
  /** Of a client: its groups. */
  readonly organizations?: readonly string[];
}

const DAY = 24 * 3600_000;
const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));

/**
 * Who signs the certificates of the clusters of a process, and of their users: ECDSA P-256, after RFC 5280.
 * Made in the process and kept by it: nothing of it is on a disk, unless somebody writes a kubeconfig.
 */
export class Authority {
  /** PEM */
  readonly cert: string;
  private readonly subject: Buffer;
  private readonly privateKey: KeyObject;

  constructor(commonName = 'sandbox-ca') {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.privateKey = privateKey;
    this.subject = distinguishedName({ commonName });
    const uses = critical('2.5.29.15', bits(Buffer.from([0x06]), 1)); // keyCertSign, cRLSign
    this.cert = this.sign(this.subject, publicKey, [critical('2.5.29.19', sequence(der(0x01, Buffer.from([0xff])))), uses]);
  }

  /** For servers at these DNS names and IPv4 addresses. */
  issueServer(commonName: string, dnsNames: readonly string[], addresses: readonly string[]): IssuedCertificate {
    const names = [
      ...dnsNames.map(name => der(0x82, Buffer.from(name))),
      ...addresses.map(address => der(0x87, Buffer.from(address.split('.').map(Number)))),
    ];
    return this.issue({ commonName }, [extension('2.5.29.17', sequence(...names)), extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1')))]);
  }

  /** For a user of a cluster. */
  issueClient(subject: CertificateSubject): IssuedCertificate {
    return this.issue(subject, [extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.2')))]);
  }

  private issue(subject: CertificateSubject, extensions: readonly Buffer[]): IssuedCertificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      cert: this.sign(distinguishedName(subject), publicKey, extensions),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  private sign(subject: Buffer, publicKey: KeyObject, extensions: readonly Buffer[]): string {
    const now = Date.now();
    const body = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, Buffer.from([1]), randomBytes(8)),
      ecdsaWithSha256,
      this.subject,
      sequence(time(new Date(now - DAY)), time(new Date(now + 365 * DAY))),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions)),
    );
    const whole = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, this.privateKey)));
    const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  }
}

function distinguishedName({ commonName, organizations = [] }: CertificateSubject): Buffer {
  const part = (id: string, value: string) => der(0x31, sequence(objectId(id), utf8(value)));
  return sequence(...organizations.map(name => part('2.5.4.10', name)), part('2.5.4.3', commonName));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), octets(value));
}

function critical(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), der(0x01, Buffer.from([0xff])), octets(value));
}
