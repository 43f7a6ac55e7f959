import type { RecordBook } from './record-book';
import { FlotillaError } from '../../errors';
import { isUnauthorized, isUnreachable } from '../../kube/classify';
import type { Connection } from '../../kube/connection';
import type { Discovery, Resource } from '../../kube/discovery';
import { getMetadata, type PartialObject } from '../../kube/metadata';
import { isOlder } from '../../kube/snapshot';
import { GROUP } from '../../tree/names';

const TIMEOUT_MS = 10_000;

export interface ProbeOptions {
  readonly connection: Connection;
  readonly discovery: Discovery;
  /** The namespace of the Deliveries, and the uid that it had at first. */
  readonly namespace: { readonly name: string; readonly uid: string };
  readonly book: () => RecordBook;
  readonly signal: AbortSignal;
  /** Told that what is known of the cluster is of no use any more. */
  readonly away: (error: unknown) => void;
}

/** Something did not come through: was it this one thing, is the cluster away, or is what answers now not as the cluster was? */
export class Probe {
  private asking = false;

  constructor(private readonly options: ProbeOptions) {}

  /** Few small requests; `away` is told when they do not come through either, or find another cluster. Never throws. */
  public async ask(): Promise<void> {
    if (this.asking) {
      return;
    }
    this.asking = true;
    const { connection, signal, away } = this.options;
    try {
      await connection.request({ method: 'GET', path: '/version', signal, timeoutMs: TIMEOUT_MS });
      const other = await this.difference();
      if (other !== undefined) {
        away(new FlotillaError('FLT5210', {
          what: `the cluster is not as it was: ${other}`, where: { cluster: connection.name }, fix: 'nothing, when it was restored or made anew: all is read and applied once more',
        }));
      }
    } catch (error) {
      // What may not be asked proves nothing.
      if (!signal.aborted && (isUnreachable(error) || isUnauthorized(error))) away(error);
    } finally {
      this.asking = false;
    }
  }

  /** Watches that go on from a version of the former history would be silent, and nobody would know. */
  private async difference(): Promise<string | undefined> {
    const { namespace: { name, uid } } = this.options;
    const namespaces = this.options.discovery.find({ group: '', kind: 'Namespace' });
    const namespace = namespaces && await this.read(namespaces, { name });
    if (namespaces && namespace?.metadata.uid !== uid) {
      return namespace ? `the namespace ${name} is another one` : `it has no namespace ${name}`;
    }
    const latest = this.options.book().latest;
    const deliveries = this.options.discovery.find({ group: GROUP, kind: 'Delivery' });
    const record = latest && deliveries && await this.read(deliveries, { namespace: name, name: latest.application });
    return record && isOlder(record.metadata.resourceVersion, latest!.version)
      ? `the Delivery ${latest.application} has the version ${record.metadata.resourceVersion}, and had ${latest.version}` : undefined;
  }

  private async read(resource: Resource, id: { readonly namespace?: string; readonly name: string }): Promise<PartialObject | undefined> {
    const { connection, signal } = this.options;
    return getMetadata(connection, resource, id, { signal });
  }
}
