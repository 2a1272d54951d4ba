import { isIPv6 } from 'node:net';

import { isJsonObject, listAt, numberAt, objectAt, stringAt, stringsAt } from '../../object/json-value.js';
import type { StoredObject } from '../../store/stored-object.js';
import { parseStored } from '../../store/stored-object.js';

export type IpFamily = 'IPv4' | 'IPv6';

const firstNodePort = 30_000;
const lastNodePort = 32_767;
/** The addresses below this offset are left to those who ask for one by name. */
const firstOffset = 256;

/** Which cluster addresses and node ports the services of a cluster have. */
export class ServiceAddresses {
  private readonly byService = new Map<string, { readonly ips: readonly string[]; readonly nodePorts: readonly string[] }>();
  private readonly takenIps = new Set<string>();
  private readonly takenNodePorts = new Set<string>();
  private nextOffset = firstOffset;
  private nextNodePort = firstNodePort;

  /** @param families the families of the cluster, the default one first. IPv4 addresses are of 10.0.0.0/16, IPv6 addresses of fd00::/108 */
  constructor(readonly families: readonly IpFamily[]) {}

  get defaultFamily(): IpFamily {
    return this.families[0] ?? 'IPv4';
  }

  /** Follows what is stored: undefined where the service is gone. */
  follow(key: string, stored: StoredObject | undefined): void {
    const before = this.byService.get(key);
    for (const ip of before?.ips ?? []) this.takenIps.delete(ip);
    for (const port of before?.nodePorts ?? []) this.takenNodePorts.delete(port);
    this.byService.delete(key);
    if (stored === undefined) return;
    const spec = objectAt(parseStored(stored), 'spec');
    const ips = stringsAt(spec, 'clusterIPs').filter((ip) => ip !== 'None');
    const nodePorts = listAt(spec, 'ports')
      .filter(isJsonObject)
      .filter((port) => (numberAt(port, 'nodePort') ?? 0) !== 0)
      .map((port) => nodePortKey(stringAt(port, 'protocol'), numberAt(port, 'nodePort') ?? 0));
    this.byService.set(key, { ips, nodePorts });
    for (const ip of ips) this.takenIps.add(ip);
    for (const port of nodePorts) this.takenNodePorts.add(port);
  }

  clear(): void {
    this.byService.clear();
    this.takenIps.clear();
    this.takenNodePorts.clear();
  }

  isTaken(ip: string): boolean {
    return this.takenIps.has(ip);
  }

  isInRange(ip: string): boolean {
    return isIPv6(ip) ? /^fd00::[0-9a-f]{1,4}(:[0-9a-f]{1,4})?$/.test(ip) : /^10\.0\.\d+\.\d+$/.test(ip);
  }

  /** A free address of a family. */
  allocateIp(family: IpFamily): string {
    for (;;) {
      const offset = this.nextOffset;
      this.nextOffset = offset >= 65_000 ? firstOffset : offset + 1;
      const ip = family === 'IPv6' ? `fd00::${offset.toString(16)}` : `10.0.${offset >> 8}.${offset & 255}`;
      if (!this.takenIps.has(ip)) return ip;
    }
  }

  isNodePortTaken(protocol: string, port: number): boolean {
    return this.takenNodePorts.has(nodePortKey(protocol, port));
  }

  isNodePort(port: number): boolean {
    return port >= firstNodePort && port <= lastNodePort;
  }

  /** A free node port that is none of these either; undefined where all are taken. */
  allocateNodePort(protocol: string, alsoTaken: ReadonlySet<number>): number | undefined {
    for (let attempt = firstNodePort; attempt <= lastNodePort; attempt += 1) {
      const port = this.nextNodePort;
      this.nextNodePort = port === lastNodePort ? firstNodePort : port + 1;
      if (!alsoTaken.has(port) && !this.isNodePortTaken(protocol, port)) return port;
    }
    return undefined;
  }
}

const nodePortKey = (protocol: string, port: number): string => `${protocol}/${port}`;

/** The family of an address. */
export const familyOf = (ip: string): IpFamily => (isIPv6(ip) ? 'IPv6' : 'IPv4');
