import type { RecordBook } from './record-book';
import { View, ViewOptions } from './view';
import type { DesiredTarget } from '../desired';
import type { HealthRules } from '../readiness';
import { connectionOf } from '../run-as';
import type { Observed } from '../sight';
import { Scope, Tenant, tenantOf } from '../tenant';

/** What an agent sees of one cluster: itself, and as each tenant that it works for. */
export class Views {
  private readonly own: View;
  /** Ours is among them. */
  private readonly views: Map<Tenant, View>;

  private readonly options: ViewOptions;
  private rules: HealthRules;
  private closed = false;

  constructor({ rules, ...options }: Omit<ViewOptions, 'rulesOf'> & { readonly rules: HealthRules }) {
    this.rules = rules;
    this.options = { ...options, rulesOf: setId => this.rules.get(setId) ?? [] };
    this.own = new View(this.options);
    this.views = new Map([[undefined, this.own]]);
  }

  /** Follows what each of them needs, and nothing else; resolves when it is known as far as it can be. */
  public async follow(scopes: ReadonlyMap<Tenant, ReadonlyMap<string, Scope>>): Promise<void> {
    if (this.closed) {
      return;
    }
    for (const [tenant, view] of this.views) {
      if (!scopes.has(tenant)) {
        view.close();
        this.views.delete(tenant);
      }
    }
    await Promise.all([...scopes].map(async ([tenant, wanted]) => this.open(tenant).follow(wanted)));
  }

  /** Takes over the rules of health of a newer tree; what they change is read by the next `follow`. */
  public assessBy(rules: HealthRules): void {
    if (JSON.stringify([...rules]) !== JSON.stringify([...this.rules])) {
      this.rules = rules;
      for (const view of this.views.values()) {
        view.reassess();
      }
    }
  }

  /** The definitions of these kinds, as `PLURAL.GROUP`, are others than before; their objects are read once more by the next `follow`. */
  public renew(definitions: ReadonlySet<string>): void {
    for (const view of this.views.values()) {
      view.renew(definitions);
    }
  }

  /** Resolves when of all that is followed the objects are known, or it is known that they cannot be. */
  public async settled(): Promise<void> {
    await Promise.all([...this.views.values()].map(view => view.settled()));
  }

  /** What is seen of a target as its tenant, ours without a target; undefined when that one does not look. */
  public of(target: Pick<DesiredTarget, 'spec'> | undefined): View | undefined {
    return this.views.get(target && tenantOf(target.spec));
  }

  public observed({ records }: RecordBook): Observed {
    return { records, live: this.own.live, unknown: this.own.unknown, tenants: this.views };
  }

  /** For good. */
  public close(): void {
    this.closed = true;
    for (const view of this.views.values()) {
      view.close();
    }
  }

  private open(tenant: Tenant): View {
    const view = this.views.get(tenant) ?? new View({ ...this.options, connection: connectionOf(this.options.connection, tenant) });
    this.views.set(tenant, view);
    return view;
  }
}
