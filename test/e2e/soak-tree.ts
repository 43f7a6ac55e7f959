import { treeFiles } from '../reconcile/written-tree';

/** A whole number from 0 to below the limit. */
export type Random = (limit: number) => number;

/** The same numbers for the same seed (Lehmer, as `minstd_rand`). */
export function seeded(seed: number): Random {
  let state = 1 + seed % 2_147_483_646;
  return limit => {
    state = state * 48_271 % 2_147_483_647;
    return Math.floor(state / 2_147_483_647 * limit);
  };
}

export interface SoakManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string; readonly namespace: string; readonly labels: { readonly app: string }; readonly annotations: { readonly mark: string };
  };
  readonly data?: Record<string, string>;
  readonly spec?: { readonly selector: Record<string, string>; readonly ports: readonly object[] };
}

export interface SoakObject {
  readonly application: string;
  readonly plural: string;
  readonly manifest: SoakManifest;
}

const APPLICATIONS = 6;
const EACH = 12;

/** The tree of one cluster with some applications, and how it changes at random: by a little each time, within the budget for deletions. */
export class SoakTree {
  /** By name: no two kinds share one. */
  readonly objects = new Map<string, SoakObject>();
  private count = 0;

  constructor(private readonly namespace: string, private readonly random: Random) {
    for (let i = 0; i < APPLICATIONS * EACH; i++) this.add(`app-${i % APPLICATIONS}`);
  }

  /** One step: in one or two applications, some objects change, one comes or goes, or moves to another application. */
  change(): void {
    const pruned = new Set<string>();
    for (let i = 1 + this.random(4); i > 0; i--) {
      const application = `app-${this.random(APPLICATIONS)}`;
      const own = [...this.objects].filter(([, object]) => object.application === application);
      const [name, object] = own[this.random(own.length)];
      switch (this.random(5)) {
        case 0:
          if (own.length < 2 * EACH) this.add(application);
          break;
        case 1:
          if (own.length > EACH / 2 && !pruned.has(application)) {
            pruned.add(application);
            this.objects.delete(name);
          }
          break;
        case 2:
          if (own.length > EACH / 2) this.objects.set(name, { ...object, application: `app-${this.random(APPLICATIONS)}` });
          break;
        default:
          this.put(name, application, object.manifest.kind);
      }
    }
  }

  files(): Map<string, string> {
    const applications = Object.fromEntries(Array.from({ length: APPLICATIONS }, (_, i) => [`app-${i}`, {
      objects: [...this.objects.values()].filter(({ application }) => application === `app-${i}`).map(({ manifest }) => manifest as never),
    }]));
    const base = { objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } }] };
    return treeFiles({ one: { base, ...applications } }, { fleet: 'soak' });
  }

  private add(application: string): void {
    const kind = ['ConfigMap', 'ConfigMap', 'Service', 'ServiceAccount'][this.random(4)];
    this.put(`${kind.toLowerCase()}-${this.count++}`, application, kind);
  }

  private put(name: string, application: string, kind: string): void {
    const value = String(this.random(1_000_000));
    this.objects.set(name, {
      application, plural: `${kind.toLowerCase()}s`,
      manifest: {
        apiVersion: 'v1', kind, metadata: { name, namespace: this.namespace, labels: { app: application }, annotations: { mark: value } },
        ...kind === 'ConfigMap' ? { data: { key: value, long: value.repeat(1 + this.random(200)) } } : {},
        ...kind === 'Service' ? { spec: { selector: { app: value }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } } : {},
      },
    });
  }
}
