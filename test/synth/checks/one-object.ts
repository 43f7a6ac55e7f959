import { ApiObject, Chart } from 'cdk8s';
import { Application, CheckLevel, CheckName, Cluster, Environment, Fleet, FlotillaError } from '../../../lib';

/** What synth said of some objects: `CODE sentence`. */
export interface Verdict {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Settings of the fleet whose one cluster gets the objects. */
export interface Settings {
  /** @default 1.36 */
  readonly kubernetesVersion?: string;
  readonly checks?: Readonly<Partial<Record<CheckName, CheckLevel>>>;
  /** @default shop */
  readonly namespace?: string;
}

class Raw extends ApiObject {
  constructor(chart: Chart, id: string, private readonly json: unknown) {
    super(chart, id, { apiVersion: 'v1', kind: 'ConfigMap' });
  }

  public toJson(): unknown {
    return this.json;
  }
}

/** A fleet of one cluster with an application that renders these objects as they are. */
export function fleetOf(objects: readonly unknown[], { kubernetesVersion, checks, namespace = 'shop' }: Settings = {}): Fleet<'prod'> {
  const fleet = new Fleet('shop', { environments: ['prod'], kubernetesVersion, checks });
  new Cluster(new Environment(fleet, 'prod'), 'one');
  new Application(fleet, 'web', {
    namespace, placement: {},
    render: chart => { objects.forEach((object, i) => new Raw(chart, `o${i}`, structuredClone(object))); },
  });
  return fleet;
}

/** What synth says of objects. */
export function verdictOf(objects: readonly unknown[], settings?: Settings): Verdict {
  return verdict(fleetOf(objects, settings));
}

/** What synth says of a fleet. */
export function verdict(fleet: Pick<Fleet, 'synthesize'>): Verdict {
  const line = ({ code, what }: FlotillaError) => `${code} ${what}`;
  try {
    return { errors: [], warnings: fleet.synthesize().warnings.map(line) };
  } catch (error) {
    if (error instanceof FlotillaError) {
      return { errors: error.errors.map(line), warnings: [] };
    }
    throw error;
  }
}
