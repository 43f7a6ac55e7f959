import type { JsonMap } from '../json';
import { bindPod } from './binding';
import type { Cluster } from './cluster';
import { checkKind, readBody } from './decode-body';
import type { Exchange } from './exchange';
import { parseWriteOptions } from './write-options';

/** The other way to bind a Pod: a POST of a Binding that has its name. */
export function bindingFrom(cluster: Cluster, exchange: Exchange, namespace: string | undefined): void {
  const { dryRun, manager, fieldValidation } = parseWriteOptions(exchange, 'CreateOptions');
  const binding = checkKind({ group: '', version: 'v1', kind: 'Binding' }, readBody(exchange, 'Binding', false).value);
  const name = String((binding.metadata as JsonMap | undefined)?.name ?? '');
  const resource = cluster.tryFindResource('pods')!;
  bindPod(cluster, { resource, namespace, user: exchange.user, manager, dryRun, fieldValidation, warnings: exchange.warnings }, name, { kind: 'Binding', ...binding });
  exchange.send(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}
