import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * The proxy on the way to a server, by the rules of kubectl: the kubeconfig's `proxy-url`, else HTTPS_PROXY or HTTP_PROXY unless NO_PROXY
 * names the server (a host, a domain, an address or a CIDR). Never for the machine itself, unless the kubeconfig says so.
 */
export function proxyFor(server: URL, proxyUrl: string | undefined, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (proxyUrl) {
    return proxyUrl;
  }
  const proxy = server.protocol === 'https:' ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy;
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (!proxy || isLoopback(host) || (env.NO_PROXY || env.no_proxy || '').split(',').some(rule => matches(rule.trim().toLowerCase(), host, server.port))) {
    return undefined;
  }
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === '') return false;
  if (rule === '*' || rule === host || rule === `${host}:${port}`) return true;
  const [address, bits] = rule.split('/');
  if (bits !== undefined) {
    if (!isIP(host) || !isIP(address) || isIP(host) !== isIP(address)) return false;
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const range = new BlockList();
    range.addSubnet(address, Number(bits), family);
    return range.check(host, family);
  }
  // `example.com` is the host and all below it, `.example.com` and `*.example.com` only what is below.
  return !isIP(host) && host.endsWith(rule.startsWith('*') ? rule.slice(1) : rule.startsWith('.') ? rule : `.${rule}`);
}
