import { FlotillaError } from '../errors';

/** Where to listen. */
export interface ListenAddress {
  /** Absent: all addresses of the machine. */
  readonly host?: string;
  /** 0: one that is free. */
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[IPV6]:PORT`, `:PORT` or `PORT`; the last two mean all addresses.
 *
 * @throws FLT7002 when it is none of these.
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, ipv6, host, digits] = /^(?:(?:\[([0-9a-f:.%\w]+)\]|([^\s:[\]/@]*)):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits ?? NaN);
  if (!(port <= 65_535)) {
    throw new FlotillaError('FLT7002', { what: `'${text}' is not an address to listen on`, fix: 'write HOST:PORT, as in `0.0.0.0:8080`, `[::1]:8080` or `:8080`' });
  }
  return { ...(ipv6 || host ? { host: ipv6 || host } : {}), port };
}
